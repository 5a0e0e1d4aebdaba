"""One part of a message to `POST phones/{number}/agentMessages`.

The message's id is our own, so a repetition is no second message (class K).
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from apps.core.http import Http
from apps.platforms import cards as typed
from apps.platforms.base import Credentials, MediaFile, Outgoing, OutOfReach, Rejected, Unreachable
from apps.platforms.rcs import calls, cards, reach
from apps.platforms.rcs.account import account

NUMBER = r"\+[1-9][0-9]{4,14}"
# A message that did not reach the phone within a day is taken back, and we are told: it can then go as SMS.
TTL = "86400s"
# Not documented for certain: the kind of traffic of an answer to a customer's own question.
TRAFFIC = "SERVICEREQUEST"

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part to whom RCS reaches; its id. Raises SendError and nothing else."""
    to, ref = _customer(outgoing.to, creds), str(outgoing.id)
    content = _content(outgoing, await reach.before(outgoing, creds, http))
    body = {"contentMessage": content, "messageTrafficType": TRAFFIC, "ttl": TTL}
    # 409 says that this id was taken before: by ourselves. Not documented for certain.
    try:
        await calls.call(
            "POST", f"{calls.phone(to)}/agentMessages", creds, http, query={"messageId": ref}, json=body
        )
    except OutOfReach:
        reach.PHONES.forget(to, creds)
        raise
    return ref


async def tell(to: str, event: Json, creds: Credentials, http: Http) -> None:
    """One event of ours: that we read, or type."""
    query = {"eventId": str(uuid4())}
    path = f"{calls.phone(_customer(to, creds))}/agentEvents"
    await calls.call("POST", path, creds, http, query=query, json=event)


def _customer(to: str, creds: Credentials) -> str:
    """Raises BadCredentials before it complains about the customer."""
    account(creds)
    calls.agent(creds)
    if not re.fullmatch(NUMBER, to):
        raise Rejected("this is not a telephone number", code="bad_address")
    return to


def _content(outgoing: Outgoing, features: frozenset[str]) -> Json:
    part = outgoing.part
    if part.kind == "media" and outgoing.media is not None:
        return {"contentInfo": _file(outgoing.media)}
    if part.kind == "card" and part.card is not None:
        if part.card.kind not in cards.LIMITS:
            return {"text": typed.fallback_text(part.card)}
        return cards.message(part.card, outgoing.files, features)
    if part.kind in ("text", "link"):
        return {"text": part.text}
    raise Rejected(f"RCS cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def _file(media: MediaFile) -> Json:
    if not media.url:
        raise Unreachable("the file has no public address yet", code="no_url")
    return {"fileUrl": media.url, **({"thumbnailUrl": media.preview_url} if media.preview_url else {})}
