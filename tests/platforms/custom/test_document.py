"""The tables of docs/custom-channel.md leave nothing out; its program runs in test_custom.py."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from apps.platforms import cards
from apps.platforms.cards import Card, Field, Option, Section, Slot
from apps.platforms.custom import inbound

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs/custom-channel.md").read_text("utf-8")


def rows(heads: str) -> dict[str, str]:
    """The rows of the table with these heads, by the words in their first cell."""
    table = TEXT.split(f"| {heads} |\n", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in table]
    return {name: " ".join(rest) for first, *rest in cells for name in re.findall(r"`(\w+)`", first)}


def named(words: str) -> set[str]:
    """What stands in code there."""
    return {name for code in re.findall(r"`([^`]+)`", words) for name in re.findall(r"\w+", code)}


def test_every_type_that_we_understand_is_there() -> None:
    assert set(rows("type | further fields")) == set(inbound.READERS)


def fields(kind: type[Any]) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)} - {"id", "kind"}


@pytest.mark.parametrize("card", get_args(Card), ids=lambda card: str(card.__name__))
def test_every_field_of_a_card_is_there(card: type[Any]) -> None:
    kind = next(field.default for field in dataclasses.fields(card) if field.name == "kind")
    documented = rows("kind | fields | what the customer answers")
    assert set(documented) == set(cards.KINDS)
    assert fields(card) <= named(documented[str(kind)])


@pytest.mark.parametrize("inner", [Option, Section, Slot, Field])
def test_what_stands_in_cards_is_there_too(inner: type[Any]) -> None:
    part = TEXT.split("A `card` is", 1)[1].split("Answer 2xx", 1)[0]
    assert fields(inner) <= named(part)
    assert set(cards.FIELD_TYPES) <= set(re.findall(r"\w+", part))
