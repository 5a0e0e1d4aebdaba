"""What goes out, what every answer means, tokens, files; through the real door to a real server."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
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
    WindowClosed,
)
from apps.platforms.cards import Form, Link, ListPicker, Option, QuickReplies, Section, Slot, TimeSlots
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.shared import choices
from apps.platforms.wechat.adapter import PLATFORM

from .payloads import CUSTOMER, OURS
from .server import Server

CARD = str(UUID(int=2**127 + 9))
YES, NO = Option(id="y", title="Oui"), Option(id="n", title="Non", subtitle="plus tard")
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 8, 30, tzinfo=UTC), minutes=30)


def outgoing(part: Part, **more: Any) -> Outgoing:
    return Outgoing(**{"id": uuid4(), "sender": OURS, "to": CUSTOMER, "part": part, **more})


TEXT = outgoing(Part(kind="text", text="你好 <b>"))


def menu(head: str, *lines: tuple[str, str]) -> dict[str, Any]:
    listed = [{"id": name, "content": title} for name, title in lines]
    return {
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": head, "list": listed, "tail_content": ""},
    }


CHOICES = (choices.payload(CARD, "y"), "Oui"), (choices.payload(CARD, "n"), "Non")
MESSAGES: dict[str, tuple[Part, dict[str, Any]]] = {
    "text": (TEXT.part, {"msgtype": "text", "text": {"content": "你好 <b>"}}),
    "link as text": (
        Part(kind="link", text="https://a.example/?q=1"),
        {"msgtype": "text", "text": {"content": "https://a.example/?q=1"}},
    ),
    "quick replies": (
        Part(kind="card", card=QuickReplies(id=CARD, prompt="Là ?", options=(YES, NO))),
        menu("Là ?\n• Non: plus tard", *CHOICES),
    ),
    "list": (
        Part(
            kind="card",
            card=ListPicker(
                id=CARD, title="T", subtitle="S", sections=(Section(title="A", options=(YES, NO)),)
            ),
        ),
        menu("T\nS\nA\n• Non: plus tard", *CHOICES),
    ),
    "times": (
        Part(kind="card", card=TimeSlots(id=CARD, title="Quand ?", slots=(SLOT,), timezone="Asia/Shanghai")),
        menu("Quand ?", (choices.slot_payload(CARD, SLOT), "2026-11-23 16:30 (30 min)")),
    ),
    "link": (
        Part(kind="card", card=Link(id=CARD, text="Le suivi", button="Ouvrir", url="https://a.example/")),
        {
            "msgtype": "news",
            "news": {
                "articles": [{"title": "Ouvrir", "description": "Le suivi", "url": "https://a.example/"}]
            },
        },
    ),
}


@pytest.mark.parametrize(("part", "expected"), MESSAGES.values(), ids=MESSAGES.keys())
async def test_message(part: Part, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    sent = outgoing(part)
    assert await PLATFORM.send(sent, server.creds, http) == str(sent.id)
    token, call = server.calls
    assert token.json == {
        "grant_type": "client_credential",
        "appid": server.creds["app_id"],
        "secret": server.secret,
    }
    assert (call.what, call.query) == ("message/custom/send", {"access_token": "token-1"})
    assert call.json == {"touser": CUSTOMER, **expected}


async def test_words_go_as_they_are_written(server: Server, http: HttpDoor) -> None:
    """WeChat shows \\u escapes as they stand."""
    await PLATFORM.send(TEXT, server.creds, http)
    assert "你好 <b>".encode() in server.calls[-1].body


@pytest.mark.parametrize(
    "card", [Form(id=CARD, title="F", fields=()), QuickReplies(id=CARD, prompt="x" * 2100, options=(YES,))]
)
async def test_a_card_that_wechat_has_not_is_refused_before(
    card: Any, server: Server, http: HttpDoor
) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(outgoing(Part(kind="card", card=card)), server.creds, http)
    assert server.calls == []


def test_texts_are_cut_by_bytes() -> None:
    parts = PLATFORM.compose(Content(text="好" * 1000), None)
    assert [len(part.text.encode()) for part in parts] == [2046, 954]
    long = QuickReplies(
        id=CARD, prompt="好" * 650, options=tuple(Option(id=str(n), title="好" * 9) for n in range(9))
    )
    assert [part.kind for part in PLATFORM.compose(Content(card=long), None)] == ["text", "text"]


# Errors -----------------------------------------------------------------------------------------------

ERRORS: dict[int, tuple[type[SendError], dict[str, Any]]] = {
    -1: (Unreachable, {}),
    40003: (Rejected, {}),
    40007: (Rejected, {}),
    40013: (BadCredentials, {"field": "app_id"}),
    40125: (BadCredentials, {"field": "app_secret"}),
    40164: (BadCredentials, {"field": ""}),
    41001: (BadCredentials, {"field": "app_secret"}),
    42007: (BadCredentials, {"field": "app_secret"}),
    43004: (ContactGone, {"reason": "opted_out"}),
    43101: (ContactGone, {"reason": "opted_out"}),
    44004: (Rejected, {}),
    45002: (Rejected, {}),
    45009: (Throttled, {"retry_after": 3600.0, "only_this_address": False}),
    45011: (Throttled, {"retry_after": 60.0}),
    45015: (WindowClosed, {}),
    45047: (WindowClosed, {}),
    40163: (Rejected, {}),
    45065: (Rejected, {}),
    45066: (Rejected, {}),
    45067: (Rejected, {}),
    47001: (Rejected, {}),
    48001: (BadCredentials, {"field": ""}),
    48002: (ContactGone, {"reason": "blocked"}),
    48004: (BadCredentials, {"field": ""}),
    50002: (Rejected, {}),
    50005: (ContactGone, {"reason": "opted_out"}),
    **{code: (Rejected, {}) for code in range(61451, 61458)},
    99999: (Rejected, {}),
}


@pytest.mark.parametrize(("code", "expected"), ERRORS.items(), ids=[str(code) for code in ERRORS])
async def test_error(
    code: int, expected: tuple[type[SendError], dict[str, Any]], server: Server, http: HttpDoor
) -> None:
    kind, facts = expected
    server.refuse("message/custom/send", code, f"words with {server.secret} rid: 1-2-3")
    with pytest.raises(SendError) as error:
        await PLATFORM.send(TEXT, server.creds, http)
    assert (type(error.value), error.value.code) == (kind, str(code))
    assert error.value.words == "words with ••• rid: 1-2-3"
    assert {name: getattr(error.value, name) for name in facts} == facts
    assert len([call for call in server.calls if call.what == "message/custom/send"]) == 1


STRANGE: dict[str, tuple[web.Response, type[SendError]]] = {
    "a page": (web.Response(text="<html>"), Unknown),
    "a gateway": (web.Response(status=502, text="bad"), Unknown),
    "a list": (web.Response(text="[]"), Unknown),
    "a word for a code": (web.Response(text='{"errcode":"x"}'), Unknown),
    "ok under 500": (web.Response(status=500, text='{"errcode":0}'), Unknown),
    "control characters": (web.Response(text='{"errcode":45015,"errmsg":"a\x01b"}'), WindowClosed),
}


@pytest.mark.parametrize(("answer", "kind"), STRANGE.values(), ids=STRANGE.keys())
async def test_a_strange_answer(
    answer: web.Response, kind: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers["message/custom/send"] = answer
    with pytest.raises(SendError) as error:
        await PLATFORM.send(TEXT, server.creds, http)
    assert type(error.value) is kind


# Tokens -----------------------------------------------------------------------------------------------


async def test_many_at_once_ask_for_one_token(server: Server, http: HttpDoor) -> None:
    await asyncio.gather(*(PLATFORM.send(TEXT, server.creds, http) for _ in range(9)))
    assert (server.tokens, len(server.calls)) == (1, 10)


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_fetched_anew_once(code: int, server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(TEXT, server.creds, http)
    server.stale = {"token-1"}
    await asyncio.gather(*(PLATFORM.send(TEXT, server.creds, http) for _ in range(5)))
    assert server.tokens == 2
    server.refuse("message/custom/send", code)
    with pytest.raises(BadCredentials) as error:
        await PLATFORM.send(TEXT, server.creds, http)
    assert (server.tokens, error.value.field) == (3, "app_secret")


async def test_nobody_gets_the_token_of_who_knows_the_secret(server: Server, http: HttpDoor) -> None:
    """Two tenants may name the same app; only one knows its secret."""
    await PLATFORM.send(TEXT, server.creds, http)
    server.refuse("stable_token", 40125)
    with pytest.raises(BadCredentials):
        await PLATFORM.send(TEXT, {**server.creds, "app_secret": "guessed"}, http)
    await PLATFORM.send(TEXT, server.creds, http)


async def test_without_a_token_nothing_was_sent(server: Server, http: HttpDoor) -> None:
    server.answers["stable_token"] = web.Response(status=502, text="bad")
    with pytest.raises(Unreachable):
        await PLATFORM.send(TEXT, server.creds, http)
    server.refuse("stable_token", 40164, "invalid ip 1.2.3.4")
    with pytest.raises(BadCredentials, match=r"1\.2\.3\.4"):
        await PLATFORM.connect(server.creds, "https://us.example/", http)


# The rest ---------------------------------------------------------------------------------------------


async def test_connecting_checking_typing_and_whom(server: Server, http: HttpDoor) -> None:
    connection = await PLATFORM.connect(server.creds, "https://us.example/", http)
    assert (connection.address, connection.generated) == (OURS, {})
    assert await PLATFORM.check(server.creds, "https://us.example/", http) == "Token accepted"
    for on in (True, False):
        await PLATFORM.typing(CUSTOMER, OURS, on, server.creds, http)
    assert [call.json["command"] for call in server.calls[-2:]] == ["Typing", "CancelTyping"]
    profile = await PLATFORM.profile(CUSTOMER, server.creds, http)
    assert profile is not None and (profile.name, profile.locale) == ("", "zh-CN")


async def test_a_code_for_a_tag(server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.make_code("adsl", server.creds, http) == "http://weixin.qq.com/q/x"
    assert server.calls[-1].json == {
        "action_name": "QR_LIMIT_STR_SCENE",
        "action_info": {"scene": {"scene_str": "adsl"}},
    }
    for bad in ("", "x" * 65):
        with pytest.raises(Rejected):
            await PLATFORM.make_code(bad, server.creds, http)


FILES = [
    ("image", "image/jpeg", 1, "image"),
    ("image", "image/webp", 1, ""),
    ("image", "image/png", 10 * 1024 * 1024 + 1, ""),
    ("voice", "audio/amr", 1, "voice"),
    ("audio", "audio/mpeg", 1, "voice"),
    ("voice", "audio/ogg", 1, ""),
    ("video", "video/mp4", 1, "video"),
    ("file", "application/pdf", 1, ""),
]


@pytest.mark.parametrize(("kind", "mime", "size", "ours"), FILES)
async def test_file(
    kind: str, mime: str, size: int, ours: str, server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"bytes")
    media = MediaFile(name="a 好.bin", mime=mime, kind=kind, size=size, path=path)
    sent = outgoing(Part(kind="media", media=0), media=media)
    if not ours:
        with pytest.raises(Rejected):
            await PLATFORM.send(sent, server.creds, http)
        assert server.calls == []
        return
    await PLATFORM.send(sent, server.creds, http)
    _token, upload, message = server.calls
    assert (upload.query["type"], upload.form["media"][1:]) == (ours, (mime, b"bytes"))
    assert message.json == {"touser": CUSTOMER, "msgtype": ours, ours: {"media_id": "MEDIA"}}


REF = MediaRef(kind=MediaKind.VOICE, locator={"media_id": "M/1"}, mime="audio/amr")


async def test_a_file_is_fetched_with_the_token(server: Server, http: HttpDoor) -> None:
    server.answers["media/get"] = web.Response(body=b"#!AMR\n" * 30_000, content_type="audio/amr")
    sink = io.BytesIO()
    assert await PLATFORM.download(REF, server.creds, http, sink) == "audio/amr"
    assert sink.getvalue() == b"#!AMR\n" * 30_000
    assert server.calls[-1].query == {"access_token": "token-1", "media_id": "M/1"}


async def test_a_film_is_fetched_where_wechat_says(server: Server, http: HttpDoor) -> None:
    server.answers["media/get"] = {"video_url": f"{server.url}/cgi-bin/film?x=1"}
    server.answers["film"] = web.Response(
        body=b"\x00\x00\x00\x18ftyp", content_type="application/octet-stream"
    )
    sink = io.BytesIO()
    film = MediaRef(kind=MediaKind.VIDEO, locator={"media_id": "M"}, mime="video/mp4")
    assert await PLATFORM.download(film, server.creds, http, sink) == "video/mp4"
    assert sink.getvalue() == b"\x00\x00\x00\x18ftyp"
    assert "access_token" not in server.calls[-1].query


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"errcode": 40007, "errmsg": "invalid media_id"}, Rejected),
        ({"errcode": -1, "errmsg": "busy"}, Unreachable),
        ({"unexpected": 1}, Unreachable),
    ],
)
async def test_json_in_a_files_place_is_no_file(
    answer: dict[str, Any], kind: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers["media/get"] = answer
    sink = io.BytesIO()
    with pytest.raises(kind):
        await PLATFORM.download(REF, server.creds, http, sink)
    assert sink.getvalue() == b""


async def test_a_stale_token_is_no_loss_for_a_file(server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(TEXT, server.creds, http)
    server.stale = {"token-1"}
    server.answers["media/get"] = web.Response(body=b"#!AMR\n", content_type="audio/amr")
    sink = io.BytesIO()
    await PLATFORM.download(REF, server.creds, http, sink)
    assert (sink.getvalue(), server.tokens) == (b"#!AMR\n", 2)
