"""What a message will cost: only what the platform itself has said, in its own words and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from apps.connections.models import Channel
from apps.console import price_words
from apps.core import tenancy
from tests.console.pages import scenes
from tests.conversations.lines import put, say
from tests.worlds import Side, World

BARE = "WhatsApp bills each message"


@pytest.fixture
def here(world: World) -> Side:
    side = world.filante
    say(side, "one", "two")
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="whatsapp")
    return side


ANSWERS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "nothing told": (None, BARE),
    "an amount": ({"price": "-0.0750", "price_unit": "usd"}, f"{BARE}; the last one here cost 0.0750 USD"),
    "a category": ({"billable": True, "category": "service"}, f"{BARE}; the last one as “service”"),
    "free": (
        {"billable": False, "category": "service"},
        "WhatsApp bills messages; it did not bill the last one",
    ),
    "an amount without a currency": ({"amount": "1"}, BARE),
    "nonsense": ({"amount": [], "category": {}}, BARE),
}


@pytest.mark.parametrize(("price", "words"), ANSWERS.values(), ids=ANSWERS)
def test_before_an_answer(here: Side, price: dict[str, Any] | None, words: str) -> None:
    put(here, "two", price=price)
    with tenancy.scope(here.id):
        assert price_words.for_answer(scenes.fresh(here), "WhatsApp") == words


def test_the_reply_box_says_it(here: Side) -> None:
    put(here, "two", price={"billable": True, "category": "service"})
    page = scenes.agent(here).get(scenes.inbox(here, f"all/{here.conversation.pk}/")).content.decode()
    assert "bills each message; the last one as “service”" in page


def test_before_a_template(here: Side) -> None:
    put(here, "one", price={"category": "utility", "amount": "0.03", "currency": "EUR"})
    put(here, "two", price={"category": "service", "billable": True})
    with tenancy.scope(here.id):
        conversation = scenes.fresh(here)
        told = [price_words.for_template(conversation, kind, "WhatsApp") for kind in ("UTILITY", "MARKETING")]
        with translation.override("fr"):
            told.append(price_words.for_template(conversation, "UTILITY", "WhatsApp"))
    assert told == [
        "WhatsApp bills it as “utility”; the last one here cost 0.03 EUR",
        "WhatsApp bills it as “marketing”",
        "WhatsApp le facture comme «\u202futilitaire\u202f»\u202f; le dernier ici a coûté 0,03 EUR",
    ]
