"""What may be answered to each kind of card, and by name what is wrong with the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platforms import cards
from apps.platforms.cards import (
    BadAnswer,
    Card,
    CardAnswer,
    Field,
    Form,
    Given,
    ListPicker,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)
from tests.platforms.contents import CARDS
from tests.security.active import CORPUS

A, B, X, Y = (Option(id=each, title=each.upper()) for each in "abxy")
REPLIES = QuickReplies(id="q", prompt="?", options=(A, B))
PICKER = ListPicker(
    id="l",
    title="?",
    sections=(Section(title="", options=(A, B), multiple=True), Section(title="", options=(X, Y))),
)
SLOT = Slot(id="s", start=datetime(2027, 7, 1, 7, tzinfo=UTC), minutes=30)
TIMES = TimeSlots(id="t", title="?", slots=(SLOT,))
WHERE = LocationRequest(id="w", prompt="?")


def asks(kind: str, *, required: bool = True) -> Form:
    """A form with one question, called f."""
    options = (A, B) if kind in ("choice", "choices") else ()
    return Form(
        id="f", title="?", fields=(Field(id="f", label="?", type=kind, required=required, options=options),)
    )


GOOD: dict[str, tuple[Card, Given, CardAnswer]] = {
    "a reply": (REPLIES, Given(selected=["b"]), CardAnswer(card_id="q", selected=(B,))),
    "several of a list": (
        PICKER,
        Given(selected=["b", "a", "x"]),
        CardAnswer(card_id="l", selected=(B, A, X)),
    ),
    "a time": (TIMES, Given(slot="s"), CardAnswer(card_id="t", slot=SLOT)),
    "a place in words": (
        WHERE,
        Given(address=" 3, rue\nHaute "),
        CardAnswer(card_id="w", values={"address": ("3, rue Haute",)}),
    ),
}


@pytest.mark.parametrize(("card", "came", "answer"), GOOD.values(), ids=GOOD)
def test_what_a_card_offers_is_an_answer(card: Card, came: Given, answer: CardAnswer) -> None:
    assert cards.takes_answers(card)
    assert cards.answered(card, came) == answer


WRONG: dict[str, tuple[Card, Given, tuple[str, str]]] = {
    "no reply": (REPLIES, Given(), ("selected", "required")),
    "no such reply": (REPLIES, Given(selected=["z"]), ("selected", "unknown")),
    "two replies": (REPLIES, Given(selected=["a", "b"]), ("selected", "too_many")),
    "one reply twice": (REPLIES, Given(selected=["a", "a"]), ("selected", "too_many")),
    "two where one is taken": (PICKER, Given(selected=["a", "x", "y"]), ("selected", "too_many")),
    "one of a list twice": (PICKER, Given(selected=["a", "a"]), ("selected", "too_many")),
    "a time for a list": (PICKER, Given(slot="s"), ("selected", "required")),
    "no time": (TIMES, Given(selected=["s"]), ("slot", "required")),
    "no such time": (TIMES, Given(slot="z"), ("slot", "unknown")),
    "no place": (WHERE, Given(address=" \n"), ("address", "required")),
    "a novel for a place": (WHERE, Given(address="x" * 501), ("address", "too_long")),
    "no such question": (asks("text"), Given(values={"f": ["x"], "g": ["x"]}), ("g", "unknown")),
    "no such choice": (asks("choice"), Given(values={"f": ["z"]}), ("f", "unknown")),
    "two of one": (asks("choice"), Given(values={"f": ["a", "b"]}), ("f", "too_many")),
    "the same twice": (asks("choices"), Given(values={"f": ["a", "a"]}), ("f", "too_many")),
    "two texts": (asks("text"), Given(values={"f": ["a", "b"]}), ("f", "too_many")),
    "a long line": (asks("text"), Given(values={"f": ["x" * 501]}), ("f", "too_long")),
    "a novel": (asks("long_text"), Given(values={"f": ["x" * 4001]}), ("f", "too_long")),
}


@pytest.mark.parametrize(("card", "came", "wrong"), WRONG.values(), ids=WRONG)
def test_what_it_does_not_offer_is_named(card: Card, came: Given, wrong: tuple[str, str]) -> None:
    with pytest.raises(BadAnswer) as error:
        cards.answered(card, came)
    assert (error.value.where, error.value.fault.value) == wrong


TAKEN = [
    ("text", " Ana\n Lopez ", "Ana Lopez"),
    ("long_text", "une\r\ndeux", "une\ndeux"),
    ("email", "ana+box@mail.example.com", "ana+box@mail.example.com"),
    ("phone", "+33 1 02-03.04 05", "+33 1 02-03.04 05"),
    ("phone", "01 02 03 04 05", "01 02 03 04 05"),
    ("number", "1 234,5", "1234.5"),
    ("number", "\u22123", "-3"),
    ("date", "2027-02-28", "2027-02-28"),
    ("choice", "b", "b"),
]


@pytest.mark.parametrize(("kind", "came", "kept"), TAKEN)
def test_a_field_keeps_what_was_meant(kind: str, came: str, kept: str) -> None:
    assert cards.answered(asks(kind), Given(values={"f": [came]})).values == {"f": (kept,)}


MALFORMED = [
    *[
        ("email", each)
        for each in ("ana", "ana@", "@x.y", "a b@x.y", "a@x", "a@x..y", "a@x.y\n@z", "<a@x.y>")
    ],
    ("email", f"{'x' * 250}@x.fr"),
    *[("phone", each) for each in ("12", "+", "call me", "+33 1 02 03 04 05 06 07 08 09", "１２３４５")],
    *[("number", each) for each in ("x", "1e5", "NaN", "inf", "1.2.3", "--1", "٣", "9" * 31)],
    *[("date", each) for each in ("2027-02-29", "28/02/2027", "20270230", "tomorrow", "0000-01-01")],
]


@pytest.mark.parametrize(("kind", "came"), MALFORMED)
@pytest.mark.parametrize("required", [True, False])
def test_a_field_refuses_what_is_none(kind: str, came: str, required: bool) -> None:
    with pytest.raises(BadAnswer) as error:
        cards.answered(asks(kind, required=required), Given(values={"f": [came]}))
    assert (error.value.where, error.value.fault.value) == ("f", "malformed")


@pytest.mark.parametrize("kind", cards.FIELD_TYPES)
@pytest.mark.parametrize("came", [{}, {"f": []}, {"f": [" \n"]}])
def test_a_field_is_left_out_only_where_it_may_be(kind: str, came: dict[str, list[str]]) -> None:
    assert cards.answered(asks(kind, required=False), Given(values=came)).values == {}
    with pytest.raises(BadAnswer) as error:
        cards.answered(asks(kind), Given(values=came))
    assert error.value.fault.value == "required"


@pytest.mark.parametrize("kind", cards.FIELD_TYPES)
@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS)
def test_hostile_words_are_words_or_refused(kind: str, text: str) -> None:
    """Only where words are asked for do words get through, and as they came."""
    try:
        (said,) = cards.answered(asks(kind), Given(values={"f": [text]})).values["f"]
    except BadAnswer as error:
        assert error.where == "f"
    else:
        assert kind in ("text", "long_text")
        assert said.split() == text.split()


WORDS = st.text(max_size=20)
CAME: st.SearchStrategy[Any] = st.builds(
    Given,
    selected=st.lists(WORDS, max_size=3),
    slot=WORDS,
    values=st.dictionaries(WORDS, st.lists(WORDS, max_size=3), max_size=3),
    address=WORDS,
)


@given(card=CARDS, came=CAME)
def test_anything_else_is_a_bad_answer(card: Card, came: Given) -> None:
    """Whatever comes for whatever card: a typed answer to that card, or BadAnswer."""
    if not cards.takes_answers(card):
        return
    try:
        answer = cards.answered(card, came)
    except BadAnswer:
        return
    assert answer.card_id == card.id
    assert set(answer.selected) <= set(cards.options(card))
