"""One part of a message as a customer service message (message/custom/send)."""

from __future__ import annotations

from typing import Any

from apps.core.http import Http
from apps.platforms.base import Credentials, Outgoing, Rejected
from apps.platforms.wechat import calls, cards, files

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part. WeChat gives these messages no id, so that the ref is our own. Raises SendError only."""
    body = {"touser": outgoing.to, **await _content(outgoing, creds, http)}
    await calls.call("message/custom/send", creds, http, json=body)
    return str(outgoing.id)


async def typing(to: str, on: bool, creds: Credentials, http: Http) -> None:
    command = "Typing" if on else "CancelTyping"
    await calls.call("message/custom/typing", creds, http, json={"touser": to, "command": command})


async def _content(outgoing: Outgoing, creds: Credentials, http: Http) -> Json:
    part = outgoing.part
    if outgoing.media is not None:
        kind, media_id = await files.upload(outgoing.media, creds, http)
        return {"msgtype": kind, kind: {"media_id": media_id}}
    if part.kind == "card" and part.card is not None:
        if part.card.kind not in cards.LIMITS or not cards.fits(part.card):
            raise Rejected("WeChat has no such menu", code="card_too_large")
        return cards.message(part.card)
    if part.kind in ("text", "link"):
        return {"msgtype": "text", "text": {"content": part.text}}
    raise Rejected(f"WeChat cannot be sent a part of kind {part.kind!r}", code="unsupported_part")
