"""What goes out, what every answer means, tokens, files; through the real door to a real server."""

from __future__ import annotations

import asyncio
import io
from base64 import b64decode
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
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
from apps.platforms.events import MediaKind, MediaRef, MessageReceived
from apps.platforms.qq.adapter import PLATFORM

from .payloads import CUSTOMER, dispatch, request
from .server import Server


def outgoing(part: Part, **more: Any) -> Outgoing:
    about = {"id": uuid4(), "sender": "102000001", "to": CUSTOMER, "handle": {"msg_id": "M-1"}}
    return Outgoing(**{**about, "part": part, **more})


HELLO = Part(kind="text", text="你好")


async def test_a_text_answers_the_last_message(server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.send(outgoing(HELLO), server.creds, http) == "ROBOT1.0_SENT"
    token, call = server.calls
    assert (token.path, token.json) == (
        "/app/getAppAccessToken",
        {"appId": "102000001", "clientSecret": server.secret},
    )
    assert (call.method, call.path, call.token) == ("POST", f"/v2/users/{CUSTOMER}/messages", "token-1")
    assert call.json == {"msg_id": "M-1", "msg_seq": 1, "msg_type": 0, "content": "你好"}


async def test_each_answer_has_its_own_number(server: Server, http: HttpDoor) -> None:
    for line in (1000, 1001, 7000):
        await PLATFORM.send(outgoing(HELLO, line=line), server.creds, http)
    assert [call.json["msg_seq"] for call in server.calls[1:]] == [1000, 1001, 7000]


async def test_an_event_can_be_answered_too(server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(outgoing(HELLO, handle={"event_id": "E-1"}), server.creds, http)
    assert server.calls[-1].json["event_id"] == "E-1" and "msg_id" not in server.calls[-1].json


@pytest.mark.parametrize("more", [{"handle_age": 3600.1}, {"handle": {}}, {"handle": {"reply_token": "x"}}])
async def test_the_late_answer_is_not_even_tried(
    more: dict[str, Any], server: Server, http: HttpDoor
) -> None:
    """Without a message to answer, QQ would take it for an unasked one."""
    with pytest.raises(WindowClosed):
        await PLATFORM.send(outgoing(HELLO, **more), server.creds, http)
    assert server.calls == []
    await PLATFORM.send(outgoing(HELLO, handle_age=3600), server.creds, http)


async def test_an_address_stays_in_its_place(server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(outgoing(HELLO, to="../x?a=b"), server.creds, http)
    assert server.calls[-1].path == "/v2/users/..%2Fx%3Fa%3Db/messages"


# label: status, body, error, facts
ERRORS: dict[str, tuple[int, Any, type[SendError], dict[str, Any]]] = {
    "token": (401, {"code": 11244, "message": "x"}, BadCredentials, {"field": "app_secret", "code": "11244"}),
    "only 401": (401, {"message": "x"}, BadCredentials, {"field": "app_secret", "code": "401"}),
    "privilege": (403, {"code": 11253, "message": "x"}, BadCredentials, {"field": "", "code": "11253"}),
    "too fast": (400, {"code": 22009, "message": "x"}, Throttled, {"retry_after": 60.0}),
    "only 429": (429, {"message": "x"}, Throttled, {"retry_after": 60.0}),
    "too late": (400, {"code": 304027, "message": "x"}, WindowClosed, {"code": "304027"}),
    "too many": (400, {"code": 40034025, "message": "x"}, WindowClosed, {}),
    "no such message": (400, {"code": 40034024, "message": "x"}, WindowClosed, {}),
    "unasked": (400, {"code": 40034102, "message": "x"}, WindowClosed, {}),
    "too fast for the bot": (400, {"code": 20028, "message": "x"}, Throttled, {"retry_after": 60.0}),
    "token ended": (400, {"code": 11243, "message": "x"}, BadCredentials, {"field": "app_secret"}),
    "no right": (400, {"code": 11254, "message": "x"}, BadCredentials, {"field": ""}),
    "no server": (400, {"code": 11281, "message": "x"}, BadCredentials, {"field": ""}),
    "same number": (400, {"code": 40054005, "message": "x"}, Rejected, {}),
    "upload": (400, {"code": 304082, "message": "x"}, Rejected, {"code": "304082"}),
    "convert": (400, {"err_code": 304083, "message": "x"}, Rejected, {"code": "304083"}),
    "a code under 200": (200, {"code": 304003, "message": "url not allowed"}, Rejected, {"code": "304003"}),
    "500 with a code": (500, {"code": 50041, "message": "x"}, Rejected, {"code": "50041"}),
    "500": (500, {"message": "x"}, Unknown, {}),
    "a page": (200, "<html>", Unknown, {}),
    "no id": (200, {}, Unknown, {}),
    "a gateway": (502, "bad", Unknown, {}),
}


@pytest.mark.parametrize(("status", "body", "kind", "facts"), ERRORS.values(), ids=ERRORS.keys())
async def test_error(
    status: int, body: Any, kind: type[SendError], facts: dict[str, Any], server: Server, http: HttpDoor
) -> None:
    if isinstance(body, dict) and "message" in body:
        body = {**body, "message": f"no {server.secret}"}
    server.answers["messages"] = (status, body)
    with pytest.raises(SendError) as error:
        await PLATFORM.send(outgoing(HELLO), server.creds, http)
    assert type(error.value) is kind
    assert {name: getattr(error.value, name) for name in facts} == facts
    assert server.secret not in error.value.words


async def test_many_at_once_ask_for_one_token(server: Server, http: HttpDoor) -> None:
    await asyncio.gather(*(PLATFORM.send(outgoing(HELLO), server.creds, http) for _ in range(9)))
    assert (server.tokens, len(server.calls)) == (1, 10)


async def test_a_refused_token_is_fetched_anew(server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(outgoing(HELLO), server.creds, http)
    server.stale = {"token-1"}
    await asyncio.gather(*(PLATFORM.send(outgoing(HELLO), server.creds, http) for _ in range(5)))
    assert server.tokens == 2


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"code": 100016, "message": "invalid appid or secret"}, BadCredentials),
        (200, {"access_token": "", "expires_in": "0"}, Unreachable),
        (200, {"access_token": "t", "expires_in": "soon"}, Unreachable),
        (502, "bad", Unreachable),
    ],
)
async def test_without_a_token_nothing_was_sent(
    status: int, body: Any, kind: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers["getAppAccessToken"] = (status, body)
    for call in (
        PLATFORM.send(outgoing(HELLO), server.creds, http),
        PLATFORM.connect(server.creds, "https://us.example/", http),
    ):
        with pytest.raises(kind):
            await call
    assert {call.path for call in server.calls} == {"/app/getAppAccessToken"}


async def test_connecting_checking_and_acknowledging(server: Server, http: HttpDoor) -> None:
    connection = await PLATFORM.connect(server.creds, "https://us.example/", http)
    assert (connection.address, connection.generated) == ("102000001", {})
    assert await PLATFORM.check(server.creds, "https://us.example/", http) == "Connected as Acme"
    tap = dispatch("INTERACTION_CREATE", {"id": "I/1", "user_openid": CUSTOMER})
    (event,) = PLATFORM.parse(request(tap), server.creds)
    assert isinstance(event, MessageReceived)
    await PLATFORM.acknowledge(event, server.creds, http)
    assert (server.calls[-1].method, server.calls[-1].path) == ("PUT", "/interactions/I%2F1")


FILES = [
    ("image", "image/png", 1, 1),
    ("image", "image/jpeg", 1, 1),
    ("image", "image/gif", 1, 0),
    ("image", "image/png", 10 * 1024 * 1024 + 1, 0),
    ("video", "video/mp4", 1, 2),
    ("voice", "audio/ogg", 1, 0),
    ("file", "application/pdf", 1, 0),
]


@pytest.mark.parametrize(("kind", "mime", "size", "number"), FILES)
async def test_file(
    kind: str, mime: str, size: int, number: int, server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"bytes")
    media = MediaFile(name="a", mime=mime, kind=kind, size=size, path=path)
    sent = outgoing(Part(kind="media", media=0), media=media)
    if not number:
        with pytest.raises(Rejected):
            await PLATFORM.send(sent, server.creds, http)
        assert server.calls == []
        return
    await PLATFORM.send(sent, server.creds, http)
    _token, upload, call = server.calls
    assert (upload.path, upload.json["file_type"]) == (f"/v2/users/{CUSTOMER}/files", number)
    assert (b64decode(upload.json["file_data"]), upload.json["srv_send_msg"]) == (b"bytes", False)
    assert call.json == {
        "msg_id": "M-1",
        "msg_seq": 1,
        "msg_type": 7,
        "content": " ",
        "media": {"file_info": "INFO"},
    }


async def test_a_file_that_was_not_uploaded_was_not_sent(
    server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    server.answers["files"] = (500, {"message": "x"})
    media = MediaFile(name="a", mime="image/png", kind="image", size=5, path=tmp_path / "gone")
    with pytest.raises(Rejected):
        await PLATFORM.send(outgoing(Part(kind="media", media=0), media=media), server.creds, http)
    media.path.write_bytes(b"bytes")
    with pytest.raises(Unreachable):
        await PLATFORM.send(outgoing(Part(kind="media", media=0), media=media), server.creds, http)


@pytest.mark.parametrize(
    ("status", "kind"), [(200, None), (404, Rejected), (403, Rejected), (503, Unreachable)]
)
async def test_download(status: int, kind: type[SendError] | None, server: Server, http: HttpDoor) -> None:
    server.answers["x.png"] = (status, "PNG")
    media = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{server.url}/x.png"}, mime="image/png")
    sink = io.BytesIO()
    if kind is None:
        assert await PLATFORM.download(media, server.creds, http, sink) == "image/png"
        assert (sink.getvalue(), server.calls[-1].token) == (b"PNG", "")
        return
    with pytest.raises(kind):
        await PLATFORM.download(media, server.creds, http, sink)
