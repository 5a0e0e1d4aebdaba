"""What every platform makes of a stranger's request."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platforms import registry
from apps.platforms.base import BadSignature, Malformed
from apps.platforms.events import Event
from tests.platforms.contract.every import KIND_OF_PLATFORM, request
from tests.platforms.samples import SAMPLES


@KIND_OF_PLATFORM
@pytest.mark.parametrize("creds", ["with", "without"])
def test_a_stranger_is_not_the_platform(slug: str, creds: str) -> None:
    known = SAMPLES[slug].creds if creds == "with" else {}
    for stranger in [request(), request(b"{}"), request(b"{}", authorization="Bearer x", id="1")]:
        with pytest.raises(BadSignature):
            registry.get(slug).verify(stranger, known)


BODIES = st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
).map(lambda data: json.dumps(data).encode())


@KIND_OF_PLATFORM
@given(body=BODIES)
def test_a_body_is_understood_or_malformed(slug: str, body: bytes) -> None:
    platform = registry.get(slug)
    asked: list[Callable[[], object]] = [
        lambda: platform.parse(request(body), SAMPLES[slug].creds),
        lambda: platform.dedup_key(request(body)),
    ]
    for ask in asked:
        try:
            answer = ask()
        except Malformed:
            continue
        assert isinstance(answer, str) or [e for e in answer if not isinstance(e, Event)] == []  # type: ignore[attr-defined]


@KIND_OF_PLATFORM
@given(body=BODIES)
def test_recipients_and_handshakes_never_fail(slug: str, body: bytes) -> None:
    platform = registry.get(slug)
    assert [name for name in platform.recipients(request(body)) if not isinstance(name, str)] == []
    assert platform.answer(request(body), SAMPLES[slug].creds) is None
