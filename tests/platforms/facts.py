"""What the checks of outgoing requests share: lengths in every unit, keys, addresses, numbers.

The checks (`valid.py` of each platform) are written from the platforms' documentation and share nothing with
the adapters: no constant, no helper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

Json = Mapping[str, Any]


def characters(text: str) -> int:
    return len(text)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def utf8(text: str) -> int:
    return len(text.encode())


def keys(data: object, *needed: str, may: str = "") -> Json:
    """An object with these keys, perhaps with some of `may` (names with spaces between them), no others."""
    assert isinstance(data, dict), f"{data!r} is no object"
    assert set(needed) <= set(data), f"{sorted(set(needed) - set(data))} missing in {data}"
    assert set(data) <= {*needed, *may.split()}, f"{sorted(set(data) - {*needed, *may.split()})} is not known"
    return data


def words(text: object, most: int, unit: Any = characters) -> str:
    """A text that shows something and is at most so long."""
    assert isinstance(text, str), f"{text!r} is no text"
    assert text.strip(), "an empty text"
    assert unit(text) <= most, f"{unit(text)} of {most}: {text[:60]!r}"
    return text


def perhaps(data: Json, name: str, most: int, unit: Any = characters) -> None:
    """The text under a key that may be left out, but not be empty."""
    if name in data:
        words(data[name], most, unit)


def rows(value: object, fewest: int, most: int) -> list[Any]:
    assert isinstance(value, list), f"{value!r} is no list"
    assert fewest <= len(value) <= most, f"{len(value)} of {fewest} to {most}"
    return value


def address(url: object, most: int = 2000) -> None:
    """An address that a browser opens; http only in our own files of these tests."""
    assert isinstance(url, str), f"{url!r} is no text"
    parts = urlsplit(url)
    ours = parts.hostname in ("127.0.0.1", "localhost")
    assert parts.scheme == "https" or (ours and parts.scheme == "http"), url
    assert ours or "." in (parts.hostname or ""), url
    assert not any(letter.isspace() for letter in url), url
    assert len(url) <= most, f"{len(url)} of {most}"


def place(data: Json, latitude: str = "latitude", longitude: str = "longitude") -> None:
    for name, most in ((latitude, 90), (longitude, 180)):
        value = data[name]
        assert isinstance(value, int | float) and not isinstance(value, bool), value
        assert -most <= value <= most, value


def different(values: list[Any]) -> None:
    assert len(set(values)) == len(values), f"one of {values} stands twice"
