"""Every kind of card is shown by our own panel; nothing of it goes out as numbered text."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.platforms import cards
from apps.platforms.base import Content, MediaFile, Part
from apps.platforms.cards import Card, Form, Option, QuickReplies, TimeSlots
from apps.platforms.webchat.adapter import PLATFORM
from tests.platforms.every_card import every_card

PICTURE = MediaFile(name="a.png", mime="image/png", kind="image", size=9, path=Path("/nowhere"))


def test_every_kind_is_here() -> None:
    assert set(every_card()) == set(cards.KINDS) == set(PLATFORM.capabilities.cards)


@pytest.mark.parametrize("kind", cards.KINDS)
def test_a_card_goes_out_as_itself(kind: str) -> None:
    card = every_card()[kind]
    parts = PLATFORM.compose(Content(text="Voici", card=card), None)
    assert parts == [Part(kind="text", text="Voici"), Part(kind="card", card=card)]


@pytest.mark.parametrize("kind", cards.KINDS)
def test_a_card_brings_its_pictures_along(kind: str) -> None:
    """What it shows is not sent beside it; what it does not show is."""
    card = every_card()[kind]
    parts = PLATFORM.compose(Content(text="", media=[PICTURE, PICTURE], card=card), None)
    beside = [Part(kind="media", media=n) for n in range(2) if n not in cards.images(card)]
    assert parts == [*beside, Part(kind="card", card=card)]


A = Option(id="a", title="A")
UNCLEAR: dict[str, Card] = {
    "nothing to choose": QuickReplies(id="q", prompt="?", options=()),
    "no question": QuickReplies(id="q", prompt=" ", options=(A,)),
    "the same choice twice": QuickReplies(id="q", prompt="?", options=(A, A)),
    "too many to take in": QuickReplies(
        id="q", prompt="?", options=tuple(Option(id=str(n), title=str(n)) for n in range(14))
    ),
    "no time": TimeSlots(id="t", title="?", slots=()),
    "no question in a form": Form(id="f", title="?", fields=()),
}


@pytest.mark.parametrize("card", UNCLEAR.values(), ids=UNCLEAR)
def test_what_cannot_be_asked_is_said(card: Card) -> None:
    parts = PLATFORM.compose(Content(text="", card=card), None)
    assert parts == [Part(kind="text", text=cards.fallback_text(card))]
