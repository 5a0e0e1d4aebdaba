"""Whatever comes, `parse` answers with events that a database can hold, or with Malformed."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import BadSignature, Inbound, Malformed

from .payloads import BID, CREDS, NOW, attachment, envelope, interactive, request

PLATFORM = AppleMessages(clock=lambda: NOW)
PICKED = {"sections": [{"title": "A", "items": [{"identifier": "p", "title": "P"}]}]}
PAGE = {"title": "Topic", "items": [{"identifier": "t", "title": "T", "value": "v"}]}
SEEDS = [
    envelope(body="Hi \ufffc", locale="en_GB", intent="a", group="b", attachments=[attachment()]),
    envelope(body="Liked “Hi”", replyToMessageId="x"),
    envelope("typing_start", intent="a"),
    envelope("close", referenceIds=["r"]),
    envelope("interactive", interactiveData=interactive({"listPicker": PICKED})),
    envelope("interactive", interactiveDataRef=attachment(bid=BID, title="t")),
    envelope(
        "interactive",
        interactiveData=interactive(
            {"quick-reply": {"selectedIndex": 0, "selectedIdentifier": "p", "items": [{"identifier": "p"}]}}
        ),
    ),
    envelope("interactive", interactiveData=interactive({"dynamic": {"selections": [PAGE], "data": {}}})),
    envelope("interactive", interactiveData=interactive({"event": {"timeslots": [{"startTime": "x"}]}})),
    envelope("interactive", interactiveData=interactive({"notification": {"displayContent": {}}})),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["", "\x00", "\ud800", "\r\n", "9" * 400, "00" + "f" * 64, "text", "interactive"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(data, path=()):
    """Every place in a payload, as a path of keys."""
    if path:
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from places(value, (*path, key))


@st.composite
def mutated(draw):
    """A documented payload with one to three values replaced by anything."""
    payload = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        *parents, last = draw(st.sampled_from(list(places(payload))))
        target = payload
        for key in parents:
            target = target[key]
        target[last] = draw(VALUES)
    return payload


def check_events(made: Inbound) -> None:
    try:
        events = PLATFORM.parse(made, CREDS)
    except Malformed:
        return
    assert events
    for event in events:
        stored = json.dumps(asdict(event), default=str, ensure_ascii=False)
        assert "\\u0000" not in stored
        stored.encode()


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(payload=mutated())
def test_mutated_payloads(payload):
    check_events(request(payload))


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200), gzipped=st.booleans())
def test_any_bytes(body, gzipped):
    headers = {"content-encoding": "gzip" if gzipped else None}
    check_events(request(headers=headers, body=body))


@settings(max_examples=200, deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(["authorization", "device-agent", "capability-list", "capabilities", "id"]),
        st.text(max_size=60)
        | st.sampled_from(["Bearer a.b.c", "Bearer ..", "Bearer e30.e30.", "%2C%", "Bearer é"]),
    )
)
def test_any_headers(headers):
    made = request(headers=headers)
    check_events(made)
    try:
        PLATFORM.verify(made, CREDS)
    except (BadSignature, Malformed):
        return
    assert "authorization" not in headers and "id" not in headers
