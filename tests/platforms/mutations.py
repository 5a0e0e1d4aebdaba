"""Documented payloads with some of their values replaced by anything, for every parser."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

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
