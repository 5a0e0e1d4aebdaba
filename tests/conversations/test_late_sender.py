"""A sender that was stopped for longer than its lease begins nothing when it wakes (I3)."""

from __future__ import annotations

import asyncio
import time

import pytest

from apps.conversations import deliver
from apps.core import latest
from apps.platforms import base
from tests.conversations.test_deliver import Postbox, postbox, posted_by, queue
from tests.worlds import World

__all__ = ["postbox"]


def test_what_was_claimed_too_long_ago_is_not_begun(
    committed_world: World, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(committed_world.filante, "one", "two")
    with monkeypatch.context() as patch:
        patch.setattr(deliver, "LEASE", -1.0)  # the lease was over before the call could begin
        assert deliver.drain(seconds=0.3) > 0
    assert postbox.got == []
    deliver.drain(seconds=5)
    assert postbox.got == ["one", "two"]


class Slow(Postbox):
    """Takes its time before the call that says something; `in_time` is whether that one may begin."""

    def __init__(self) -> None:
        super().__init__()
        self.in_time: list[bool] = []

    async def send(self, outgoing: base.Outgoing, creds: base.Credentials, http: object) -> str:
        await asyncio.sleep(0.6)
        self.in_time.append(not latest.passed())
        return await super().send(outgoing, creds, http)


@pytest.mark.parametrize(("heartbeat", "in_time"), [(0.1, True), (30.0, False)])
def test_a_call_may_begin_as_long_as_the_lease_is_renewed(
    committed_world: World, monkeypatch: pytest.MonkeyPatch, heartbeat: float, in_time: bool
) -> None:
    """A large upload comes before the message itself."""
    slow = posted_by(Slow(), monkeypatch)
    queue(committed_world.filante, "one")
    monkeypatch.setattr(deliver, "LEASE", 0.6)
    monkeypatch.setattr(deliver, "HEARTBEAT", heartbeat)
    deliver.drain(seconds=5)
    assert slow.in_time == [in_time]


class Asleep(Slow):
    """The whole process is stopped in the middle, heartbeats with it."""

    async def send(self, outgoing: base.Outgoing, creds: base.Credentials, http: object) -> str:
        time.sleep(0.6)
        await asyncio.sleep(0.1)  # the heart beats again
        self.in_time.append(not latest.passed())
        return await Postbox.send(self, outgoing, creds, http)


def test_who_was_stopped_longer_does_not_begin_after_the_next_heartbeat(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may have dealt with it meanwhile: that the heart beats again gives nothing back."""
    asleep = posted_by(Asleep(), monkeypatch)
    queue(committed_world.filante, "one")
    monkeypatch.setattr(deliver, "LEASE", 0.6)
    monkeypatch.setattr(deliver, "HEARTBEAT", 0.05)
    deliver.drain(seconds=5)
    assert asleep.in_time == [False]
