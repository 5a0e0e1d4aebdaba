"""What goes out, and what every answer means; through the real door to a real server."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import web

from apps.core.http import Egress, HttpDoor
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Content,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section
from apps.platforms.events import MessageReceived
from apps.platforms.telegram import keyboards
from apps.platforms.telegram.adapter import PLATFORM
from tests.platforms.telegram.server import Server
from tests.platforms.telegram.updates import CREDS, CUSTOMER, request, update

TO = str(CUSTOMER)
CARD_ID = str(UUID(int=2**127 + 9))
YES, NO = Option(id="yes", title="Yes"), Option(id="no", title="No", subtitle="not now")


def outgoing(part: Part, **more: Any) -> Outgoing:
    return Outgoing(**{"id": uuid4(), "sender": "acme_bot", "to": TO, "part": part, **more})


TEXT = outgoing(Part(kind="text", text="Hello"))


def button(title: str, option: str) -> list[dict[str, str]]:
    return [{"text": title, "callback_data": keyboards.callback_data(CARD_ID, option)}]


PICKER = ListPicker(
    id=CARD_ID,
    title="Your line",
    subtitle="Choose one",
    sections=(Section(title="Now", options=(YES,)), Section(title="Later", options=(NO,))),
)

# label: what is sent, the parameters of sendMessage
MESSAGES: dict[str, tuple[Outgoing, dict[str, Any]]] = {
    "text": (TEXT, {"chat_id": CUSTOMER, "text": "Hello"}),
    "text that looks like markup": (
        outgoing(Part(kind="text", text="<b>*_[x](y)")),
        {"chat_id": CUSTOMER, "text": "<b>*_[x](y)"},
    ),
    "link": (
        outgoing(Part(kind="link", text="https://a.example/?q=1")),
        {"chat_id": CUSTOMER, "text": "https://a.example/?q=1"},
    ),
    "reply": (
        outgoing(Part(kind="text", text="Yes"), reply_to=f"{TO}:5"),
        {
            "chat_id": CUSTOMER,
            "text": "Yes",
            "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True},
        },
    ),
    "reply to what is elsewhere": (
        outgoing(Part(kind="text", text="Yes"), reply_to="8:5"),
        {"chat_id": CUSTOMER, "text": "Yes"},
    ),
    "quick replies": (
        outgoing(Part(kind="card", card=QuickReplies(id=CARD_ID, prompt="Now?", options=(YES, NO)))),
        {
            "chat_id": CUSTOMER,
            "text": "Now?\n• No: not now",
            "reply_markup": {"inline_keyboard": [button("Yes", "yes"), button("No", "no")]},
        },
    ),
    "list picker": (
        outgoing(Part(kind="card", card=PICKER)),
        {
            "chat_id": CUSTOMER,
            "text": "Your line\nChoose one\nNow\nLater\n• No: not now",
            "reply_markup": {"inline_keyboard": [button("Yes", "yes"), button("No", "no")]},
        },
    ),
}


@pytest.mark.parametrize(("sent", "expected"), MESSAGES.values(), ids=MESSAGES.keys())
async def test_message(sent: Outgoing, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.send(sent, server.creds, http) == f"{TO}:77"
    assert [(call.method, call.fields) for call in server.calls] == [("sendMessage", expected)]


MB = 1024 * 1024
# kind, type, size, method, field
FILES = [
    ("image", "image/jpeg", 10 * MB, "sendPhoto", "photo"),
    ("image", "image/png", 1, "sendPhoto", "photo"),
    ("image", "image/jpeg", 10 * MB + 1, "sendDocument", "document"),
    ("image", "image/gif", 1, "sendAnimation", "animation"),
    ("image", "image/svg+xml", 1, "sendDocument", "document"),
    ("voice", "audio/ogg", 1, "sendVoice", "voice"),
    ("voice", "audio/wav", 1, "sendDocument", "document"),
    ("audio", "audio/mpeg", 1, "sendAudio", "audio"),
    ("audio", "audio/flac", 1, "sendDocument", "document"),
    ("video", "video/mp4", 1, "sendVideo", "video"),
    ("video", "video/webm", 1, "sendDocument", "document"),
    ("sticker", "image/webp", 1, "sendDocument", "document"),
    ("file", "application/pdf", 1, "sendDocument", "document"),
    ("file", "image/jpeg", 1, "sendDocument", "document"),
]


@pytest.mark.parametrize(("kind", "mime", "size", "method", "field"), FILES)
async def test_file(
    kind: str, mime: str, size: int, method: str, field: str, server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"\x00bytes")
    media = MediaFile(name="photo é.jpg", mime=mime, kind=kind, size=size, path=path)
    part = Part(kind="media", media=0, text="look")
    assert (
        await PLATFORM.send(outgoing(part, media=media, reply_to=f"{TO}:5"), server.creds, http) == f"{TO}:77"
    )
    (call,) = server.calls
    reply = json.loads(call.fields.pop("reply_parameters"))
    assert (call.method, call.fields, call.files, reply) == (
        method,
        {"chat_id": TO, "caption": "look"},
        {field: ("photo é.jpg", mime, b"\x00bytes")},
        {"message_id": 5, "allow_sending_without_reply": True},
    )


async def test_a_file_that_is_gone_from_our_disk(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    media = MediaFile(name="x", mime="", kind="file", size=1, path=tmp_path / "nowhere")
    with pytest.raises(Rejected) as refused:
        await PLATFORM.send(outgoing(Part(kind="media", media=0), media=media), server.creds, http)
    assert (refused.value.code, server.calls) == ("file_missing", [])


async def test_what_comes_back_from_a_card_is_its_answer(server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(outgoing(Part(kind="card", card=PICKER)), server.creds, http)
    keyboard = server.calls[0].fields["reply_markup"]
    shown = {
        "message_id": 77,
        "date": 1,
        "chat": {"id": CUSTOMER, "type": "private"},
        "reply_markup": keyboard,
    }
    person = {"id": CUSTOMER, "is_bot": False, "first_name": "A"}
    data = keyboard["inline_keyboard"][1][0]["callback_data"]
    query = {"id": "1", "from": person, "chat_instance": "1", "message": shown, "data": data}
    (event,) = PLATFORM.parse(request(update("callback_query", query)), CREDS)
    assert isinstance(event, MessageReceived)
    assert event.answer is not None
    assert (event.answer.card_id, event.answer.selected) == (PICKER.id, (Option(id="no", title="No"),))


# What an answer means ---------------------------------------------------------------------------------

# error_code, description, parameters, error, what it carries
REFUSALS: list[tuple[int, str, dict[str, int], type[SendError], dict[str, Any]]] = [
    (429, "Too Many Requests: retry after 17", {"retry_after": 17}, Throttled, {"retry_after": 17.0}),
    (429, "Too Many Requests", {}, Throttled, {"retry_after": 1.0}),
    (409, "Conflict: terminated by other setWebhook", {"retry_after": 1}, Throttled, {"retry_after": 1.0}),
    (403, "Forbidden: bot was blocked by the user", {}, ContactGone, {"code": "403", "reason": "blocked"}),
    (403, "Forbidden: user is deactivated", {}, ContactGone, {"code": "403", "reason": "deleted"}),
    (403, "Forbidden: bot can't initiate conversation with a user", {}, ContactGone, {"code": "403"}),
    (400, "Bad Request: chat not found", {}, ContactGone, {"code": "400"}),
    (
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": -1001},
        ContactGone,
        {"code": "migrated"},
    ),
    (400, "Bad Request: message text is empty", {}, Rejected, {"code": "400"}),
    (400, "Bad Request: reply markup is too long", {}, Rejected, {"code": "400"}),
    (413, "Request Entity Too Large", {}, Rejected, {"code": "413"}),
    (401, "Unauthorized", {}, BadCredentials, {"field": "token"}),
    (404, "Not Found", {}, BadCredentials, {"field": "token"}),
    (404, "Not Found: method not found", {}, Rejected, {"code": "404"}),
    (500, "Internal Server Error: restart", {}, Unknown, {"code": "500"}),
    (502, "Bad Gateway", {}, Unknown, {"code": "502"}),
]


@pytest.mark.parametrize(("code", "words", "parameters", "error", "carried"), REFUSALS)
async def test_refusal(
    code: int,
    words: str,
    parameters: dict[str, int],
    error: type[SendError],
    carried: dict[str, Any],
    server: Server,
    http: HttpDoor,
) -> None:
    server.refuse("sendMessage", code, words, **parameters)
    with pytest.raises(SendError) as refused:
        await PLATFORM.send(TEXT, server.creds, http)
    assert (type(refused.value), refused.value.words) == (error, words)
    assert {name: getattr(refused.value, name) for name in carried} == carried


# status, body, headers, error, credential it blames
STRANGERS: list[tuple[int, str, dict[str, str], type[SendError], str]] = [
    (200, "<html>It works!</html>", {}, Unknown, ""),
    (200, '{"ok": true}', {}, Unknown, ""),
    (200, '{"ok": true, "result": {}}', {}, Unknown, ""),
    (200, '{"ok": "yes", "result": {"message_id": 1}}', {}, Unknown, ""),
    (200, "[]", {}, Unknown, ""),
    (500, "", {}, Unknown, ""),
    (503, "<html>busy</html>", {}, Unknown, ""),
    (301, "", {"Location": "https://elsewhere.example/"}, BadCredentials, "base_url"),
    (404, "<html>nothing here</html>", {}, BadCredentials, "base_url"),
    (403, "<html>firewall</html>", {}, Rejected, ""),
    (413, "<html>too large</html>", {}, Rejected, ""),
    (429, "slow down", {"Retry-After": "9"}, Throttled, ""),
]


@pytest.mark.parametrize(("status", "body", "headers", "error", "field"), STRANGERS)
async def test_an_answer_that_no_bot_api_gives(
    status: int,
    body: str,
    headers: dict[str, str],
    error: type[SendError],
    field: str,
    server: Server,
    http: HttpDoor,
) -> None:
    server.answers["sendMessage"] = web.Response(status=status, text=body, headers=headers)
    with pytest.raises(SendError) as refused:
        await PLATFORM.send(TEXT, server.creds, http)
    assert (type(refused.value), getattr(refused.value, "field", "")) == (error, field)
    assert getattr(refused.value, "retry_after", 9.0) == 9.0


async def test_nobody_there(http: HttpDoor) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        creds = {**CREDS, "base_url": f"http://127.0.0.1:{closed.getsockname()[1]}"}
        with pytest.raises(Unreachable):
            await PLATFORM.send(TEXT, creds, http)


async def test_the_answer_is_lost(http: HttpDoor) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as lost:
        creds = {**CREDS, "base_url": f"http://127.0.0.1:{lost.sockets[0].getsockname()[1]}"}
        with pytest.raises(Unknown):
            await PLATFORM.send(TEXT, creds, http)


async def test_an_address_inside_is_refused_in_words() -> None:
    async with HttpDoor(Egress()) as http:
        with pytest.raises(Rejected, match="EGRESS_ALLOW") as refused:
            await PLATFORM.send(TEXT, {**CREDS, "base_url": "http://10.0.0.1"}, http)
    assert refused.value.code == "egress"


@pytest.mark.parametrize("token", ["", "abc", "1:a/../../x", "1:a b", "1:a?x=", "٣:abc"])
async def test_a_token_that_is_none_calls_nobody(token: str, server: Server, http: HttpDoor) -> None:
    with pytest.raises(BadCredentials) as refused:
        await PLATFORM.send(TEXT, {**server.creds, "token": token}, http)
    assert (refused.value.field, server.calls) == ("token", [])


@pytest.mark.parametrize("to", ["@durov", "", "7 0", "x"])
async def test_only_a_chat_is_written_to(to: str, server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(outgoing(Part(kind="text", text="x"), to=to), server.creds, http)
    assert server.calls == []


@pytest.mark.parametrize("half", [CREDS["token"], CREDS["token"].partition(":")[2], CREDS["webhook_secret"]])
async def test_no_error_says_a_secret(half: str, server: Server, http: HttpDoor) -> None:
    server.refuse("sendMessage", 400, f"Bad Request: what is /bot{half}/sendMessage?")
    with pytest.raises(Rejected) as refused:
        await PLATFORM.send(TEXT, server.creds, http)
    assert "canary" not in repr(refused.value)
    assert (half in refused.value.words, "•••" in refused.value.words) == (False, True)


BROKEN_SERVERS = [
    "ftp://127.0.0.1",
    "http://127.0.0.1:1",
    "http://[bad",
    "http://nobody.invalid",
    "not an address",
]


@pytest.mark.parametrize("base_url", BROKEN_SERVERS)
async def test_no_failed_call_says_a_secret(base_url: str, http: HttpDoor) -> None:
    with pytest.raises(SendError) as failed:
        await PLATFORM.send(TEXT, {**CREDS, "base_url": base_url}, http)
    assert "canary" not in repr(failed.value) + repr(failed.value.__cause__)


# Around a message -------------------------------------------------------------------------------------


async def test_typing_is_shown_and_not_hidden(server: Server, http: HttpDoor) -> None:
    await PLATFORM.typing(TO, "acme_bot", True, server.creds, http)
    await PLATFORM.typing(TO, "acme_bot", False, server.creds, http)
    assert [(call.method, call.fields) for call in server.calls] == [
        ("sendChatAction", {"chat_id": CUSTOMER, "action": "typing"})
    ]


def tap() -> MessageReceived:
    person = {"id": CUSTOMER, "is_bot": False, "first_name": "A"}
    query = {"id": "4382", "from": person, "chat_instance": "1", "data": "x"}
    (event,) = PLATFORM.parse(request(update("callback_query", query)), CREDS)
    assert isinstance(event, MessageReceived)
    return event


async def test_a_tap_is_acknowledged(server: Server, http: HttpDoor) -> None:
    await PLATFORM.acknowledge(tap(), server.creds, http)
    assert [(call.method, call.fields) for call in server.calls] == [
        ("answerCallbackQuery", {"callback_query_id": "4382"})
    ]


async def test_a_late_acknowledgement_is_no_error(server: Server, http: HttpDoor) -> None:
    words = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    server.refuse("answerCallbackQuery", 400, words)
    await PLATFORM.acknowledge(tap(), server.creds, http)
    assert len(server.calls) == 1


async def test_another_refusal_of_an_acknowledgement_is_one(server: Server, http: HttpDoor) -> None:
    server.refuse("answerCallbackQuery", 400, "Bad Request: something else")
    with pytest.raises(Rejected):
        await PLATFORM.acknowledge(tap(), server.creds, http)


def test_a_card_that_is_too_large_is_text() -> None:
    wide = QuickReplies(id=CARD_ID, prompt="Which?", options=(Option(id="x" * 42, title="A"), YES))
    assert list(PLATFORM.compose(Content(card=wide), None)) == [
        Part(kind="text", text="Which?\n1. A\n2. Yes")
    ]
