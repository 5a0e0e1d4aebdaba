"""Requests that are Meta's, repeated, broken or changed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings

from apps.platforms.base import BadSignature, Malformed
from apps.platforms.messenger.adapter import PLATFORM
from apps.platforms.shared import signatures
from tests.platforms.messenger.test_control import ROWS as CONTROL
from tests.platforms.messenger.test_messages import ROWS as MESSAGES
from tests.platforms.messenger.test_receipts import ROWS as RECEIPTS
from tests.platforms.messenger.webhooks import CREDS, PAGE, body, item, message, request
from tests.platforms.mutations import mutated, storable

ALL = {**MESSAGES, **RECEIPTS, **CONTROL}


def test_a_repetition_is_the_same_event() -> None:
    data = body(message(text="x"), message(text="x"))
    refs = [event.ref for event in PLATFORM.parse(request(data), CREDS)]
    assert refs == ["m_1", "m_1"]
    assert PLATFORM.dedup_key(request(data)) == PLATFORM.dedup_key(request(copy.deepcopy(data)))
    assert PLATFORM.dedup_key(request(data)) != PLATFORM.dedup_key(request(body(message(text="y"))))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"object": "instagram", "entry": []},
        {"object": "page"},
        {"object": "page", "entry": [1]},
        {"object": "page", "entry": [{"messaging": []}]},
        body({"message": {"mid": "m"}, "sender": 1, "recipient": {"id": PAGE}}),
        body({**message(text="x"), "timestamp": "soon"}),
        body({**message(text="x"), "timestamp": 10**40}),
        body(item(read={})),
    ],
)
def test_what_cannot_be_read_is_malformed(data: Any) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(data), CREDS)


SEEDS = [*[body(row) for row, _events in ALL.values()], body(message(text="x"), key="standby")]


@settings(max_examples=200, deadline=None)
@given(payload=mutated(SEEDS, "like_heart", "location", "1e999", PAGE))
def test_mutated_webhooks_are_understood_or_malformed(payload: Any) -> None:
    made = request(payload)
    assert all(isinstance(each, str) for each in PLATFORM.recipients(made))
    try:
        events = PLATFORM.parse(made, CREDS)
    except Malformed:
        return
    for event in events:
        storable(event)


def test_only_metas_own_requests_are_taken() -> None:
    raw = request(body(message(text="x")))
    signature = "sha256=" + signatures.sign(CREDS["app_secret"], raw.body)
    signed = type(raw)(
        method="POST", path="/", query={}, headers={"x-hub-signature-256": signature}, body=raw.body
    )
    PLATFORM.verify(signed, CREDS)
    with pytest.raises(BadSignature):
        PLATFORM.verify(signed, {**CREDS, "app_secret": "other"})


def test_the_signature_is_what_another_library_makes_it() -> None:
    from pywa.utils import webhook_updates_validator

    raw = json.dumps(body(message(text="é"))).encode()
    header = "sha256=" + signatures.sign(CREDS["app_secret"], raw)
    assert webhook_updates_validator(CREDS["app_secret"], raw, header)
