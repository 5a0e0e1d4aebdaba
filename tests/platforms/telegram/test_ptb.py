"""python-telegram-bot as second opinion on what goes out: told to say the same, it sends the same."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, ForceReply, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram import ReplyParameters as Answered

from apps.core.http import HttpDoor
from apps.platforms.base import MediaFile, Outgoing, Part
from apps.platforms.telegram.adapter import PLATFORM
from tests.platforms.telegram.server import Call, Server
from tests.platforms.telegram.updates import CREDS, CUSTOMER

from .test_send import FILES, MESSAGES, TO, outgoing

KEYBOARDS = {
    "inline_keyboard": InlineKeyboardMarkup,
    "keyboard": ReplyKeyboardMarkup,
    "remove_keyboard": ReplyKeyboardRemove,
    "force_reply": ForceReply,
}


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    async with Bot(CREDS["token"], base_url=f"{server.url}/bot") as made:
        yield made


def typed(fields: dict[str, Any], bot: Bot) -> dict[str, Any]:
    """Our parameters in the library's types, which refuse what Telegram does not know."""
    found = dict(fields)
    if "reply_parameters" in found:
        found["reply_parameters"] = Answered.de_json(found["reply_parameters"], bot)
    if "reply_markup" in found:
        kind = next(KEYBOARDS[name] for name in KEYBOARDS if name in found["reply_markup"])
        found["reply_markup"] = kind.de_json(found["reply_markup"], bot)
    return found


def read(call: Call) -> dict[str, Any]:
    """The parameters, whether they came as JSON or as a form with JSON in it."""
    return {name: _loaded(value) for name, value in call.fields.items()}


def _loaded(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


@pytest.mark.parametrize("label", MESSAGES)
async def test_messages(label: str, bot: Bot, server: Server, http: HttpDoor) -> None:
    sent, fields = MESSAGES[label]
    await PLATFORM.send(sent, server.creds, http)
    await bot.send_message(**typed(fields, bot))
    ours, theirs = server.calls[-2:]
    assert (ours.method, read(ours)) == (theirs.method, read(theirs))


def snake(method: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in method)


@pytest.mark.parametrize(("kind", "mime", "size", "method", "field"), FILES)
async def test_files(
    kind: str,
    mime: str,
    size: int,
    method: str,
    field: str,
    bot: Bot,
    server: Server,
    http: HttpDoor,
    tmp_path: Path,
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"\x00bytes")
    media = MediaFile(name="photo.jpg", mime=mime, kind=kind, size=size, path=path)
    sent: Outgoing = outgoing(Part(kind="media", media=0, text="look"), media=media)
    await PLATFORM.send(sent, server.creds, http)
    says = getattr(bot, snake(method))
    await says(chat_id=CUSTOMER, caption="look", **{field: path.read_bytes()})
    ours, theirs = server.calls[-2:]
    assert (ours.method, read(ours)) == (theirs.method, read(theirs))
    assert list(ours.files) == [field]
    assert [content for _, _, content in ours.files.values()] == [b"\x00bytes"]


async def test_typing(bot: Bot, server: Server, http: HttpDoor) -> None:
    await PLATFORM.typing(TO, "acme_bot", True, server.creds, http)
    await bot.send_chat_action(chat_id=CUSTOMER, action="typing")
    ours, theirs = server.calls[-2:]
    assert (ours.method, read(ours)) == (theirs.method, read(theirs))
