"""A sender that was stopped for longer than its lease begins nothing when it wakes (I3)."""

from __future__ import annotations

import pytest

from apps.conversations import deliver
from tests.conversations.test_deliver import Postbox, postbox, queue
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
