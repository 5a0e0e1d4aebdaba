"""One part of a message to `send_message`. There is no key and no way to ask: what got no answer is for a
person to decide."""

from __future__ import annotations

from typing import Any

from apps.core.http import Http
from apps.platforms.base import Credentials, MediaFile, Outgoing, Rejected, Unknown
from apps.platforms.file_limits import shown_as
from apps.platforms.shared import card_pictures
from apps.platforms.viber import calls, cards, files

CAPTION = 512  # older documents say 120
FILE_NAME = 256

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; its message token. Raises SendError and nothing else."""
    body = {"receiver": outgoing.to, "sender": {"name": _sender(outgoing, creds)}, **message(outgoing)}
    sent = await calls.call("send_message", creds, http, json=body)
    number = sent.get("message_token")
    if isinstance(number, bool) or not isinstance(number, int | str) or not number:
        raise Unknown("the answer names no message")
    return str(number)


def message(outgoing: Outgoing) -> Json:
    """Type and content; `min_api_version` is what the customer's app must have."""
    part = outgoing.part
    if part.kind == "media" and outgoing.media is not None:
        return {"min_api_version": 1, **file(outgoing.media, part.text)}
    if part.kind == "card" and part.card is not None and part.card.kind in cards.LIMITS:
        return {
            "min_api_version": 1,
            **cards.message(part.card, outgoing.locale, card_pictures.address(outgoing)),
        }
    if part.kind in ("text", "link"):
        return {"min_api_version": 1, "type": "text", "text": part.text}
    raise Rejected(f"Viber cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def takes_words(media: MediaFile) -> bool:
    """Whether a file can have a caption."""
    return _kind(media) in ("picture", "video")


def file(media: MediaFile, text: str) -> Json:
    if not media.url.startswith("https://") and not media.url.startswith("http://"):
        raise Rejected("the file has no address at which Viber could fetch it", code="no_public_url")
    thumbnail = {"thumbnail": media.preview_url} if media.preview_url else {}
    match _kind(media):
        case "picture":
            return {"type": "picture", "text": text, "media": media.url, **thumbnail}
        case "video":
            duration = {"duration": round(media.seconds)} if media.seconds else {}
            words = {"text": text} if text else {}
            return {"type": "video", "media": media.url, "size": media.size, **duration, **thumbnail, **words}
        case _:
            named = {"size": media.size, "file_name": _file_name(media.name)}
            return {"type": "file", "media": media.url, **named}


def _kind(media: MediaFile) -> str:
    """Viber's type for a file; what it would not show as such goes as a file."""
    shown = shown_as(media, files.LIMITS.shown)
    if shown is None or (shown is files.FILM and media.seconds > files.FILM_SECONDS):
        return "file"
    return shown.name


def _file_name(name: str) -> str:
    """Its end says what it is, so a long one is cut in front of that."""
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > 10:
        return f"{name[: FILE_NAME - 4]}.bin"
    return f"{stem[: FILE_NAME - len(end) - 1] or 'file'}.{end}"


def _sender(outgoing: Outgoing, creds: Credentials) -> str:
    """The agent's name, else the account's: Viber wants one."""
    return (outgoing.agent.strip() or creds.get("name", "").strip() or outgoing.sender)[: cards.NAME]
