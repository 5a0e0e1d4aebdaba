"""One part of a message to the Send API's request, and what else a business tells a customer."""

from __future__ import annotations

import re
from typing import Any

from apps.core.http import FilePart, Http
from apps.platforms.base import MediaFile, Outgoing, Part, Rejected, Unknown
from apps.platforms.file_limits import shown_as
from apps.platforms.shared import graph
from apps.platforms.shared.graph import Account
from apps.platforms.shared.messenger_api import cards, files
from apps.platforms.shared.messenger_api.cards import Shapes
from apps.platforms.shared.messenger_api.statuses import COMMENT, MARK

SEND = "me/messages"
COMMENT_ID = r"\d+_\d+"  # such a message cannot be quoted

Json = dict[str, Any]


async def send(
    outgoing: Outgoing, account: Account, http: Http, *, shapes: Shapes, upload: bool, persona: str = ""
) -> str:
    """Send one part; the message's id. A file is uploaded with the message, or fetched by Meta from its
    address. Raises SendError and nothing else."""
    request = {**envelope(outgoing), **({"persona_id": persona} if persona else {})}
    media = outgoing.media
    if media is not None and upload:
        said = {"attachment": {"type": kind_of(media), "payload": {"is_reusable": False}}, **_mark(outgoing)}
        form = graph.as_form({**request, "message": said})
        file = FilePart(field="filedata", name=media.name, mime=media.mime, path=media.path)
        answer = await graph.call("POST", SEND, account, http, form=form, files=[file])
    else:
        said = {**words(outgoing, shapes), **_mark(outgoing)}
        answer = await graph.call("POST", SEND, account, http, json={**request, "message": said})
    number = answer.get("message_id")
    if not isinstance(number, str) or not number:
        raise Unknown("the answer names no message")
    return number


async def act(to: str, action: str, account: Account, http: Http) -> None:
    """typing_on, typing_off, mark_seen: such a request may carry nothing else. Who commented sees none."""
    if to.startswith(COMMENT):
        return
    request = {"recipient": {"id": to}, "sender_action": action}
    await graph.call("POST", SEND, account, http, json=request)


async def take_thread(to: str, account: Account, http: Http) -> None:
    """May be repeated, so nothing is in doubt."""
    asked = {"recipient": {"id": to}}
    await graph.certainly(graph.call("POST", "me/take_thread_control", account, http, json=asked))


def envelope(outgoing: Outgoing) -> Json:
    """To whom, and in which window."""
    kind: Json = {"messaging_type": "RESPONSE"}
    if outgoing.tag:
        kind = {"messaging_type": "MESSAGE_TAG", "tag": outgoing.tag}
    if outgoing.to.startswith(COMMENT):
        return {"recipient": {"comment_id": outgoing.to.removeprefix(COMMENT)}, **kind}
    request = {"recipient": {"id": outgoing.to}, **kind}
    quotes = outgoing.reply_to and not re.fullmatch(COMMENT_ID, outgoing.reply_to)
    return {**request, "reply_to": {"mid": outgoing.reply_to}} if quotes else request


def words(outgoing: Outgoing, shapes: Shapes) -> Json:
    """The `message` for a part that is no uploaded file."""
    part: Part = outgoing.part
    if outgoing.media is not None:
        url = {"url": outgoing.media.url, "is_reusable": False}
        return {"attachment": {"type": kind_of(outgoing.media), "payload": url}}
    if part.kind == "card" and part.card is not None:
        if not cards.fits(part.card, shapes):
            raise Rejected("the card is too large", code="card_too_large")
        return cards.message(part.card, outgoing.files, shapes)
    if part.kind in ("text", "link"):
        return {"text": part.text}
    raise Rejected(f"this platform cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def kind_of(media: MediaFile) -> str:
    """Meta's type of a file: what it does not show as a picture, a sound or a film is a file."""
    shown = shown_as(media, files.SHOWN)
    return shown.name if shown else "file"


def _mark(outgoing: Outgoing) -> Json:
    """Comes back in the echo, and tells then that a message was accepted of which no answer came, and who
    wrote the comment that it answers. Not documented: that the echo of such an answer has it too."""
    comment = f":{outgoing.to}" if outgoing.to.startswith(COMMENT) else ""
    return {"metadata": f"{MARK}{outgoing.id}{comment}"}
