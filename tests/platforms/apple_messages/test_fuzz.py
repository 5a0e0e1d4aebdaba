"""Whatever comes, `parse` answers with events that a database can hold, or with Malformed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import BadSignature, Inbound, Malformed
from tests.platforms.mutations import mutated, storable

from .payloads import BID, CREDS, NOW, attachment, envelope, interactive, request

PLATFORM = AppleMessages(clock=lambda: NOW)
PICKED = {"sections": [{"title": "A", "items": [{"identifier": "p", "title": "P"}]}]}
TOPIC = {"identifier": "t", "title": "T", "value": "v", "type": "select"}
DAY = {"value": "11/23/2026", "type": "datePicker"}
PAGE = {"pageIdentifier": "topic", "title": "Topic", "items": [TOPIC, DAY]}
SLOT = {"identifier": "s", "startTime": "2026-11-21T10:00+0000", "duration": 900}
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
    envelope("interactive", interactiveData=interactive({"event": {"title": "T", "timeslots": [SLOT]}})),
    envelope("interactive", interactiveData=interactive({"notification": {"displayContent": {}}})),
]
ODD = ("00" + "f" * 64, "text", "interactive", "0001-01-01T00:00+2359", "9999-12-31T23:59-2359")


def check_events(made: Inbound) -> None:
    try:
        events = PLATFORM.parse(made, CREDS)
    except Malformed:
        return
    assert events
    for event in events:
        storable(event)


@settings(max_examples=200)
@given(payload=mutated(SEEDS, *ODD))
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
