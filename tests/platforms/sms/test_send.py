"""What we ask of Twilio, and what its answers mean."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.core.ids import new_id
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
from apps.platforms.cards import Option, QuickReplies
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.sms.adapter import PLATFORM
from tests.platforms.rest import Server

from .requests import ACCOUNT, CREDS, CUSTOMER, NUMBER, SID, URL

ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"
MESSAGES = f"{ROOT}/Messages.json"
NUMBERS = f"{ROOT}/IncomingPhoneNumbers.json"
TEXT = Outgoing(
    id=UUID(int=7), sender=NUMBER, to=CUSTOMER, part=Part(kind="text", text="Hi"), webhook_url=URL
)


def creds(server: Server) -> dict[str, str]:
    return {**CREDS, "base_url": server.url}


async def sent(outgoing: Outgoing, server: Server, http: HttpDoor) -> Any:
    server.answers[f"POST {MESSAGES}"] = {"sid": SID, "status": "queued"}
    assert await PLATFORM.send(outgoing, creds(server), http) == SID
    (call,) = server.calls
    pair = base64.b64encode(f"{ACCOUNT}:{CREDS['auth_token']}".encode()).decode()
    assert call.headers["authorization"] == f"Basic {pair}"
    return call.fields


def picture(**more: Any) -> Outgoing:
    file = MediaFile(name="a.jpg", mime="image/jpeg", kind="image", size=1, path=Path("/dev/null"), **more)
    return replace(TEXT, part=Part(kind="media", media=0, text="See"), media=file)


async def test_words_with_the_address_for_their_statuses(server: Server, http: HttpDoor) -> None:
    assert await sent(TEXT, server, http) == {
        "To": CUSTOMER,
        "From": NUMBER,
        "Body": "Hi",
        "StatusCallback": f"{URL}{UUID(int=7)}",
    }


async def test_a_picture_with_its_words(server: Server, http: HttpDoor) -> None:
    fields = await sent(picture(url="https://chat.example/f/a.jpg"), server, http)
    assert (fields["MediaUrl"], fields["Body"]) == ("https://chat.example/f/a.jpg", "See")


async def test_a_picture_without_an_address_waits(server: Server, http: HttpDoor) -> None:
    with pytest.raises(Unreachable):
        await PLATFORM.send(picture(), creds(server), http)
    assert server.calls == []


@pytest.mark.parametrize("to", ["0612345678", "+0123", "rcs:+33612345678", "", "+33612345678\n"])
async def test_a_strange_address_is_not_called(to: str, server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, to=to), creds(server), http)
    assert server.calls == []


def test_a_card_is_numbered_text_and_words_go_with_a_picture() -> None:
    card = QuickReplies(id="c", prompt="?", options=(Option(id="y", title="Yes"), Option(id="n", title="No")))
    assert [part.text for part in PLATFORM.compose(Content(card=card), None)] == ["?\n1. Yes\n2. No"]
    file = picture().media
    assert file is not None
    (part,) = PLATFORM.compose(Content(text="See", media=(file,)), None)
    assert (part.kind, part.text) == ("media", "See")


def test_a_text_is_cut_in_the_smaller_reading_of_its_limit() -> None:
    parts = PLATFORM.compose(Content(text="😀" * 801), None)
    assert [len(part.text) for part in parts] == [800, 1]


ERRORS: dict[int, type[SendError]] = {
    14107: Throttled,
    20003: BadCredentials,
    20005: BadCredentials,
    20404: BadCredentials,
    20429: Throttled,
    20503: Unreachable,
    21211: Rejected,
    21212: BadCredentials,
    21408: Rejected,
    21603: BadCredentials,
    21606: BadCredentials,
    21610: ContactGone,
    21611: Throttled,
    21614: Rejected,
    21617: Rejected,
    21659: BadCredentials,
    30001: Throttled,
    21666: Rejected,
    21667: Rejected,
    63018: Throttled,
    99999: Rejected,
}


@pytest.mark.parametrize(("code", "expected"), ERRORS.items())
async def test_codes(code: int, expected: type[SendError], server: Server, http: HttpDoor) -> None:
    words = f"No: {CREDS['auth_token']}"
    server.refuse(f"POST {MESSAGES}", 400, {"code": code, "message": words, "status": 400})
    with pytest.raises(expected) as told:
        await PLATFORM.send(TEXT, creds(server), http)
    assert type(told.value) is expected
    assert (told.value.code, told.value.words) == (str(code), "No: •••")
    if isinstance(told.value, ContactGone):
        assert told.value.reason == "opted_out"


STATUSES: dict[int, type[SendError]] = {401: BadCredentials, 429: Throttled, 404: Rejected, 500: Unknown}


@pytest.mark.parametrize(("status", "expected"), STATUSES.items())
async def test_a_code_of_the_future(
    status: int, expected: type[SendError], server: Server, http: HttpDoor
) -> None:
    body = {"code": 88888, "message": "No", "status": status}
    server.refuse(f"POST {MESSAGES}", status, body, **{"Retry-After": "7"})
    with pytest.raises(expected) as told:
        await PLATFORM.send(TEXT, creds(server), http)
    assert getattr(told.value, "retry_after", 7) == 7


# Connecting -------------------------------------------------------------------------------------------


def number(**changes: str) -> dict[str, Any]:
    row = {
        "sid": "PN1",
        "phone_number": NUMBER,
        "friendly_name": "Acme",
        "sms_url": "https://demo.twilio.com",
    }
    return {"incoming_phone_numbers": [{**row, **changes}]}


async def test_connecting_leads_the_number_here(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {NUMBERS}"] = number()
    server.answers[f"POST {ROOT}/IncomingPhoneNumbers/PN1.json"] = {"sid": "PN1"}
    found = await PLATFORM.connect(creds(server), URL, http)
    assert (found.address, found.name) == (NUMBER, "Acme")
    assert server.calls[0].query == {"PhoneNumber": NUMBER}
    assert server.calls[1].fields == {"SmsUrl": URL, "SmsMethod": "POST"}


async def test_connecting_again_changes_nothing(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {NUMBERS}"] = number(sms_url=URL)
    await PLATFORM.connect(creds(server), URL, http)
    assert len(server.calls) == 1
    assert await PLATFORM.check(creds(server), URL, http) == f"{NUMBER} leads here"


async def test_a_number_that_leads_elsewhere_or_is_not_ours(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {NUMBERS}"] = number()
    with pytest.raises(Rejected):
        await PLATFORM.check(creds(server), URL, http)
    server.answers[f"GET {NUMBERS}"] = {"incoming_phone_numbers": []}
    with pytest.raises(BadCredentials) as told:
        await PLATFORM.connect(creds(server), URL, http)
    assert told.value.field == "number"


# Looking for one whose answer was lost ----------------------------------------------------------------


def row(*, minutes_ago: int = 0, **changes: Any) -> dict[str, Any]:
    """As Twilio lists it now: a row made when the tests were collected would be too old when they run."""
    made = format_datetime(datetime.now(UTC) - timedelta(minutes=minutes_ago))
    about = {"sid": SID, "body": "Hi", "direction": "outbound-api", "num_media": "0", "status": "sent"}
    return {**about, "date_created": made, **changes}


FOUND: dict[str, tuple[Callable[[], list[Any]], str | None]] = {
    "the one": (lambda: [row()], SID),
    "nothing": (lambda: [], None),
    "other words": (lambda: [row(body="Ho")], None),
    "from before": (lambda: [row(minutes_ago=5)], None),
    "from the customer": (lambda: [row(direction="inbound")], None),
    "with a picture": (lambda: [row(num_media="1")], None),
    "taken back": (lambda: [row(status="canceled")], None),
    "nonsense": (lambda: [5, {}, row(date_created="x"), row(sid=None)], None),
}


@pytest.mark.parametrize(("rows", "expected"), FOUND.values(), ids=FOUND.keys())
async def test_finding(
    rows: Callable[[], list[Any]], expected: str | None, server: Server, http: HttpDoor
) -> None:
    server.answers[f"GET {MESSAGES}"] = {"messages": rows()}
    assert await PLATFORM.find(replace(TEXT, id=new_id()), creds(server), http) == expected
    assert (server.calls[0].query["To"], server.calls[0].query["From"]) == (CUSTOMER, NUMBER)


async def test_what_cannot_be_told(server: Server, http: HttpDoor) -> None:
    for answer in ({"messages": [row(), row(sid="SM2")]}, {"messages": 5}):
        server.answers[f"GET {MESSAGES}"] = answer
        with pytest.raises(Unknown):
            await PLATFORM.find(replace(TEXT, id=new_id()), creds(server), http)


# Files ------------------------------------------------------------------------------------------------


async def test_files_are_fetched_with_the_token_from_twilio_only(server: Server, http: HttpDoor) -> None:
    server.answers["GET /media"] = lambda: web.Response(body=b"JPEG", content_type="image/jpeg")
    ours = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{server.url}/media"})
    sink = io.BytesIO()
    assert await PLATFORM.download(ours, creds(server), http, sink) == "image/jpeg"
    assert sink.getvalue() == b"JPEG" and "authorization" in server.calls[0].headers
    elsewhere = replace(ours, locator={"url": f"{server.url.replace('127.0.0.1', 'localhost')}/media"})
    for strange in (
        elsewhere,
        replace(ours, locator={"url": "http://api.twilio.com/x"}),
        replace(ours, locator={}),
    ):
        with pytest.raises(Rejected):
            await PLATFORM.download(strange, creds(server), http, io.BytesIO())
    assert len(server.calls) == 1


@pytest.mark.parametrize(("status", "expected"), [(404, Rejected), (401, BadCredentials), (500, Unknown)])
async def test_files_that_do_not_come(
    status: int, expected: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.refuse("GET /media", status)
    ours = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{server.url}/media"})
    with pytest.raises(expected):
        await PLATFORM.download(ours, creds(server), http, io.BytesIO())


def test_links() -> None:
    plain = PLATFORM.entry_link(NUMBER, "")
    tagged = PLATFORM.entry_link(NUMBER, "adsl", group="box", text="Hello")
    assert (plain, tagged) == (f"sms:{NUMBER}", f"sms:{NUMBER}?body=Hello%20%5B%23adsl%2Fbox%5D")
