"""Each kind of card as Viber gets it, and what goes as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import Content, Part
from apps.platforms.cards import (
    Card,
    ContactCard,
    Link,
    ListPicker,
    Location,
    Option,
    QuickReplies,
    Section,
    fallback_text,
)
from apps.platforms.viber import cards
from apps.platforms.viber.adapter import PLATFORM
from tests.platforms.recording import Server
from tests.platforms.viber.outgoings import CARD, CARDS, HEAD, LINK, NO, TEXT, file, sent


@pytest.mark.parametrize(("card", "expected"), CARDS.values(), ids=CARDS.keys())
async def test_card(card: Card, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    outgoing = replace(TEXT, part=Part(kind="card", card=card), locale="fr-FR", files={0: file("image/png")})
    assert await sent(outgoing, server, http) == {**HEAD, **expected}
    (part,) = PLATFORM.compose(Content(card=replace(card, image=None) if card is LINK else card), None)
    assert part.kind == "card"


def test_a_long_list_is_swiped_through() -> None:
    options = tuple(Option(id=f"{n}", title=f"{n}") for n in range(20))
    made = cards.message(ListPicker(id=CARD, title="?", sections=(Section(title="", options=options),)), "")
    assert (made["rich_media"]["ButtonsGroupRows"], len(made["rich_media"]["Buttons"])) == (7, 21)


AS_TEXT: dict[str, Card] = {
    "too many": QuickReplies(
        id=CARD, prompt="?", options=tuple(Option(id=f"{n}", title=f"{n}") for n in range(25))
    ),
    "long title": QuickReplies(id=CARD, prompt="?", options=(Option(id="a", title="a" * 121),)),
    "long words": QuickReplies(id=CARD, prompt="p" * 6999, options=(NO,)),
    "place with a name": Location(id=CARD, latitude=1, longitude=2, title="Shop"),
    "long name": ContactCard(id=CARD, name="A" * 29, phone="+33123456789"),
    "long address": Link(id=CARD, text="Look", button="Open", url=f"https://shop.example/{'a' * 2000}"),
    "heavy": ListPicker(
        id=CARD,
        title="?",
        sections=(
            Section(
                title="",
                options=tuple(Option(id=f"{n}", title="&" * 120, subtitle="<" * 120) for n in range(24)),
            ),
        ),
    ),
}


@pytest.mark.parametrize("card", AS_TEXT.values(), ids=AS_TEXT.keys())
def test_what_does_not_fit_goes_as_text(card: Card) -> None:
    parts = PLATFORM.compose(Content(card=card), None)
    assert {part.kind for part in parts} == {"text"}
    assert "".join(part.text for part in parts) == fallback_text(card)
