"""Cards as inline keyboards: what fits, and that what fits comes back whole."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from apps.platforms.cards import Card, CardAnswer, ListPicker, Option, QuickReplies, Section
from apps.platforms.telegram import keyboards

UUIDS = st.uuids().map(str) | st.uuids().map(lambda uuid: str(uuid).upper())
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def replies(*options: Option, card_id: str = str(UUID(int=1)), prompt: str = "Which?") -> QuickReplies:
    return QuickReplies(id=card_id, prompt=prompt, options=options)


def option(option_id: str = "a", title: str = "A") -> Option:
    return Option(id=option_id, title=title)


FITS: dict[str, tuple[Card, bool]] = {
    "one option": (replies(option()), True),
    "no option": (replies(), False),
    "a hundred": (replies(*[option(str(n)) for n in range(100)]), True),
    "a hundred and one": (replies(*[option(str(n)) for n in range(101)]), False),
    "option id of 41 bytes": (replies(option("x" * 41)), True),
    "option id of 42 bytes": (replies(option("x" * 42)), False),
    "option id of 41 characters in 82 bytes": (replies(option("é" * 41)), False),
    "two UUIDs": (replies(option(str(UUID(int=2**128 - 1)))), True),
    "long card id": (replies(option(), card_id="c" * 61), True),
    "too long card id": (replies(option(), card_id="c" * 62), False),
    "prompt at the limit": (replies(option(), prompt="p" * 4096), True),
    "prompt over the limit": (replies(option(), prompt="p" * 4097), False),
    "no prompt": (replies(option(), prompt=" "), False),
    "no title": (replies(option(title=" ")), False),
    "titles larger than a keyboard": (replies(*[option(str(n), "t" * 500) for n in range(30)]), False),
    "sections": (
        ListPicker(id="c", title="T", sections=(Section(title="S", options=(option(), option("b"))),)),
        True,
    ),
    "sections without options": (ListPicker(id="c", title="T", sections=()), False),
}


@pytest.mark.parametrize(("card", "fits"), FITS.values(), ids=FITS.keys())
def test_fits(card: Card, fits: bool) -> None:
    assert keyboards.fits(card) is fits


@given(card_id=UUIDS | TEXT, option_id=TEXT, title=TEXT)
def test_the_answer_names_card_and_option(card_id: str, option_id: str, title: str) -> None:
    card = replies(option(option_id, title), option("other", "Other"), card_id=card_id)
    assume(option_id not in ("", "other") and keyboards.fits(card))
    data = keyboards.callback_data(card_id, option_id)
    assert len(data.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    expected = CardAnswer(card_id=card_id, selected=(option(option_id, title),))
    assert keyboards.answer(data, keyboards.markup(card)) == expected


def test_python_telegram_bot_accepts_a_keyboard() -> None:
    card = replies(option("yes", "Yes"), option("no", "No"))
    markup = keyboards.markup(card)
    oracle = InlineKeyboardMarkup.de_json(markup, None)
    assert oracle.to_dict() == markup
    assert keyboards.TEXT_LIMIT == MessageLimit.MAX_TEXT_LENGTH


FOREIGN = [
    "",
    "u",
    "t",
    "x",
    "t:",
    "tcard",
    "tcard:",
    "u" + "A" * 22,
    "u" + "!" * 22 + "a",
    "uAAAAAAAAAAAAAAAAAAAAAB1",
    "menu/3",
]


@pytest.mark.parametrize("data", FOREIGN)
def test_data_that_is_not_ours_is_no_answer(data: str) -> None:
    assert keyboards.answer(data, None) is None


@given(data=st.text())
def test_no_data_breaks_the_reader(data: str) -> None:
    answer = keyboards.answer(data, None)
    assert answer is None or answer.selected[0].id != ""
