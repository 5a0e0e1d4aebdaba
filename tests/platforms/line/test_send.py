"""What goes out: as a reply or as a push, and what every answer means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Exhausted,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
)
from apps.platforms.line.adapter import PLATFORM
from tests.platforms.recording import Server

from .payloads import PUSH, REPLY, USER, creds

KEY = str(UUID(int=7))
TEXT = Outgoing(id=UUID(int=7), sender="@acme", to=USER, part=Part(kind="text", text="Hi"))
FRESH = replace(TEXT, handle={"reply_token": "reply-1", "message": "5", "quote": "q"}, handle_age=49)
SAID = {"messages": [{"type": "text", "text": "Hi"}]}
SPENT = {"message": "Invalid reply token"}


def no(status: int, message: str, **headers: str) -> web.Response:
    return web.json_response({"message": message}, status=status, headers=headers)


# Reply or push ----------------------------------------------------------------------------------------

WAYS: dict[str, tuple[Outgoing, str]] = {
    "without a token": (TEXT, PUSH),
    "fresh": (FRESH, REPLY),
    "a minute later": (replace(FRESH, handle_age=50), PUSH),
    "the second answer": (replace(FRESH, answers=1), PUSH),
    "after a push in doubt": (replace(FRESH, handle_age=200, doubted=100), PUSH),
    "the second answer, in doubt": (replace(FRESH, answers=1, doubted=5), PUSH),
}


@pytest.mark.parametrize(("outgoing", "way"), WAYS.values(), ids=WAYS.keys())
async def test_the_way(outgoing: Outgoing, way: str, server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.send(outgoing, creds(server), http) == "461230966842064897"
    head = {"replyToken": "reply-1"} if way == REPLY else {"to": USER}
    assert server.said == [(way, {**head, **SAID})]
    assert server.calls[0].headers.get("x-line-retry-key") == (None if way == REPLY else KEY)
    assert server.calls[0].headers["authorization"] == f"Bearer {creds(server)['token']}"


async def test_a_spent_token_is_followed_by_a_push(server: Server, http: HttpDoor) -> None:
    server.answers[REPLY] = web.json_response(SPENT, status=400)
    assert await PLATFORM.send(FRESH, creds(server), http) == "461230966842064897"
    assert [what for what, _ in server.said] == [REPLY, PUSH]


async def test_a_reply_without_an_answer_is_never_repeated(server: Server, http: HttpDoor) -> None:
    """It carries no key. A push does."""
    server.answers |= {REPLY: web.Response(status=502), PUSH: web.Response(status=502)}
    with pytest.raises(Unknown) as reply:
        await PLATFORM.send(FRESH, creds(server), http)
    with pytest.raises(Unknown) as push:
        await PLATFORM.send(TEXT, creds(server), http)
    assert (reply.value.repeatable, push.value.repeatable) == (False, True)
    assert [what for what, _ in server.said] == [REPLY, PUSH]


@pytest.mark.parametrize(("age", "doubted"), [(20, 15), (60, 50), (300, 250), (3, 40)])
async def test_what_may_have_been_a_reply_is_a_persons_business(
    age: float, doubted: float, server: Server, http: HttpDoor
) -> None:
    """A worker died while it sent: neither a reply nor a push may follow."""
    with pytest.raises(Unknown) as error:
        await PLATFORM.send(replace(FRESH, handle_age=age, doubted=doubted), creds(server), http)
    assert (error.value.repeatable, error.value.code, server.calls) == (False, "reply_in_doubt", [])


REPEATED: list[tuple[dict[str, Any], str]] = [
    ({"sentMessages": [{"id": "5"}]}, "5"),
    ({}, "request:abc"),
]


@pytest.mark.parametrize(("more", "ref"), REPEATED)
async def test_a_repeated_key_was_accepted(
    more: dict[str, Any], ref: str, server: Server, http: HttpDoor
) -> None:
    server.answers[PUSH] = web.json_response(
        {"message": "The retry key is already accepted", **more},
        status=409,
        headers={"x-line-accepted-request-id": "abc"},
    )
    assert await PLATFORM.send(TEXT, creds(server), http) == ref


# Contents ---------------------------------------------------------------------------------------------

MB = 1024 * 1024
URL, PREVIEW = "https://chat.example/f/a", "https://chat.example/f/preview.jpg"


def file(mime: str, size: int = 1, *, preview: str = PREVIEW, seconds: float = 0) -> MediaFile:
    kind = mime.split("/")[0]
    return MediaFile(
        name="a.bin",
        mime=mime,
        kind=kind,
        size=size,
        path=Path("/x"),
        url=URL,
        preview_url=preview,
        seconds=seconds,
    )


def shown(kind: str, preview: str = PREVIEW) -> dict[str, Any]:
    return {"type": kind, "originalContentUrl": URL, "previewImageUrl": preview}


LINK = {"type": "text", "text": f"a.bin\n{URL}"}
FILES: dict[str, tuple[MediaFile, dict[str, Any]]] = {
    "picture": (file("image/jpeg", 10 * MB), shown("image")),
    "picture without a small one": (file("image/png", preview=""), shown("image", URL)),
    "large picture": (file("image/png", 10 * MB + 1), LINK),
    "gif": (file("image/gif"), LINK),
    "film": (file("video/mp4", 200 * MB), shown("video")),
    "film without a picture": (file("video/mp4", preview=""), LINK),
    "sound": (
        file("audio/mpeg", seconds=2.5),
        {"type": "audio", "originalContentUrl": URL, "duration": 2500},
    ),
    "sound of unknown length": (
        file("audio/mp4"),
        {"type": "audio", "originalContentUrl": URL, "duration": 1000},
    ),
    "ogg": (file("audio/ogg"), LINK),
    "document": (file("application/pdf"), LINK),
}


async def sent(outgoing: Outgoing, server: Server, http: HttpDoor) -> Any:
    await PLATFORM.send(outgoing, creds(server), http)
    return server.calls[-1].json["messages"][0]


@pytest.mark.parametrize(("media", "expected"), FILES.values(), ids=FILES.keys())
async def test_file(media: MediaFile, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    assert await sent(replace(TEXT, part=Part(kind="media", media=0), media=media), server, http) == expected


async def test_a_file_without_an_address_cannot_go(server: Server, http: HttpDoor) -> None:
    media = replace(file("image/jpeg"), url="")
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, part=Part(kind="media", media=0), media=media), creds(server), http)


NAMES = [("Ana", "Ana"), ("A" * 25, "A" * 20), ("Caroline", ""), ("", "")]


@pytest.mark.parametrize(("agent", "name"), NAMES)
async def test_under_whose_name(agent: str, name: str, server: Server, http: HttpDoor) -> None:
    message = await sent(replace(TEXT, agent=agent), server, http)
    assert message.get("sender", {}).get("name", "") == name


@pytest.mark.parametrize(("reply_to", "quote"), [("5", "q"), ("4", None), ("", None)])
async def test_only_the_last_message_is_quoted(
    reply_to: str, quote: str | None, server: Server, http: HttpDoor
) -> None:
    assert (await sent(replace(FRESH, reply_to=reply_to), server, http)).get("quoteToken") == quote


# Errors -----------------------------------------------------------------------------------------------

ERRORS: list[tuple[int, str, type[SendError], str]] = [
    (400, "The request body has 1 error(s)", Rejected, "400"),
    (400, "Failed to send messages", ContactGone, "400"),
    (401, "Authentication failed canary-channel-access-token+/=", BadCredentials, "401"),
    (403, "Access to this API is not available for your account", BadCredentials, "403"),
    (404, "Not found", Rejected, "404"),
    (410, "Gone", Rejected, "410"),
    (413, "Payload too large", Rejected, "413"),
    (415, "Unsupported media type", Rejected, "415"),
    (429, "You have reached your monthly limit.", Exhausted, "monthly_limit"),
    (429, "The API rate limit has been exceeded. Try again later.", Throttled, "429"),
    (500, "Internal server error", Unknown, "500"),
]


@pytest.mark.parametrize(("status", "words", "meaning", "code"), ERRORS)
async def test_what_an_answer_means(
    status: int, words: str, meaning: type[SendError], code: str, server: Server, http: HttpDoor
) -> None:
    server.answers[PUSH] = no(status, words)
    with pytest.raises(SendError) as caught:
        await PLATFORM.send(TEXT, creds(server), http)
    assert (type(caught.value), caught.value.code, "canary" in caught.value.words) == (meaning, code, False)


async def test_the_words_say_what_is_wrong_where(server: Server, http: HttpDoor) -> None:
    details = [{"message": "May not be empty", "property": "messages[0].text"}]
    server.answers[PUSH] = web.json_response({"message": "1 error", "details": details}, status=400)
    with pytest.raises(Rejected) as caught:
        await PLATFORM.send(TEXT, creds(server), http)
    assert caught.value.words == "1 error; messages[0].text: May not be empty"


async def test_how_long_to_wait(server: Server, http: HttpDoor) -> None:
    server.answers[PUSH] = no(429, "The API rate limit has been exceeded.", **{"Retry-After": "7"})
    with pytest.raises(Throttled) as caught:
        await PLATFORM.send(TEXT, creds(server), http)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("answer", [{}, {"sentMessages": []}, {"sentMessages": [{}]}, {"sentMessages": [1]}])
async def test_an_answer_that_names_no_message(answer: Any, server: Server, http: HttpDoor) -> None:
    server.answers[PUSH] = answer
    with pytest.raises(Unknown):
        await PLATFORM.send(TEXT, creds(server), http)


async def test_a_part_that_line_does_not_have(server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, part=Part(kind="card")), creds(server), http)
