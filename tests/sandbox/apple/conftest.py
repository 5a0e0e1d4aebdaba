"""A business on the simulated gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.core import tenancy
from apps.sandbox import accounts, phones, threads
from apps.sandbox.apple import hand
from tests.sandbox.apple.msp import Msp
from tests.worlds import World


@pytest.fixture
def msp(world: World) -> Iterator[Msp]:
    """An account with a customer who has written."""
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account("apple_messages")
        thread = threads.locked(phones.thread_of(phones.new_phone(locale="fr-FR"), account).pk)
        thread.tag, thread.group = "adsl", "fibre"
        hand.say(thread, "Bonjour")
        yield Msp(account, thread)
