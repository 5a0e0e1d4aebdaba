"""Documented payloads with some of their values replaced by anything, for every parser."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from hypothesis import strategies as st

from apps.platforms.events import Event

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
TYPES = {"str": str, "int": int, "bool": bool, "float": (int, float), "datetime": datetime}
ODD = ["", "\x00", "\ud800", "\r\n", "9" * 400, "1e999", "-1"]


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload, as a path of keys."""
    if path:
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def values(*odd: str) -> st.SearchStrategy[Any]:
    """Anything that JSON can say; `odd` are words that the platform gives a meaning."""
    scalars = (
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*ODD, *odd])
    )
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    )


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[Any], *odd: str) -> Any:
    """One of `seeds` with one to three values replaced."""
    payload = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 3))):
        *parents, last = draw(st.sampled_from(list(places(payload))))
        target = payload
        for key in parents:
            target = target[key]
        target[last] = draw(values(*odd))
    return payload


def storable(event: Event) -> None:
    """Assert that a database can hold all of `event`: each field of its own type, text without what
    PostgreSQL refuses, numbers that are some, a time with its zone."""
    assert isinstance(event, Event), event
    _check(event, type(event).__name__)


def _check(value: Any, where: str) -> None:
    if isinstance(value, str):
        assert not UNSTORABLE.search(value), where
    elif isinstance(value, datetime):
        assert value.tzinfo is not None, where
    elif isinstance(value, float):
        assert isfinite(value), where
    elif is_dataclass(value):
        for each in fields(value):
            inner = getattr(value, each.name)
            expected = TYPES.get(str(each.type))
            assert expected is None or isinstance(inner, expected), f"{where}.{each.name}: {inner!r}"
            _check(inner, f"{where}.{each.name}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check(key, where)
            _check(inner, f"{where}[{key!r}]")
    elif isinstance(value, list | tuple | frozenset):
        for inner in value:
            _check(inner, where)
    else:
        assert value is None or isinstance(value, int), f"{where}: {value!r}"
