"""Any card is shown as WhatsApp takes it or goes as text, and every answer comes back typed.

What WhatsApp takes is decided by the simulator's checks, which know nothing of our limits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from apps.platforms.base import Content
from apps.platforms.cards import (
    Card,
    CardAnswer,
    ContactCard,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
    options,
)
from apps.platforms.events import MessageReceived
from apps.platforms.whatsapp import cards
from apps.platforms.whatsapp.adapter import PLATFORM
from apps.sandbox.whatsapp import checks
from tests.platforms.contents import CARDS

from .payloads import change, message, parsed, value

CARD = str(UUID(int=1))


def shown(card: Card) -> bool:
    return [part.kind for part in PLATFORM.compose(Content(card=card), None)] == ["card"]


def answered(reply: dict[str, Any]) -> CardAnswer | None:
    """What a tap on this row or button means."""
    given = {"id": reply["id"], "title": reply["title"]}
    (event,) = parsed(change(value(message("interactive", {"type": "list_reply", "list_reply": given}))))
    assert isinstance(event, MessageReceived)
    return event.answer


def replies(made: dict[str, Any]) -> list[dict[str, Any]]:
    action = made.get("interactive", {}).get("action", {})
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    return rows or [button["reply"] for button in action.get("buttons", [])]


@settings(max_examples=200)
@given(card=CARDS)
def test_any_card_is_taken_and_its_answers_are_typed(card: Card) -> None:
    if not shown(card):
        return
    made = cards.message(card, "fr-FR")
    if made["type"] == "interactive":
        checks.interactive(made["interactive"])
    expected: list[CardAnswer] = [
        CardAnswer(card_id=card.id, selected=(Option(id=o.id, title=o.title),)) for o in options(card)
    ]
    if isinstance(card, TimeSlots):
        expected = [CardAnswer(card_id=card.id, slot=to_the_second(slot)) for slot in card.slots]
    assert [answered(reply) for reply in replies(made)] == expected


def to_the_second(slot: Slot) -> Slot:
    return replace(slot, start=slot.start.replace(microsecond=0))


def option(number: int, title: str = "", subtitle: str = "") -> Option:
    return Option(id=str(number), title=title or f"Option {number}", subtitle=subtitle)


def quick(*chosen: Option, prompt: str = "Which?") -> QuickReplies:
    return QuickReplies(id=CARD, prompt=prompt, options=chosen)


def picker(*sections: Section, title: str = "Which?") -> ListPicker:
    return ListPicker(id=CARD, title=title, sections=sections)


TEN = tuple(option(number) for number in range(10))
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), minutes=30)
KINDS: dict[str, tuple[Card, str]] = {
    "three short answers": (quick(*TEN[:3]), "button"),
    "title at the limit of a button": (quick(option(1, "x" * 20)), "button"),
    "title over the limit of a button": (quick(option(1, "x" * 21)), "list"),
    "title at the limit of a row": (quick(option(1, "x" * 24)), "list"),
    "title over the limit of a row": (quick(option(1, "x" * 25)), ""),
    "the same title twice": (quick(option(1, "x"), option(2, "x")), "list"),
    "four answers": (quick(*TEN[:4]), "list"),
    "ten answers": (quick(*TEN), "list"),
    "eleven answers": (quick(*TEN, option(10)), ""),
    "prompt at the limit": (quick(*TEN[:2], prompt="p" * 1024), "button"),
    "prompt over the limit": (quick(*TEN[:2], prompt="p" * 1025), ""),
    "prompt and second lines over it": (quick(option(1, "a", "s" * 20), prompt="p" * 1010), ""),
    "sections": (picker(Section(title="A", options=TEN[:2]), Section(title="B", options=TEN[2:4])), "list"),
    "a section without title": (picker(Section(title="", options=TEN[:2])), "list"),
    "two of which one has no title": (
        picker(Section(title="A", options=TEN[:2]), Section(title="", options=TEN[2:4])),
        "",
    ),
    "section title over the limit": (picker(Section(title="x" * 25, options=TEN[:2])), ""),
    "second line at the limit": (picker(Section(title="A", options=(option(1, "a", "s" * 72),))), "list"),
    "second line over the limit": (picker(Section(title="A", options=(option(1, "a", "s" * 73),))), ""),
    "several at once": (picker(Section(title="A", options=TEN[:2], multiple=True)), ""),
    "long id": (quick(Option(id="i" * 160, title="a")), ""),
    "times": (TimeSlots(id=CARD, title="When?", slots=(SLOT,)), "list"),
    "link": (Link(id=CARD, text="Look", button="x" * 20, url="https://a.example"), "cta_url"),
    "long button": (Link(id=CARD, text="Look", button="x" * 21, url="https://a.example"), ""),
    "where": (LocationRequest(id=CARD, prompt="Where?"), "location_request_message"),
    "place": (Location(id=CARD, latitude=1, longitude=2), "location"),
    "person": (ContactCard(id=CARD, name="Ana", phone="+4915112345678"), "contacts"),
    "form": (Form(id=CARD, title="Who?", fields=()), ""),
    "pictures": (MediaGroup(id=CARD, images=(0, 1)), ""),
}


@pytest.mark.parametrize(("card", "kind"), KINDS.values(), ids=KINDS.keys())
def test_how_a_card_is_shown(card: Card, kind: str) -> None:
    made = cards.message(card, "") if shown(card) else {"type": ""}
    assert (made["interactive"]["type"] if "interactive" in made else made["type"]) == kind


def test_times_are_rows_in_their_zone() -> None:
    made = cards.message(TimeSlots(id=CARD, title="When?", slots=(SLOT,), timezone="Europe/Paris"), "fr-FR")
    action = made["interactive"]["action"]
    (row,) = action["sections"][0]["rows"]
    assert (action["button"], row["title"], row["description"]) == ("Choisir", "2026-11-23 10:30", "30 min")


def test_second_lines_of_buttons_stand_in_the_words() -> None:
    made = cards.message(quick(option(1, "A", "first"), option(2, "B")), "en")
    assert made["interactive"]["body"]["text"] == "Which?\n• A: first"
