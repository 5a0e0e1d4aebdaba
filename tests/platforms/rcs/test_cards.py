"""Each kind of card as Google gets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.core.http import HttpDoor
from apps.platforms import compose
from apps.platforms.base import Content, Outgoing, Part
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
from apps.platforms.rcs.adapter import PLATFORM
from apps.platforms.shared import choices
from tests.platforms.rcs.outgoings import FEATURES, TEXT, file, sent
from tests.platforms.rest import Server

YES, NO = Option(id="y", title="Yes", subtitle="please", image=0), Option(id="n", title="No", image=1)
PLAIN = (Option(id="y", title="Yes"), Option(id="n", title="No"))
START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def chip(option: str, title: str) -> dict[str, Any]:
    return {"reply": {"text": title, "postbackData": choices.payload("c", option)}}


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
