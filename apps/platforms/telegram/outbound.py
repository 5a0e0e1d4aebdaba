"""One part of a message to the Bot API method and parameters that say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from apps.core.http import FilePart, Http
from apps.platforms.base import Credentials, MediaFile, Outgoing, Rejected, Unknown
from apps.platforms.cards import Card
from apps.platforms.telegram import calls, cards, files


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; "<chat id>:<message id>", of an album its first file's. Raises SendError and nothing
    else."""
    sent = await _send(outgoing, creds, http)
    first = sent[0] if isinstance(sent, list) and sent else sent
    number = first.get("message_id") if isinstance(first, dict) else None
    if not isinstance(number, int):
        raise Unknown("the answer names no message")
    return f"{outgoing.to}:{number}"


async def _send(outgoing: Outgoing, creds: Credentials, http: Http) -> Any:
    """No parse_mode anywhere, so text stays as it is."""
    part = outgoing.part
    if outgoing.media is not None:
        return await _send_file(outgoing, outgoing.media, creds, http)
    if part.kind == "card" and part.card is not None:
        return await _send_card(outgoing, part.card, creds, http)
    if part.kind in ("text", "link"):
        parameters = {**_target(outgoing), "text": part.text}
        return await calls.call("sendMessage", creds, http, json=parameters)
    raise Rejected(f"Telegram cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


async def _send_card(outgoing: Outgoing, card: Card, creds: Credentials, http: Http) -> Any:
    if card.kind not in cards.LIMITS or not cards.fits(card):
        raise Rejected("the card is too large for a keyboard", code="card_too_large")
    request = cards.request(card, outgoing.files, outgoing.locale)
    parameters = {**_target(outgoing), **request.parameters}
    if not request.files:
        return await calls.call(request.method, creds, http, json=parameters)
    parts = [_file_part(name, file) for name, file in request.files.items()]
    return await calls.upload(request.method, creds, http, form=_form(parameters), files=parts)


async def _send_file(outgoing: Outgoing, media: MediaFile, creds: Credentials, http: Http) -> Any:
    method, field = files.method_for(media)
    form = _form(_target(outgoing))
    if outgoing.part.text:
        form["caption"] = outgoing.part.text
    return await calls.upload(method, creds, http, form=form, files=[_file_part(field, media)])


def _file_part(field: str, media: MediaFile) -> FilePart:
    return FilePart(field=field, name=media.name, mime=media.mime, path=media.path)


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
