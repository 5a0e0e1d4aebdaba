"""What is no event, and payloads that were changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from apps.platforms.base import Malformed
from apps.platforms.slack.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable
from tests.platforms.slack.happened import change
from tests.platforms.slack.payloads import (
    CREDS,
    DIRECT,
    MESSAGE,
    TAP,
    TEAM,
    TS,
    event,
    form,
    parsed,
    raw,
    request,
    said,
)
from tests.platforms.slack.test_events import OTHERS
from tests.platforms.slack.test_messages import MESSAGES
from tests.platforms.slack.test_taps import ROW

BROKEN = [
    said(ts=1355517523.000005),
    said(ts="1355517523"),
    said(ts="soon.1"),
    event({k: v for k, v in MESSAGE.items() if k != "channel"}),
    change("message_changed", message=None),
    {**TAP, "actions": 7},
    {**TAP, "user": None},
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_no_event_is_malformed(data: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parsed(data)


@pytest.mark.parametrize("body", [b"payload", b"a=b", b"payload=x", b"payload=%7B", b"\xff", b"payload=[]"])
def test_a_form_without_a_payload_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(raw(body, **{"content-type": "application/x-www-form-urlencoded"}), CREDS)


SEEDS = [
    *(data for data, _ in MESSAGES.values()),
    *(data for data, _ in OTHERS.values()),
    TAP,
    {**TAP, "actions": [{"type": "multi_static_select", "selected_options": [ROW], "action_ts": TS}]},
]


@given(payload=mutated(SEEDS, TS, DIRECT, "im", "message_changed", "block_actions", TEAM))
def test_a_changed_payload_is_understood_or_malformed(payload: Any) -> None:
    for made in (request(payload), form(payload)):
        for ask in (PLATFORM.parse, lambda r, _: PLATFORM.dedup_key(r), lambda r, _: PLATFORM.recipients(r)):
            try:
                found = ask(made, CREDS)
            except Malformed:
                continue
            assert isinstance(found, str | list | tuple)
            for one in found if ask == PLATFORM.parse else ():
                storable(one)
