"""What we ask of Google, and what its answers mean."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms import compose
from apps.platforms.base import (
    BadCredentials,
    Content,
    MediaFile,
    Outgoing,
    OutOfReach,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.cards import (
    Card,
    ContactCard,
    Limit,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.rcs import calls, reach
from apps.platforms.rcs.account import Tokens
from apps.platforms.rcs.adapter import PLATFORM
from apps.platforms.shared import choices
from tests.platforms.rest import Server

from . import envelopes
from .envelopes import AGENT, CUSTOMER, OURS

PHONE = f"/v1/phones/{CUSTOMER}"
MESSAGES = f"POST {PHONE}/agentMessages"
FEATURES = f"GET {PHONE}/capabilities"
TEXT = Outgoing(id=UUID(OURS), sender=AGENT, to=CUSTOMER, part=Part(kind="text", text="Hi"))


@pytest.fixture(autouse=True)
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left over from another test's server on the same port, and nothing known of phones."""
    monkeypatch.setattr(calls, "TOKENS", Tokens())
    monkeypatch.setattr(reach, "PHONES", reach.Phones())


@pytest.fixture
def google(server: Server) -> Iterator[Server]:
    server.answers["POST /token"] = {"access_token": "ya29.x", "expires_in": 3600}
    server.answers[MESSAGES] = {"name": f"phones/{CUSTOMER}/agentMessages/{OURS}"}
    server.answers[FEATURES] = {"features": ["RICHCARD_STANDALONE", "RICHCARD_CAROUSEL"]}
    yield server


def creds(server: Server) -> dict[str, str]:
    return {**envelopes.creds(), "base_url": server.url}


async def sent(outgoing: Outgoing, google: Server, http: HttpDoor) -> Any:
    """The content of the one message that was sent."""
    assert await PLATFORM.send(outgoing, creds(google), http) == OURS
    (call,) = google.asked(MESSAGES)
    assert call.query == {"messageId": OURS, "agentId": AGENT}
    assert call.headers["authorization"] == "Bearer ya29.x"
    assert (call.fields["ttl"], call.fields["messageTrafficType"]) == ("86400s", "SERVICEREQUEST")
    return call.fields["contentMessage"]


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


# Cards ------------------------------------------------------------------------------------------------

YES, NO = Option(id="y", title="Yes", subtitle="please", image=0), Option(id="n", title="No", image=1)
PLAIN = (Option(id="y", title="Yes"), Option(id="n", title="No"))
START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def chip(option: str, title: str) -> dict[str, Any]:
    return {"reply": {"text": title, "postbackData": choices.payload("c", option)}}


def file(n: int) -> MediaFile:
    url = f"https://chat.example/f/{n}.jpg"
    return MediaFile(name="a", mime="image/jpeg", kind="image", size=1, path=Path("/x"), url=url)


CARDS: dict[str, tuple[Card, dict[str, Any]]] = {
    "quick replies": (
        QuickReplies(id="c", prompt="?", options=PLAIN),
        {"text": "?", "suggestions": [chip("y", "Yes"), chip("n", "No")]},
    ),
    "list": (
        ListPicker(id="c", title="?", sections=(Section(title="S", options=PLAIN),)),
        {"text": "?\nS", "suggestions": [chip("y", "Yes"), chip("n", "No")]},
    ),
    "times": (
        TimeSlots(
            id="c",
            title="?",
            slots=(Slot(id="s", start=START, minutes=30),),
            timezone="Europe/Paris",
        ),
        {
            "text": "?",
            "suggestions": [
                {
                    "reply": {
                        "text": "2026-11-23 10:30",
                        "postbackData": choices.slot_payload("c", Slot(id="s", start=START, minutes=30)),
                    }
                }
            ],
        },
    ),
    "link": (
        Link(id="c", text="Look", button="Open", url="https://shop.example"),
        {
            "text": "Look",
            "suggestions": [
                {
                    "action": {
                        "text": "Open",
                        "postbackData": "link",
                        "openUrlAction": {"url": "https://shop.example"},
                    }
                }
            ],
        },
    ),
    "where are you": (
        LocationRequest(id="c", prompt="Where?"),
        {
            "text": "Where?",
            "suggestions": [{"action": {"text": "📍", "postbackData": "place", "shareLocationAction": {}}}],
        },
    ),
    "a place": (
        Location(id="c", latitude=1.5, longitude=2.5, title="Shop"),
        {
            "text": "Shop",
            "suggestions": [
                {
                    "action": {
                        "text": "📍",
                        "postbackData": "map",
                        "viewLocationAction": {
                            "latLong": {"latitude": 1.5, "longitude": 2.5},
                            "label": "Shop",
                        },
                    }
                }
            ],
        },
    ),
    "somebody": (
        ContactCard(id="c", name="Ana", phone="+33123456789"),
        {
            "text": "Ana\n+33123456789",
            "suggestions": [
                {
                    "action": {
                        "text": "📞",
                        "postbackData": "call",
                        "dialAction": {"phoneNumber": "+33123456789"},
                    }
                }
            ],
        },
    ),
}


@pytest.mark.parametrize(("card", "expected"), CARDS.values(), ids=CARDS.keys())
async def test_cards(card: Card, expected: dict[str, Any], google: Server, http: HttpDoor) -> None:
    (part,) = PLATFORM.compose(Content(card=card), None)
    assert await sent(replace(TEXT, part=part), google, http) == expected


def carousel() -> Outgoing:
    card = ListPicker(id="c", title="?", sections=(Section(title="", options=(YES, NO)),))
    return replace(TEXT, part=Part(kind="card", card=card), files={0: file(0), 1: file(1)})


