"""Whether RCS reaches a phone: asked ahead, remembered, asked again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import BadCredentials, OutOfReach, SendError, Throttled, Unreachable
from apps.platforms.rcs import reach
from apps.platforms.rcs.adapter import PLATFORM
from tests.platforms.rcs.outgoings import FEATURES, MESSAGES, TEXT, creds, refusal
from tests.platforms.rest import Server

from . import envelopes
from .envelopes import AGENT, CUSTOMER, OURS


async def test_a_phone_is_asked_ahead_and_not_before_each_message(google: Server, http: HttpDoor) -> None:
    for _ in range(3):
        await PLATFORM.send(TEXT, creds(google), http)
    asked = [f"{call.method} {call.path}" for call in google.calls if call.path != "/token"]
    assert asked == [FEATURES, MESSAGES, MESSAGES, MESSAGES]
    (call,) = google.asked(FEATURES)
    assert call.query["agentId"] == AGENT and UUID(call.query["requestId"])


async def test_who_has_no_rcs_is_not_written_to(google: Server, http: HttpDoor) -> None:
    google.refuse(FEATURES, 404, refusal(404))
    for _ in range(2):
        with pytest.raises(OutOfReach) as told:
            await PLATFORM.send(TEXT, creds(google), http)
        assert told.value.code == "not_rcs"
    assert (len(google.asked(FEATURES)), google.asked(MESSAGES)) == (2, [])


async def test_what_may_have_arrived_goes_no_other_way(google: Server, http: HttpDoor) -> None:
    """By SMS it would be there twice: the message itself is tried again, under its id."""
    google.refuse(FEATURES, 404, refusal(404))
    assert await PLATFORM.send(replace(TEXT, doubted=5), creds(google), http) == OURS


async def test_a_message_that_is_refused_has_the_phone_asked_again(google: Server, http: HttpDoor) -> None:
    await PLATFORM.send(TEXT, creds(google), http)
    google.refuse(MESSAGES, 404, refusal(404))
    with pytest.raises(OutOfReach):
        await PLATFORM.send(TEXT, creds(google), http)
    google.answers[MESSAGES] = {"name": "x"}
    await PLATFORM.send(TEXT, creds(google), http)
    assert len(google.asked(FEATURES)) == 2


async def test_a_phone_is_asked_again_after_an_hour(google: Server, http: HttpDoor) -> None:
    now = [0.0]
    phones = reach.Phones(clock=lambda: now[0])
    for at, asked in [(0.0, 1), (3599.0, 1), (3600.0, 2)]:
        now[0] = at
        assert "RICHCARD_CAROUSEL" in await phones.features(CUSTOMER, creds(google), http)
        assert len(google.asked(FEATURES)) == asked


def test_only_so_many_phones_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "MOST", 1)
    phones = reach.Phones()

    async def ask(to: str, *_: Any) -> frozenset[str]:
        asked.append(to)
        return frozenset()

    asked: list[str] = []
    monkeypatch.setattr(reach, "ask", ask)
    for to in (CUSTOMER, CUSTOMER, "+33600000002", CUSTOMER):
        asyncio.run(phones.features(to, envelopes.creds(), None))  # type: ignore[arg-type]
    assert asked == [CUSTOMER, "+33600000002", CUSTOMER]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, BadCredentials), (403, BadCredentials), (429, Throttled), (503, Unreachable)],
)
async def test_nothing_was_sent_when_nobody_could_be_asked(
    status: int, expected: type[SendError], google: Server, http: HttpDoor
) -> None:
    google.refuse(FEATURES, status, refusal(status))
    with pytest.raises(expected) as told:
        await PLATFORM.send(TEXT, creds(google), http)
    assert (type(told.value), google.asked(MESSAGES)) == (expected, [])
