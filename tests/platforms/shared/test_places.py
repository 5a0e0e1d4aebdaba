"""Places and numbers from outside: what no map shows and no database keeps."""

from __future__ import annotations

from typing import Any

import pytest

from apps.platforms.base import Malformed
from apps.platforms.bodies import read_object
from apps.platforms.events import Place
from apps.platforms.shared import places


@pytest.mark.parametrize(
    ("latitude", "longitude", "found"),
    [
        (48.85, 2.35, (48.85, 2.35)),
        ("48.85", "-2", (48.85, -2.0)),
        (-90, 180, (-90.0, 180.0)),
        (90.1, 0, None),
        (0, -180.1, None),
        ("1e999", 0, None),
        (0, "nan", None),
    ],
)
def test_a_place_is_on_earth(latitude: Any, longitude: Any, found: tuple[float, float] | None) -> None:
    place = Place(latitude=found[0], longitude=found[1], title="T", address="A") if found else None
    assert places.place(latitude, longitude, title="T", address="A") == place
    assert places.content(place) == ({"place": place} if place else {"unsupported": "location"})


@pytest.mark.parametrize("given", [None, "north", [], {}])
def test_what_is_no_number_is_told(given: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        places.place(given, 0)


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN", b"Infinity", b"-Infinity", b"9" * 5000])
def test_numbers_that_nothing_keeps_are_malformed(number: bytes) -> None:
    with pytest.raises(Malformed):
        read_object(b'{"a": [%s]}' % number)
    assert read_object(b'{"a": [1e30, 0.5, -7]}') == {"a": [1e30, 0.5, -7]}
