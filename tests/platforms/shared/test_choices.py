"""Payloads of buttons: what goes out comes back, what is not ours is nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platforms.cards import CardAnswer, Option, Slot, slot_text
from apps.platforms.shared import choices

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
IDS = st.uuids().map(str) | st.uuids().map(lambda uuid: uuid.hex) | TEXT
STARTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(card_id=IDS, option_id=IDS)
def test_an_option_comes_back(card_id: str, option_id: str) -> None:
    expected = CardAnswer(card_id=card_id, selected=(Option(id=option_id, title="Yes"),))
    assert choices.answer(choices.payload(card_id, option_id), "Yes") == expected


@given(card_id=IDS, slot_id=IDS, start=STARTS, minutes=st.integers(1, 600))
def test_a_time_comes_back(card_id: str, slot_id: str, start: datetime, minutes: int) -> None:
    slot = Slot(id=slot_id, start=start.replace(microsecond=0), minutes=minutes)
    assert choices.answer(choices.slot_payload(card_id, slot), "") == CardAnswer(card_id=card_id, slot=slot)


def test_a_uuid_takes_22_characters_with_hyphens_and_without() -> None:
    uuid = UUID(int=2**127 + 9)
    for card_id in (str(uuid), uuid.hex):
        assert len(choices.payload(card_id, "a")) == 24
    assert choices.payload(str(uuid), "a") != choices.payload(uuid.hex, "a")


@given(data=st.text() | st.from_regex(r"s\d{1,11}\.\d{1,6}\..{0,9}", fullmatch=True))
def test_what_is_not_ours_is_no_answer_and_no_error(data: str) -> None:
    found = choices.answer(data, "")
    assert found is None or found.slot or found.selected[0].id


@pytest.mark.parametrize("seconds", [-62_135_596_800, -62_135_510_400, -99_999_999_999, 99_999_999_999])
def test_a_time_from_elsewhere_can_be_shown_everywhere(seconds: int) -> None:
    found = choices.answer(f"s{seconds}.30.tcard:a", "")
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        assert found is None or (found.slot and slot_text(found.slot, zone))
