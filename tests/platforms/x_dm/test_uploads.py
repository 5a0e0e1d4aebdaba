"""Pictures in one piece; films and animations in several, which X then prepares."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unreachable,
)
from apps.platforms.x_dm import uploads
from apps.platforms.x_dm.adapter import PLATFORM
from tests.platforms.rest import Call, Server, rest_server

from .payloads import CREDS, DM, SEND, SENT, THEM, US, Json

WHOLE, BEGIN, STATUS = "POST /2/media/upload", "POST /2/media/upload/initialize", "GET /2/media/upload"
APPEND, END = "POST /2/media/upload/5/append", "POST /2/media/upload/5/finalize"
FILM = b"0123456789" * 900_000  # two pieces of four megabytes and a rest


def told(**info: Any) -> Json:
    return {"data": {"id": "5", "media_key": "3_5", **({"processing_info": info} if info else {})}}


@pytest.fixture
async def x() -> AsyncIterator[Server]:
    async with rest_server() as server:
        server.answers |= {SEND: SENT, WHOLE: told(), BEGIN: told(), APPEND: {}, END: told()}
        yield server


def creds(x: Server) -> dict[str, str]:
    return {**CREDS, "base_url": x.url}


def outgoing(folder: Path, mime: str = "video/mp4", content: bytes = FILM) -> Outgoing:
    """A message of its own: what was uploaded for one is remembered."""
    path = folder / "stored"
    path.write_bytes(content)
    kind = mime.partition("/")[0]
    media = MediaFile(name="film.mp4", mime=mime, kind=kind, size=len(content), path=path)
    return Outgoing(id=uuid4(), sender=US, to=THEM, part=Part(kind="media", media=0), media=media)


def form(call: Call) -> dict[str, bytes]:
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    found: dict[str, bytes] = {}
    for part in message_from_bytes(head + call.body).get_payload():
        found[str(part.get_param("name", header="content-disposition"))] = part.get_payload(decode=True)  # type: ignore[union-attr, assignment]
    return found


def steps(x: Server) -> list[str]:
    return [f"{call.method} {call.path}" for call in x.calls]


async def test_a_picture_goes_in_one_piece(x: Server, http: HttpDoor, tmp_path: Path) -> None:
    await PLATFORM.send(outgoing(tmp_path, "image/png", b"PNG"), creds(x), http)
    assert steps(x) == [WHOLE, SEND]
    assert form(x.calls[0]) == {"media_category": b"dm_image", "media_type": b"image/png", "media": b"PNG"}
    assert x.calls[1].fields == {"attachments": [{"media_id": "5"}]}


@pytest.mark.parametrize(("mime", "category"), [("video/mp4", "dm_video"), ("image/gif", "dm_gif")])
async def test_a_film_goes_in_pieces(
    mime: str, category: str, x: Server, http: HttpDoor, tmp_path: Path
) -> None:
    assert await PLATFORM.send(outgoing(tmp_path, mime), creds(x), http) == DM
    assert steps(x) == [BEGIN, APPEND, APPEND, APPEND, END, SEND]
    assert x.calls[0].fields == {"media_type": mime, "media_category": category, "total_bytes": len(FILM)}
    pieces = [form(call) for call in x.asked(APPEND)]
    assert [piece["segment_index"] for piece in pieces] == [b"0", b"1", b"2"]
    assert b"".join(piece["media"] for piece in pieces) == FILM
    assert max(len(piece["media"]) for piece in pieces) <= 5 * 1024 * 1024


async def test_a_film_that_is_being_prepared_waits_and_is_not_uploaded_again(
    x: Server, http: HttpDoor, tmp_path: Path
) -> None:
    message = outgoing(tmp_path, content=b"film")
    x.answers[END] = told(state="pending", check_after_secs=3)
    x.answers[STATUS] = [told(state="in_progress", check_after_secs=7), told(state="succeeded")]
    for seconds in (3, 7):
        with pytest.raises(Throttled) as wait:
            await PLATFORM.send(message, creds(x), http)
        assert (wait.value.retry_after, wait.value.only_this_address) == (seconds, True)
    assert await PLATFORM.send(message, creds(x), http) == DM
    assert steps(x) == [BEGIN, APPEND, END, STATUS, STATUS, SEND]
    assert x.asked(STATUS)[0].query == {"command": "STATUS", "media_id": "5"}


@pytest.mark.parametrize(
    ("named", "seconds"), [(None, 5), (0, 5), ("9", 5), (True, 5), (900, 60), (2.5, 2.5)]
)
async def test_how_long_to_wait(
    named: Any, seconds: float, x: Server, http: HttpDoor, tmp_path: Path
) -> None:
    x.answers[END] = told(state="pending", check_after_secs=named)
    with pytest.raises(Throttled) as wait:
        await PLATFORM.send(outgoing(tmp_path, content=b"film"), creds(x), http)
    assert wait.value.retry_after == seconds


async def test_a_film_that_x_cannot_show(x: Server, http: HttpDoor, tmp_path: Path) -> None:
    x.answers[END] = told(state="failed", error={"name": "InvalidMedia"})
    with pytest.raises(Rejected) as error:
        await PLATFORM.send(outgoing(tmp_path, content=b"film"), creds(x), http)
    assert (error.value.code, steps(x)) == ("media_failed", [BEGIN, APPEND, END])


async def test_a_film_that_x_lost_is_uploaded_anew(x: Server, http: HttpDoor, tmp_path: Path) -> None:
    message = outgoing(tmp_path, content=b"film")
    x.answers[END] = [told(state="pending"), told()]
    with pytest.raises(Throttled):
        await PLATFORM.send(message, creds(x), http)
    x.refuse(STATUS, 404, {"title": "Not Found", "detail": "gone"})
    with pytest.raises(Unreachable):
        await PLATFORM.send(message, creds(x), http)
    assert await PLATFORM.send(message, creds(x), http) == DM


FAILURES: dict[str, tuple[str, int, type[SendError]]] = {
    "announcing": (BEGIN, 500, Unreachable),
    "a piece": (APPEND, 503, Unreachable),
    "the end": (END, 500, Unreachable),
    "too fast": (APPEND, 429, Throttled),
    "the token": (BEGIN, 401, BadCredentials),
    "a kind that X refuses": (BEGIN, 400, Rejected),
    "a picture": (WHOLE, 500, Unreachable),
}


@pytest.mark.parametrize(("step", "status", "error"), FAILURES.values(), ids=FAILURES.keys())
async def test_nothing_was_said_when_an_upload_fails(
    step: str, status: int, error: type[SendError], x: Server, http: HttpDoor, tmp_path: Path
) -> None:
    x.refuse(step, status, {"title": "No", "detail": "No."})
    mime = "image/png" if step == WHOLE else "video/mp4"
    with pytest.raises(SendError) as caught:
        await PLATFORM.send(outgoing(tmp_path, mime, b"bytes"), creds(x), http)
    assert (type(caught.value), x.asked(SEND)) == (error, [])


@pytest.mark.parametrize("answer", [{}, {"data": {}}, {"data": {"id": 5}}, {"data": 1}])
async def test_an_upload_without_a_number(answer: Json, x: Server, http: HttpDoor, tmp_path: Path) -> None:
    for step, mime in ((WHOLE, "image/png"), (BEGIN, "video/mp4")):
        x.answers[step] = answer
        with pytest.raises(Unreachable):
            await PLATFORM.send(outgoing(tmp_path, mime, b"bytes"), creds(x), http)


async def test_a_piece_that_is_answered_with_nothing_has_arrived(
    x: Server, http: HttpDoor, tmp_path: Path
) -> None:
    x.answers[APPEND] = lambda: web.Response(status=204)
    assert await PLATFORM.send(outgoing(tmp_path, content=b"film"), creds(x), http) == DM


async def test_a_film_that_is_gone_from_our_disk(x: Server, http: HttpDoor, tmp_path: Path) -> None:
    message = outgoing(tmp_path, content=b"film")
    (tmp_path / "stored").unlink()
    with pytest.raises(Rejected) as error:
        await PLATFORM.send(message, creds(x), http)
    assert error.value.code == "file_missing"


LIMITS = [("image/jpeg", 5), ("image/gif", 15), ("video/mp4", 512)]


@pytest.mark.parametrize(("mime", "megabytes"), LIMITS)
def test_how_large_a_file_may_be(mime: str, megabytes: int) -> None:
    largest = MediaFile(name="a", mime=mime, kind="x", size=megabytes * uploads.MB, path=Path("/x"))
    assert uploads.category(largest) is not None
    assert uploads.category(replace(largest, size=largest.size + 1)) is None


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "REMEMBERED", 2)
    monkeypatch.setattr(uploads, "_begun", uploads._begun.__class__())
    for number in range(3):
        uploads._remember(UUID(int=number), str(number))
    assert list(uploads._begun.values()) == ["1", "2"]
