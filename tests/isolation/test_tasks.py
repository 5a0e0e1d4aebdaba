"""Every Celery task: it opens the scopes of what the queue holds, or is tried with another tenant's ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from apps.conversations import tasks
from apps.platforms import base, registry
from config.celery import app
from tests.worlds import Side, World

# Take no arguments: what they do comes from rows, each inside the scope of its own tenant.
GLOBAL = {
    "conversations.deliver",
    "conversations.fetch_media",
    "conversations.housekeeping",
    "conversations.receive",
    "conversations.sync_templates",
}
NAMES_A_TENANT = {"conversations.show_seen", "conversations.show_typing"}


class Lamp:
    """A platform that can only show typing and that we read, and remembers to whom."""

    slug = name = "lamp"
    credentials: ClassVar[Sequence[base.Credential]] = ()
    permissions: ClassVar[Sequence[str]] = ()
    stands_in_for: ClassVar[frozenset[str]] = frozenset()
    capabilities = base.Capabilities(text_limit=1000, media_limit=1000, typing_out=True, seen_out=True)

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def typing(self, to: str, *_: object) -> None:
        self.shown.append(to)

    async def seen(self, to: str, *_: object) -> None:
        self.shown.append(to)


@pytest.fixture
def lamp(monkeypatch: pytest.MonkeyPatch) -> Lamp:
    platform = Lamp()
    monkeypatch.setattr(registry, "get", lambda slug: platform)
    return platform


def ours() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_task_is_known() -> None:
    assert set(ours()) == GLOBAL | NAMES_A_TENANT


@pytest.mark.parametrize("name", sorted(GLOBAL))
def test_a_task_that_names_no_tenant_takes_nothing(name: str) -> None:
    assert ours()[name].run.__code__.co_argcount == 0


def test_typing_is_shown_in_ones_own_conversation_only(committed_world: World, lamp: Lamp) -> None:
    here, there = committed_world.filante, committed_world.garance
    _show(there, here)
    assert lamp.shown == []
    _show(here, here)
    assert len(lamp.shown) == 1


def test_seen_is_shown_in_ones_own_conversation_only(committed_world: World, lamp: Lamp) -> None:
    here, there = committed_world.filante, committed_world.garance
    tasks.show_seen_to_customer(str(there.id), str(here.conversation.pk))
    assert lamp.shown == []
    tasks.show_seen_to_customer(str(here.id), str(here.conversation.pk))
    assert len(lamp.shown) == 1


def _show(tenant: Side, owner_of_conversation: Side) -> None:
    tasks.show_typing_to_customer(str(tenant.id), str(owner_of_conversation.conversation.pk), True)
