"""What comes in, that it really comes from Viber, and the welcome in the answer."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from viberbot import Api
    from viberbot.api.bot_configuration import BotConfiguration

from apps.platforms.base import Answer, BadSignature, Malformed
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    DeliveryState,
    DeliveryUpdated,
    EntryPointTapped,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageReceived,
    Person,
    Place,
)
from apps.platforms.shared import choices
from apps.platforms.viber.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable

from .payloads import AT, CREDS, PERSON, TOKEN, USER, event, message, post, request

CARD = str(UUID(int=9))
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, tzinfo=UTC), minutes=30)
BARE: dict[str, Any] = {"to": "acme", "address": USER, "at": datetime.fromtimestamp(AT / 1000, UTC)}
ABOUT: dict[str, Any] = {**BARE, "facts": Facts(name="Ana", locale="fr-CH")}
URL = "https://dl-media.viber.example/a"


def said(**fields: Any) -> MessageReceived:
    return MessageReceived(**ABOUT, ref=str(TOKEN), **fields)


def media(kind: MediaKind, name: str, mime: str, size: int = 0) -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator={"url": URL}, name=name, mime=mime, size=size),)


def status(state: DeliveryState, words: str = "") -> DeliveryUpdated:
    return DeliveryUpdated(**BARE, ref=f"{state}:{TOKEN}", target=str(TOKEN), state=state, words=words)


def started(**more: Any) -> EntryPointTapped:
    return EntryPointTapped(**ABOUT, ref=f"started:{TOKEN}", **{"returns": False, **more})


OPENED = event("conversation_started", type="open", user=PERSON, subscribed=False)

ROWS: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "text": (message("text", text="Hello"), [said(text="Hello")]),
    "empty": (message("text", text=" "), [said(unsupported="empty")]),
    "button of ours": (
        message("text", text=choices.payload(CARD, "yes"), tracking_data="x"),
        [said(answer=CardAnswer(card_id=CARD, selected=(Option(id="yes", title=""),)))],
    ),
    "time of ours": (
        message("text", text=choices.slot_payload(CARD, SLOT)),
        [said(answer=CardAnswer(card_id=CARD, slot=SLOT))],
    ),
    "picture": (
        message("picture", media=URL, text="See", thumbnail=URL),
        [said(text="See", media=media(MediaKind.IMAGE, "photo.jpg", "image/jpeg"))],
    ),
    "video": (
        message("video", media=URL, size=9, duration=3),
        [said(media=media(MediaKind.VIDEO, "video.mp4", "video/mp4", 9), text="")],
    ),
    "file": (
        message("file", media=URL, file_name="a.pdf", size=9),
        [said(media=media(MediaKind.FILE, "a.pdf", "", 9), text="")],
    ),
    "sticker": (
        message("sticker", sticker_id=46105, media=URL),
        [said(media=media(MediaKind.STICKER, "sticker.png", "image/png"), text="")],
    ),
    "sticker without a picture": (message("sticker", sticker_id=1), [said(unsupported="sticker", text="")]),
    "location": (
        message("location", location={"lat": 48.85, "lon": 2.29}),
        [said(place=Place(latitude=48.85, longitude=2.29))],
    ),
    "nowhere": (message("location", location={"lat": 91, "lon": 0}), [said(unsupported="location")]),
    "contact": (
        message("contact", contact={"name": "Bob", "phone_number": "+41790000000"}),
        [said(person=Person(name="Bob", phone="+41790000000"))],
    ),
    "url": (message("url", media="https://shop.example"), [said(text="https://shop.example")]),
    "text without words": (message("text"), [said(unsupported="text")]),
    "location without a place": (message("location", location=7), [said(unsupported="location")]),
    "no message at all": (event("message", sender=PERSON), [said(unsupported="unknown")]),
    "kind of the future": (message("hologram"), [said(unsupported="hologram")]),
    "opened": (OPENED, [started()]),
    "opened by a subscriber": ({**OPENED, "subscribed": True}, [started(returns=True)]),
    "opened from a link": ({**OPENED, "context": "adsl"}, [started(tag="adsl")]),
    "opened with a group": ({**OPENED, "context": "adsl/box"}, [started(tag="adsl", group="box")]),
    "opened with another's context": ({**OPENED, "context": "a=b&c"}, [started()]),
    "subscribed": (event("subscribed", user=PERSON), [ContactReturned(**ABOUT, ref=f"subscribed:{TOKEN}")]),
    "unsubscribed": (
        event("unsubscribed", user_id=USER),
        [ContactLeft(**BARE, ref=f"unsubscribed:{TOKEN}", reason="opted_out")],
    ),
    "delivered": (event("delivered", user_id=USER), [status(DeliveryState.DELIVERED)]),
    "seen": (event("seen", user_id=USER), [status(DeliveryState.READ)]),
    "failed": (event("failed", user_id=USER, desc="too old"), [status(DeliveryState.FAILED, "too old")]),
    "webhook": (event("webhook"), []),
    "client status": (event("client_status", user=PERSON), []),
    "action": (event("action", user=PERSON), []),
    "callback of the future": (
        event("teleported", user=PERSON),
        [MessageReceived(**ABOUT, ref=f"teleported:{TOKEN}", unsupported="teleported")],
    ),
}


@pytest.mark.parametrize(("payload", "events"), ROWS.values(), ids=ROWS.keys())
def test_event(payload: dict[str, Any], events: list[Event]) -> None:
    assert list(PLATFORM.parse(post(payload), CREDS)) == events


@pytest.mark.parametrize(
    ("language", "country", "locale"),
    [("fr", "CH", "fr-CH"), ("en-US", "GB", "en-GB"), ("fr", "", "fr"), ("", "FR", ""), ("?", "FR", "")],
)
def test_locale(language: str, country: str, locale: str) -> None:
    sender = {**PERSON, "language": language, "country": country}
    (found,) = PLATFORM.parse(post({**message("text", text="x"), "sender": sender}), CREDS)
    assert found.facts.locale == locale


def test_a_token_keeps_all_its_digits_and_comes_three_times() -> None:
    keys = [PLATFORM.dedup_key(post(ROWS[row][0])) for row in ("text", "delivered", "seen")]
    assert keys == [f"message:{TOKEN}", f"delivered:{TOKEN}", f"seen:{TOKEN}"]


def test_a_callback_without_a_token_is_malformed() -> None:
    for broken in ({"event": "message"}, {"message_token": 5}, {"event": "x", "message_token": 1.5}):
        with pytest.raises(Malformed):
            PLATFORM.dedup_key(post(broken))


# The webhook being set, the welcome -------------------------------------------------------------------


def test_the_call_while_the_webhook_is_set_is_answered_before_anybody_has_the_address() -> None:
    assert PLATFORM.answer(post(event("webhook")), {}) == Answer(body="ok")
    assert PLATFORM.answer(post(message("text", text="webhook")), CREDS) is None


def test_an_opened_chat_is_answered_with_the_welcome() -> None:
    welcome = {**CREDS, "welcome": "Bonjour <vous>"}
    answer = PLATFORM.taken(post(OPENED), welcome)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert json.loads(answer.body) == {
        "min_api_version": 1,
        "sender": {"name": "Acme"},
        "type": "text",
        "text": "Bonjour <vous>",
    }


@pytest.mark.parametrize(
    ("payload", "welcome"), [(OPENED, ""), (message("text", text="x"), "Hi"), ([], "Hi"), (OPENED, "  ")]
)
def test_everything_else_is_just_taken(payload: Any, welcome: str) -> None:
    assert PLATFORM.taken(post(payload), {**CREDS, "welcome": welcome}) == Answer(body="ok")


# Signatures -------------------------------------------------------------------------------------------

VECTOR = (  # made with Viber's own library
    "44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3",
    b'{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}',
    "d21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef",
)


def test_the_signature() -> None:
    token, raw, signature = VECTOR
    signed = replace(request(raw), headers={"x-viber-content-signature": signature})
    PLATFORM.verify(signed, {"token": f" {token}\n"})
    for wrong in ({"token": token[::-1]}, {"token": ""}, {}):
        with pytest.raises(BadSignature):
            PLATFORM.verify(signed, wrong)
    with pytest.raises(BadSignature):
        PLATFORM.verify(replace(signed, body=raw + b" "), {"token": token})


# Viber's own library, and anything --------------------------------------------------------------------


@pytest.fixture
def library() -> Api:
    return Api(BotConfiguration(name="Acme", avatar="", auth_token=CREDS["token"]))


@pytest.mark.parametrize(
    "row", ["text", "picture", "opened", "subscribed", "unsubscribed", "delivered", "seen", "failed"]
)
def test_the_library_reads_what_we_read(row: str, library: Api) -> None:
    signed = post(ROWS[row][0])
    (ours,) = PLATFORM.parse(signed, CREDS)
    assert library.verify_signature(signed.body, signed.headers["x-viber-content-signature"])
    theirs = library.parse_request(signed.body)
    person = getattr(theirs, "sender", None) or getattr(theirs, "user", None)
    assert (person.id if person else theirs.user_id) == ours.address
    token = getattr(theirs, "message_token", None)
    assert token is None or str(token) in ours.ref


SEEDS = [payload for payload, _ in ROWS.values()]


@settings(max_examples=150)
@given(payload=mutated(SEEDS, "message", "picture", "conversation_started"))
def test_whatever_comes(payload: Any) -> None:
    signed = request(json.dumps(payload).encode())
    PLATFORM.taken(signed, {**CREDS, "welcome": "Hi"})
    try:
        found = PLATFORM.parse(signed, CREDS)
        PLATFORM.dedup_key(signed)
    except Malformed:
        return
    for one in found:
        storable(one)
