"""What the business's own system may tell us, one row each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from apps.platforms.base import Malformed
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.custom.adapter import PLATFORM, Custom
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
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    Person,
    Place,
    ReactionReceived,
    TypingChanged,
)
from tests.platforms.custom.payloads import AT, CREDS, NOW, request
from tests.platforms.mutations import mutated, storable

FROM = {"id": "customer-7", "name": "Camille", "locale": "fr-FR"}
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
SLOT: dict[str, Any] = {"id": "s", "start": "2026-12-01T10:00:00+01:00", "minutes": 30}
FILE: dict[str, Any] = {"url": "https://shop.example/f", "name": "a.png", "mime": "image/png", "size": 9}
MEDIA = MediaRef(
    kind=MediaKind.IMAGE,
    locator={"url": FILE["url"]},
    name="a.png",
    mime="image/png",
    size=9,
)
ABOUT: dict[str, Any] = {
    "to": "shop",
    "address": "customer-7",
    "ref": "m1",
    "at": AT,
    "facts": Facts(name="Camille", locale="fr-FR"),
}


def told(kind: str = "message", **fields: Any) -> dict[str, Any]:
    return {"type": kind, "id": "m1", "from": FROM, **fields}


def said(**fields: Any) -> MessageReceived:
    return MessageReceived(**{**ABOUT, **fields})


STATUS = {"target": "x", "state": "failed", "code": "7", "words": "No"}
COMES: dict[str, tuple[dict[str, Any], Event]] = {
    "text": (told(text="Hello"), said(text="Hello")),
    "time": (told(text="Hello", at="2026-12-01T10:00:00+01:00"), said(text="Hello", at=START)),
    "only an id": (
        {"type": "message", "from": {"id": 7}, "text": "Hello"},
        MessageReceived(to="shop", address="7", ref="msg_1", at=AT, text="Hello"),
    ),
    "file": (told(files=[FILE]), said(media=(MEDIA,))),
    "voice": (
        told(files=[{"url": "https://x.example", "kind": "voice"}]),
        said(media=(MediaRef(kind=MediaKind.VOICE, locator={"url": "https://x.example"}),)),
    ),
    "place": (
        told(place={"latitude": 48.85, "longitude": 2.29, "title": "Tour"}),
        said(place=Place(latitude=48.85, longitude=2.29, title="Tour")),
    ),
    "contact": (told(contact={"name": "Zoé", "phone": "+33"}), said(person=Person(name="Zoé", phone="+33"))),
    "choice": (
        told(answer={"card_id": "c", "selected": [{"id": "y", "title": "Yes"}]}, reply_to="m0"),
        said(
            text="Yes", reply_to="m0", answer=CardAnswer(card_id="c", selected=(Option(id="y", title="Yes"),))
        ),
    ),
    "slot": (
        told(answer={"card_id": "c", "slot": SLOT}, text="9 h"),
        said(text="9 h", answer=CardAnswer(card_id="c", slot=Slot(id="s", start=START, minutes=30))),
    ),
    "form": (
        told(answer={"card_id": "c", "values": {"mail": "a@b.example", "days": ["mo", "tu"]}}),
        said(
            text="a@b.example, mo, tu",
            answer=CardAnswer(card_id="c", values={"mail": ("a@b.example",), "days": ("mo", "tu")}),
        ),
    ),
    "entry point": (told(text="Hi", tag="adsl", group="box"), said(text="Hi", tag="adsl", group="box")),
    "details": (told(text="Hi", details={"Order": 7}), said(text="Hi", details=(("Order", "7"),))),
    "nothing": (told(), said(unsupported="empty")),
    "a type of tomorrow": (told("hologram"), said(unsupported="hologram")),
    "opened": (told("opened", tag="adsl"), EntryPointTapped(**ABOUT, tag="adsl")),
    "edited": (told("edited", target="m0", text="x"), MessageEdited(**ABOUT, target="m0", text="x")),
    "withdrawn": (told("withdrawn", target="m0"), MessageWithdrawn(**ABOUT, target="m0")),
    "reaction": (
        told("reaction", target="m0", emoji="👍"),
        ReactionReceived(**ABOUT, target="m0", emoji="👍"),
    ),
    "typing": (told("typing", typing=True), TypingChanged(**ABOUT, typing=True)),
    "left": (told("left", reason="opted_out"), ContactLeft(**ABOUT, reason="opted_out")),
    "left somehow": (told("left", reason="bored"), ContactLeft(**ABOUT, reason="deleted")),
    "returned": (told("returned"), ContactReturned(**ABOUT)),
    "status": (
        told("status", **STATUS),
        DeliveryUpdated(**ABOUT, target="x", state=DeliveryState.FAILED, code="7", words="No"),
    ),
    "echo": (
        told("echo", text="We call", author="Bob"),
        MessageEchoed(**ABOUT, text="We call", author="Bob"),
    ),
}


@pytest.mark.parametrize(("data", "wanted"), COMES.values(), ids=COMES.keys())
def test_what_comes(data: dict[str, Any], wanted: Event) -> None:
    assert list(Custom(clock=lambda: NOW).parse(request(data), CREDS)) == [wanted]


BROKEN = [
    [],
    {"type": "message"},
    {**told(), "from": {"id": ""}},
    {**told(), "from": {"id": "x" * 513}},
    told(text=["x"]),
    told(text="x", at="2026-12-01T10:00:00"),
    told(files=[{"url": "javascript:alert(1)"}]),
    told(files=[{"url": "file:///etc/passwd"}]),
    told(place={"latitude": 91, "longitude": 0}),
    told(place={"latitude": float("nan"), "longitude": 0}),
    told(answer={"selected": []}),
    told("status", target="x", state="lost"),
    told("edited", text="x"),
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_cannot_be_read_is_malformed(data: Any) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(data), CREDS)


@given(payload=mutated([data for data, _ in COMES.values()], "voice", "failed", "nan", "file:///x"))
def test_a_changed_payload_is_understood_or_malformed(payload: Any) -> None:
    try:
        found = PLATFORM.parse(request(payload), CREDS)
    except Malformed:
        return
    (event,) = found
    storable(event)
