"""One part of a message as an activity."""

from __future__ import annotations

from typing import Any

from apps.core.http import Http
from apps.platforms.base import Credentials, MediaFile, Outgoing, Rejected, Unknown, Unreachable
from apps.platforms.cards import fallback_text
from apps.platforms.file_limits import FileLimits, Others, Shown
from apps.platforms.teams import calls, cards, places

TEXT_LIMIT = 8000  # UTF-16 units; Teams takes messages of about 28 KB
PICTURE = Shown(types=("image/png", "image/jpeg", "image/gif"))
FILE_LIMITS = FileLimits(shown=(PICTURE,), others=Others.LINK)

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; its ref. Raises SendError and nothing else."""
    calls.account(creds)
    activity = {"type": "message", **_content(outgoing)}
    service = outgoing.handle.get("service", "")
    sent = await calls.call(outgoing.to, activity, creds, http, service=service)
    activity_id = sent.get("id")
    if not isinstance(activity_id, str) or not activity_id:
        raise Unknown("the answer names no message")
    return places.ref(outgoing.to, activity_id)


def _content(outgoing: Outgoing) -> Json:
    part = outgoing.part
    if outgoing.media is not None:
        return {**_words(part.text), "attachments": [_file(outgoing.media)]}
    if part.kind == "card" and part.card is not None:
        if part.card.kind not in cards.LIMITS:
            return _words(fallback_text(part.card))
        shown = cards.attachment(part.card, outgoing.locale)
        return {"attachments": [shown], "summary": cards.heading(part.card)[:200]}
    if part.kind in ("text", "link"):
        return _words(part.text)
    raise Rejected(f"Teams cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def _words(text: str) -> Json:
    return {"text": text, "textFormat": "plain"} if text else {}


def _file(media: MediaFile) -> Json:
    """A picture in the chat, anything else as a button: sending a file as such needs the customer's consent
    and a place in their OneDrive."""
    if not media.url:
        raise Unreachable("the file has no public address yet", code="no_url")
    if PICTURE.takes(media):
        return {"contentType": media.mime, "contentUrl": media.url, "name": media.name}
    return cards.file_link(media.name, media.url)