async def test_pictures_are_a_carousel(google: Server, http: HttpDoor) -> None:
    content = await sent(carousel(), google, http)
    first, second = content["richCard"]["carouselCard"]["cardContents"]
    assert (first["title"], second["title"]) == ("Yes", "No")
    assert first["suggestions"] == [chip("y", "Yes")]
    info = first["media"]["contentInfo"]
    assert info == {"fileUrl": "https://chat.example/f/0.jpg"}
    assert first["description"].startswith("?")


async def test_a_phone_without_carousels_gets_chips(google: Server, http: HttpDoor) -> None:
    google.answers[FEATURES] = {"features": []}
    content = await sent(carousel(), google, http)
    assert content["suggestions"] == [chip("y", "Yes"), chip("n", "No")]


def test_who_writes_is_told_that_not_every_phone_shows_the_pictures() -> None:
    card = carousel().part.card
    assert card is not None
    found = compose.findings(card, PLATFORM, None)
    assert [(each.limit_kind, each.blocks) for each in found] == [(Limit.IMAGES_PERHAPS, False)]


async def test_a_link_with_its_picture(google: Server, http: HttpDoor) -> None:
    card = Link(id="c", text="Look", button="Open", url="https://shop.example", image=0)
    outgoing = replace(TEXT, part=Part(kind="card", card=card), files={0: file(0)})
    content = (await sent(outgoing, google, http))["richCard"]["standaloneCard"]["cardContent"]
    assert (content["description"], content["media"]["height"]) == ("Look", "MEDIUM")


def test_too_many_choices_are_numbered_text() -> None:
    many = tuple(Option(id=f"{n}", title=f"{n}") for n in range(12))
    long = (Option(id="a", title="x" * 26), *PLAIN)
    for options in (many, long):
        parts = PLATFORM.compose(Content(card=QuickReplies(id="c", prompt="?", options=options)), None)
        assert [part.kind for part in parts] == ["text"]


# Whether RCS reaches them ------------------------------------------------------------------------------


async def test_a_phone_is_asked_ahead_and_not_before_each_message(google: Server, http: HttpDoor) -> None:
    for _ in range(3):
        await PLATFORM.send(TEXT, creds(google), http)
    asked = [f"{call.method} {call.path}" for call in google.calls if call.path != "/token"]
    assert asked == [FEATURES, MESSAGES, MESSAGES, MESSAGES]
    (call,) = google.asked(FEATURES)
    assert call.query["agentId"] == AGENT and UUID(call.query["requestId"])


async def test_who_has_no_rcs_is_not_written_to(google: Server, http: HttpDoor) -> None:
    google.refuse(FEATURES, 404, refusal(404))
    for _ in range(2):
        with pytest.raises(OutOfReach) as told:
            await PLATFORM.send(TEXT, creds(google), http)
        assert told.value.code == "not_rcs"
    assert (len(google.asked(FEATURES)), google.asked(MESSAGES)) == (2, [])


async def test_what_may_have_arrived_goes_no_other_way(google: Server, http: HttpDoor) -> None:
    """By SMS it would be there twice: the message itself is tried again, under its id."""
    google.refuse(FEATURES, 404, refusal(404))
    assert await PLATFORM.send(replace(TEXT, doubted=5), creds(google), http) == OURS


async def test_a_message_that_is_refused_has_the_phone_asked_again(google: Server, http: HttpDoor) -> None:
    await PLATFORM.send(TEXT, creds(google), http)
    google.refuse(MESSAGES, 404, refusal(404))
    with pytest.raises(OutOfReach):
        await PLATFORM.send(TEXT, creds(google), http)
    google.answers[MESSAGES] = {"name": "x"}
    await PLATFORM.send(TEXT, creds(google), http)
    assert len(google.asked(FEATURES)) == 2


async def test_a_phone_is_asked_again_after_an_hour(google: Server, http: HttpDoor) -> None:
    now = [0.0]
    phones = reach.Phones(clock=lambda: now[0])
    for at, asked in [(0.0, 1), (3599.0, 1), (3600.0, 2)]:
        now[0] = at
        assert "RICHCARD_CAROUSEL" in await phones.features(CUSTOMER, creds(google), http)
        assert len(google.asked(FEATURES)) == asked


def test_only_so_many_phones_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "MOST", 1)
    phones = reach.Phones()

    async def ask(to: str, *_: Any) -> frozenset[str]:
        asked.append(to)
        return frozenset()

    asked: list[str] = []
    monkeypatch.setattr(reach, "ask", ask)
    for to in (CUSTOMER, CUSTOMER, "+33600000002", CUSTOMER):
        asyncio.run(phones.features(to, envelopes.creds(), None))  # type: ignore[arg-type]
    assert asked == [CUSTOMER, "+33600000002", CUSTOMER]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, BadCredentials), (403, BadCredentials), (429, Throttled), (503, Unreachable)],
)
async def test_nothing_was_sent_when_nobody_could_be_asked(
    status: int, expected: type[SendError], google: Server, http: HttpDoor
) -> None:
    google.refuse(FEATURES, status, refusal(status))
    with pytest.raises(expected) as told:
        await PLATFORM.send(TEXT, creds(google), http)
    assert (type(told.value), google.asked(MESSAGES)) == (expected, [])


# Everything else --------------------------------------------------------------------------------------


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


def refusal(status: int) -> dict[str, Any]:
    return {"error": {"code": status, "message": "No", "status": "WHY"}}


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
