"""Words and files that go out, and what every status means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Content,
    Exhausted,
    MediaFile,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
)
from apps.platforms.viber.adapter import PLATFORM
from tests.platforms.recording import Server
from tests.platforms.viber.outgoings import FILES, HEAD, TEXT, file, sent

from .payloads import SEND, creds


async def test_text(server: Server, http: HttpDoor) -> None:
    assert await sent(TEXT, server, http) == {**HEAD, "type": "text", "text": "Hi <b>"}
    assert server.calls[0].headers["x-viber-auth-token"] == creds(server)["token"]


@pytest.mark.parametrize(("agent", "name"), [("Ana", "Ana"), ("A" * 30, "A" * 28), (" ", "Acme")])
async def test_under_whose_name(agent: str, name: str, server: Server, http: HttpDoor) -> None:
    assert (await sent(replace(TEXT, agent=agent), server, http))["sender"] == {"name": name}


# Files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("media", "expected"), FILES.values(), ids=FILES.keys())
async def test_file(media: MediaFile, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    part = Part(kind="media", media=0, text="See")
    assert await sent(replace(TEXT, part=part, media=media), server, http) == {**HEAD, **expected}


@pytest.mark.parametrize(
    ("mime", "parts"),
    [("image/png", [("media", "See")]), ("application/pdf", [("text", "See"), ("media", "")])],
)
def test_words_with_a_file_go_before_it(mime: str, parts: list[tuple[str, str]]) -> None:
    found = PLATFORM.compose(Content(text="See", media=(file(mime),)), None)
    assert [(part.kind, part.text) for part in found] == parts


async def test_a_file_without_an_address_cannot_go(server: Server, http: HttpDoor) -> None:
    media = replace(file("image/png"), url="")
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, part=Part(kind="media", media=0), media=media), creds(server), http)


# Errors -----------------------------------------------------------------------------------------------


STATUSES: list[tuple[int, str, type[SendError]]] = [
    (1, "invalidUrl", Rejected),
    (2, "invalidAuthToken", BadCredentials),
    (3, "badData", Rejected),
    (4, "missingData", Rejected),
    (5, "receiverNotRegistered", ContactGone),
    (6, "receiverNotSubscribed", ContactGone),
    (7, "publicAccountBlocked", BadCredentials),
    (8, "publicAccountNotFound", BadCredentials),
    (9, "publicAccountSuspended", BadCredentials),
    (10, "webhookNotSet", BadCredentials),
    (11, "receiverNoSuitableDevice", Rejected),
    (12, "tooManyRequests", Throttled),
    (13, "apiVersionNotSupported", Rejected),
    (14, "incompatibleWithVersion", Rejected),
    (15, "publicAccountNotAuthorized", BadCredentials),
    (16, "inchatReplyMessageNotAllowed", Rejected),
    (17, "publicAccountIsNotInline", Rejected),
    (18, "noPublicChat", Rejected),
    (19, "cannotSendBroadcast", Rejected),
    (20, "broadcastNotAllowed", Rejected),
    (21, "unsupportedCountry", Rejected),
    (22, "paymentUnsupported", Rejected),
    (23, "freeMessagesExceeded", Exhausted),
    (24, "noBalance", Exhausted),
    (99, "status of the future", Rejected),
]


@pytest.mark.parametrize(("status", "words", "meaning"), STATUSES)
async def test_what_a_status_means(
    status: int, words: str, meaning: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers[SEND] = {"status": status, "status_message": f"{words} {creds(server)['token']}"}
    with pytest.raises(SendError) as caught:
        await PLATFORM.send(TEXT, creds(server), http)
    assert (type(caught.value), caught.value.code, caught.value.words) == (
        meaning,
        str(status),
        f"{words} •••",
    )
    if isinstance(caught.value, BadCredentials):
        assert caught.value.field == ("token" if status in (2, 8) else "")
    if isinstance(caught.value, ContactGone):
        assert caught.value.reason == ("deleted" if status == 5 else "opted_out")


@pytest.mark.parametrize(
    "answer", [{"status": 0}, {"status": 0, "message_token": 1.5}, {"status": 0, "message_token": True}]
)
async def test_an_answer_that_names_no_message(answer: Any, server: Server, http: HttpDoor) -> None:
    server.answers[SEND] = answer
    with pytest.raises(Unknown):
        await PLATFORM.send(TEXT, creds(server), http)


async def test_no_answer_is_for_a_person_to_decide(server: Server, http: HttpDoor) -> None:
    server.answers[SEND] = web.Response(status=502)
    with pytest.raises(Unknown):
        await PLATFORM.send(TEXT, creds(server), http)
