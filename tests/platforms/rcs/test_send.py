"""Words and files that go out, what every refusal means, and what else is asked of Google."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from uuid import UUID

import jwt
import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    OutOfReach,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.rcs.adapter import PLATFORM
from tests.platforms.rcs.outgoings import MESSAGES, PHONE, TEXT, creds, file, refusal, sent
from tests.platforms.rest import Server

from . import envelopes
from .envelopes import AGENT, CUSTOMER, OURS


async def test_words_under_our_own_id(google: Server, http: HttpDoor) -> None:
    assert await sent(TEXT, google, http) == {"text": "Hi"}


async def test_the_assertion_is_what_google_wants(google: Server, http: HttpDoor) -> None:
    """Not to the `token_uri` that stands in the key: a tenant could make us sign for anybody."""
    await PLATFORM.send(TEXT, creds(google), http)
    form = google.asked("POST /token")[0].fields
    claims = jwt.decode(
        form["assertion"], envelopes.key().public_key(), algorithms=["RS256"], audience=f"{google.url}/token"
    )
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert claims["scope"] == "https://www.googleapis.com/auth/rcsbusinessmessaging"
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("bot@acme.iam.gserviceaccount.com", 3600)


async def test_one_token_for_many_messages(google: Server, http: HttpDoor) -> None:
    for _ in range(3):
        await PLATFORM.send(TEXT, creds(google), http)
    assert len(google.asked("POST /token")) == 1


async def test_a_refused_token_is_fetched_anew_once(google: Server, http: HttpDoor) -> None:
    refused = web.json_response({"error": {"code": 401, "message": "expired"}}, status=401)
    google.answers[MESSAGES] = [lambda: refused, {"name": "x"}]
    assert await PLATFORM.send(TEXT, creds(google), http) == OURS
    assert (len(google.asked("POST /token")), len(google.asked(MESSAGES))) == (2, 2)


async def test_the_same_message_again_is_taken_for_sent(google: Server, http: HttpDoor) -> None:
    google.refuse(MESSAGES, 409, {"error": {"code": 409, "message": "exists", "status": "ALREADY_EXISTS"}})
    assert await PLATFORM.send(TEXT, creds(google), http) == OURS


async def test_files_go_by_their_address(google: Server, http: HttpDoor) -> None:
    part = Part(kind="media", media=0)
    content = await sent(replace(TEXT, part=part, media=file(0)), google, http)
    assert content == {"contentInfo": {"fileUrl": "https://chat.example/f/0.jpg"}}
    with pytest.raises(Unreachable):
        await PLATFORM.send(replace(TEXT, part=part, media=replace(file(0), url="")), creds(google), http)


async def test_typing_and_reading(google: Server, http: HttpDoor) -> None:
    events = f"POST {PHONE}/agentEvents"
    google.answers[events] = {}
    await PLATFORM.typing(CUSTOMER, AGENT, True, creds(google), http)
    await PLATFORM.typing(CUSTOMER, AGENT, False, creds(google), http)
    await PLATFORM.seen(CUSTOMER, "Mx1", creds(google), http)
    told = [call.fields for call in google.asked(events)]
    assert told == [{"eventType": "IS_TYPING"}, {"eventType": "READ", "messageId": "Mx1"}]
    assert len({UUID(call.query["eventId"]) for call in google.asked(events)}) == 2


ERRORS: dict[int, tuple[type[SendError], str]] = {
    400: (Rejected, "WHY"),
    401: (BadCredentials, "WHY"),
    403: (BadCredentials, "WHY"),
    404: (OutOfReach, "not_rcs"),
    429: (Throttled, "WHY"),
    500: (Unknown, "WHY"),
    503: (Unknown, "WHY"),
}


@pytest.mark.parametrize(("status", "expected"), ERRORS.items())
async def test_errors(
    status: int, expected: tuple[type[SendError], str], google: Server, http: HttpDoor
) -> None:
    google.refuse(MESSAGES, status, refusal(status))
    with pytest.raises(expected[0]) as told:
        await PLATFORM.send(TEXT, creds(google), http)
    assert (type(told.value), told.value.code) == expected


TOKENS: dict[str, tuple[int, Any, type[SendError]]] = {
    "a deleted key": (400, {"error": "invalid_grant", "error_description": "Invalid JWT"}, BadCredentials),
    "a bad day": (500, {}, Unreachable),
    "no token": (200, {}, Unreachable),
    "too many": (429, {}, Throttled),
}


@pytest.mark.parametrize(("status", "body", "expected"), TOKENS.values(), ids=TOKENS.keys())
async def test_without_a_token_nothing_was_sent(
    status: int, body: Any, expected: type[SendError], google: Server, http: HttpDoor
) -> None:
    google.refuse("POST /token", status, body)
    with pytest.raises(expected):
        await PLATFORM.send(TEXT, creds(google), http)
    assert google.asked(MESSAGES) == []


KEYS = ["", "x", "[]", "null", '{"client_email": "a"}', '{"client_email": "a", "private_key": "x"}']


@pytest.mark.parametrize("key", KEYS)
async def test_a_key_that_is_none(key: str, google: Server, http: HttpDoor) -> None:
    with pytest.raises(BadCredentials) as told:
        await PLATFORM.send(TEXT, {**creds(google), "service_account": key}, http)
    assert told.value.field == "service_account"


async def test_connecting_asks_about_a_number_that_nobody_has(google: Server, http: HttpDoor) -> None:
    nobody = "GET /v1/phones/+12025550100/capabilities"
    google.refuse(nobody, 404, refusal(404))
    found = await PLATFORM.connect(creds(google), "https://chat.example/hooks/rcs/k/", http)
    assert (found.address, found.name) == (AGENT, AGENT)
    google.refuse(nobody, 403, refusal(403))
    with pytest.raises(BadCredentials) as told:
        await PLATFORM.connect(creds(google), "https://chat.example/hooks/rcs/k/", http)
    assert told.value.field == "agent_id"


async def test_files_are_fetched_without_the_token(google: Server, http: HttpDoor) -> None:
    google.answers["GET /file"] = lambda: web.Response(body=b"JPEG", content_type="image/jpeg")
    media, sink = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{google.url}/file"}), io.BytesIO()
    assert await PLATFORM.download(media, creds(google), http, sink) == "image/jpeg"
    assert sink.getvalue() == b"JPEG" and "authorization" not in google.calls[-1].headers
    google.refuse("GET /file", 404)
    with pytest.raises(Rejected):
        await PLATFORM.download(media, creds(google), http, io.BytesIO())


def test_links() -> None:
    link = PLATFORM.entry_link("acme_agent@rbm", "adsl", text="Hello")
    assert link == "sms:acme_agent@rbm.goog?body=Hello%20%5B%23adsl%5D"
