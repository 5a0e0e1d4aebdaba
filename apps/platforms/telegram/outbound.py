"""One part of a message to the Bot API method and parameters that say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from apps.core.http import FilePart, Http
from apps.platforms.base import Credentials, MediaFile, Outgoing, Part, Rejected, Unknown
from apps.platforms.shared.card_text import prompt
from apps.platforms.telegram import calls, keyboards

PHOTO_BYTES = 10 * 1024 * 1024

# (kind of media, types that Telegram shows as such, method, field); everything else goes as a document.
# No sendSticker and no sendVideoNote: they take no caption, and the words would be lost.
METHODS = (
    ("image", ("image/jpeg", "image/png", "image/webp"), "sendPhoto", "photo"),
    ("image", ("image/gif",), "sendAnimation", "animation"),
    ("voice", ("audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a"), "sendVoice", "voice"),
    ("audio", ("audio/mpeg", "audio/mp4", "audio/x-m4a"), "sendAudio", "audio"),
    ("video", ("video/mp4",), "sendVideo", "video"),
)


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; "<chat id>:<message id>". Raises SendError and nothing else."""
    if outgoing.media is not None:
        sent = await _send_file(outgoing, outgoing.media, creds, http)
    else:
        parameters = {**_target(outgoing), **words(outgoing.part)}
        sent = await calls.call("sendMessage", creds, http, json=parameters)
    number = sent.get("message_id") if isinstance(sent, dict) else None
    if not isinstance(number, int):
        raise Unknown("the answer names no message")
    return f"{outgoing.to}:{number}"


def words(part: Part) -> dict[str, Any]:
    """The parameters of `sendMessage` for a text, a link or a card; no parse_mode, so text stays as it is."""
    if part.kind == "card" and part.card is not None:
        if not keyboards.fits(part.card):
            raise Rejected("the card is too large for a keyboard", code="card_too_large")
        return {"text": prompt(part.card), "reply_markup": keyboards.markup(part.card)}
    if part.kind in ("text", "link"):
        return {"text": part.text}
    raise Rejected(f"Telegram cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def method_for(media: MediaFile) -> tuple[str, str]:
    """The method and the name of its file field; a photo over 10 MB is only taken as a document."""
    for kind, types, method, field in METHODS:
        if media.kind == kind and media.mime in types:
            too_large = method == "sendPhoto" and media.size > PHOTO_BYTES
            return ("sendDocument", "document") if too_large else (method, field)
    return "sendDocument", "document"


async def _send_file(outgoing: Outgoing, media: MediaFile, creds: Credentials, http: Http) -> Any:
    method, field = method_for(media)
    form = _form(_target(outgoing))
    if outgoing.part.text:
        form["caption"] = outgoing.part.text
    file = FilePart(field=field, name=media.name, mime=media.mime, path=media.path)
    return await calls.upload(method, creds, http, form=form, files=[file])


def _target(outgoing: Outgoing) -> dict[str, Any]:
    target: dict[str, Any] = {"chat_id": chat_id(outgoing.to)}
    chat, _, message = outgoing.reply_to.rpartition(":")
    if chat == outgoing.to and message.isascii() and message.isdigit():
        target["reply_parameters"] = {"message_id": int(message), "allow_sending_without_reply": True}
    return target


def chat_id(address: str) -> int:
    """The address as Telegram's number; "@name" would reach a public channel and is refused."""
    try:
        return int(address)
    except ValueError:
        raise Rejected("this is not the address of a Telegram chat", code="bad_address") from None


def _form(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()
    }
