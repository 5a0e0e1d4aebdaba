"""Cards as JSON, as numbered text, and the answers that text can mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from apps.platforms import cards
from apps.platforms.cards import (
    BadCard,
    Card,
    CardAnswer,
    ContactCard,
    Field,
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
)
from tests.platforms.contents import CARDS, LIST_PICKERS, QUICK_REPLIES

YES, NO = Option(id="y", title="Yes"), Option(id="n", title="No", subtitle="not now")
REPLIES = QuickReplies(id="c1", prompt="Shall we?", options=(YES, NO))
PICKER = ListPicker(
    id="c2",
    title="Your line",
    subtitle="One or more",
    sections=(
        Section(title="Home", options=(Option(id="a", title="ADSL"), Option(id="f", title="Fibre"))),
        Section(title="", options=(Option(id="m", title="Mobile"),), multiple=True),
    ),
)


@given(card=CARDS)
def test_a_card_survives_json(card: Card) -> None:
    assert cards.from_json(json.loads(json.dumps(cards.to_json(card)))) == card


def test_an_answer_survives_json() -> None:
    slot = Slot(id="s", start=datetime(2026, 11, 23, 8, 30, tzinfo=UTC), minutes=30)
    answer = CardAnswer(card_id="c1", selected=(YES, NO), slot=slot, values={"f": ("a", "b")})
    assert cards.answer_from_json(json.loads(json.dumps(cards.answer_to_json(answer)))) == answer


GOOD = cards.to_json(REPLIES)
BAD: dict[str, tuple[Any, str]] = {
    "no kind": ({}, "kind"),
    "unknown kind": ({"kind": "hologram"}, "hologram"),
    "no id": ({"kind": "quick_replies"}, "id"),
    "id of the wrong type": ({**GOOD, "id": ["c1"]}, "id"),
    "truth for a title": ({**GOOD, "prompt": True}, "prompt"),
    "options that are none": ({**GOOD, "options": 5}, "wrong type"),
    "option without title": ({**GOOD, "options": [{"id": "y"}]}, "title"),
    "section without options": (
        {"kind": "list_picker", "id": "c", "title": "t", "sections": [{}]},
        "options",
    ),
    "a list": ([], "wrong type"),
    "nothing": (None, "wrong type"),
}


@pytest.mark.parametrize(("data", "field"), BAD.values(), ids=BAD.keys())
def test_what_is_no_card_says_why(data: Any, field: str) -> None:
    with pytest.raises(BadCard, match=field):
        cards.from_json(data)


def test_numbers_from_a_form_are_texts() -> None:
    data = {**GOOD, "options": [{"id": 1, "title": 10}]}
    assert cards.options(cards.from_json(data)) == (Option(id="1", title="10"),)


def test_a_card_as_text() -> None:
    assert cards.fallback_text(REPLIES) == "Shall we?\n1. Yes\n2. No (not now)"
    assert cards.fallback_text(PICKER) == "Your line\nOne or more\nHome\n1. ADSL\n2. Fibre\n3. Mobile"


@given(card=QUICK_REPLIES | LIST_PICKERS)
def test_a_card_as_text_loses_no_words(card: QuickReplies | ListPicker) -> None:
    text = cards.fallback_text(card)
    heading = [card.prompt] if isinstance(card, QuickReplies) else [card.title, card.subtitle]
    sections = [] if isinstance(card, QuickReplies) else [section.title for section in card.sections]
    words = [word for option in cards.options(card) for word in (option.title, option.subtitle)]
    assert [piece for piece in [*heading, *sections, *words] if piece not in text] == []


OTHERS: dict[str, tuple[Card, str]] = {
    "times": (
        TimeSlots(
            id="t",
            title="When?",
            slots=(Slot(id="a", start=datetime(2026, 11, 23, 8, 30, tzinfo=UTC), minutes=30),),
            timezone="Europe/Paris",
            place="Shop",
        ),
        "When?\nShop\n1. 2026-11-23 09:30 (30 min)",
    ),
    "form": (
        Form(id="f", title="You", fields=(Field(id="c", label="Line", type="choice", options=(YES, NO)),)),
        "You\n1. Line (Yes / No)",
    ),
    "link": (
        Link(id="l", text="See", button="Open", url="https://a.example"),
        "See\nOpen: https://a.example",
    ),
    "where": (LocationRequest(id="w", prompt="Where are you?"), "Where are you?"),
    "place": (
        Location(id="p", latitude=48.85, longitude=2.35, title="Shop"),
        "Shop\nhttps://www.openstreetmap.org/?mlat=48.850000&mlon=2.350000",
    ),
    "person": (ContactCard(id="c", name="Alice", phone="+33123456789"), "Alice\n+33123456789"),
    "pictures": (MediaGroup(id="m", images=(0, 1), text="Both"), "Both"),
}


@pytest.mark.parametrize(("card", "text"), OTHERS.values(), ids=OTHERS.keys())
def test_other_cards_as_text(card: Card, text: str) -> None:
    assert cards.fallback_text(card) == text


def test_a_time_is_taken_by_its_number() -> None:
    card = OTHERS["times"][0]
    assert isinstance(card, TimeSlots)
    assert cards.answer_from_text(card, "1.") == CardAnswer(card_id="t", slot=card.slots[0])
    assert cards.answer_from_text(card, "2") is None


def test_several_are_taken_by_their_numbers() -> None:
    answer = cards.answer_from_text(PICKER, "1, 3")
    assert answer is not None
    assert [option.id for option in answer.selected] == ["a", "m"]
    assert cards.answer_from_text(PICKER, "1, 9") is None
    assert cards.answer_from_text(REPLIES, "1, 2") is None


SIZES = QuickReplies(
    id="c3", prompt="Size?", options=tuple(Option(id=f"s{n}", title=n) for n in ("2", "4", "1"))
)

# card, what the customer typed, the option that they mean
ANSWERS: list[tuple[Card, str, str | None]] = [
    (REPLIES, "1", "y"),
    (REPLIES, " 2. ", "n"),
    (REPLIES, "2)", "n"),
    (REPLIES, "yes", "y"),
    (REPLIES, "NO", "n"),
    (REPLIES, "3", None),
    (REPLIES, "0", None),
    (REPLIES, "", None),
    (REPLIES, ".", None),
    (REPLIES, "yes please", None),
    (PICKER, "3", "m"),
    (PICKER, "fibre", "f"),
    (SIZES, "2", "s2"),  # a title means itself, whatever number it stands under
    (SIZES, "1", "s1"),
    (SIZES, "3", "s1"),
]


@pytest.mark.parametrize(("card", "text", "option_id"), ANSWERS)
def test_what_a_text_answers(card: Card, text: str, option_id: str | None) -> None:
    answer = cards.answer_from_text(card, text)
    found = None if answer is None else (answer.card_id, [option.id for option in answer.selected])
    assert found == (None if option_id is None else (card.id, [option_id]))


def test_of_two_options_alike_the_first_is_meant() -> None:
    twins = QuickReplies(
        id="c", prompt="?", options=(Option(id="a", title="Same"), Option(id="b", title="same "))
    )
    answer = cards.answer_from_text(twins, "SAME")
    assert answer is not None
    assert answer.selected == (Option(id="a", title="Same"),)
