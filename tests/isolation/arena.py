"""Two tenants with the same data, an attacker who owns one of them, and shots at the other.

A shot is one request in a transaction that is rolled back, so that each starts from the same state and the
answers to a victim's id and to one that never was can be compared. After a shot that wrote anything, every
row of the victim is compared with before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import translation

from apps.api.caller import PerToken
from apps.core import tenancy
from apps.widget.limits import buckets
from apps.widget.views import events
from tests.isolation.ask import Answer, Ask, Shelf, send
from tests.isolation.catalogue import tenant_tables
from tests.isolation.inventory import Inventory, inventory, told_of
from tests.isolation.rich import Keys, enrich
from tests.people import confirmed, typed_in
from tests.worlds import PASSWORD, Side, World, make_world

HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")
OWN_SESSION = ("django_session", "usersessions_usersession")


@dataclass
class Arena:
    world: World
    attacker: Side
    victim: Side
    own_keys: Keys
    their_keys: Keys
    own: Inventory
    theirs: Inventory
    told: frozenset[str]
    shelf: Shelf
    client: Client
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    reached: dict[str, dict[str, str]] = field(default_factory=dict)  # own values for a route's parameters

    def __post_init__(self) -> None:
        tables = sorted(tenant_tables())
        sums = [f"(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t)"
                for name in tables]  # fmt: skip
        self._state = f"SELECT concat_ws(',', {', '.join(sums)})"
        self.before = self.state()

    def state(self) -> str:
        """Changes with any row of any table of the victim."""
        with tenancy.scope(self.victim.id), connection.cursor() as cursor:
            cursor.execute(self._state)
            found: str = cursor.fetchone()[0]
            return found

    def shoot(self, ask: Ask, client: Client | None = None) -> Shot:
        """One request, its traces and its undoing."""
        buckets.clear()
        PerToken.cache.clear()
        wrote: list[str] = []
        with transaction.atomic():
            with connection.execute_wrapper(_noting(wrote)):
                shooter = client or self.client
                shooter.raise_request_exception = False
                cookies = copy(shooter.cookies)
                answer = send(shooter, ask)
                shooter.cookies = cookies
            moved = bool(wrote) and self.state() != self.before
            transaction.set_rollback(True)
        translation.deactivate()
        self.shelf.restore()
        return Shot(answer, moved)

    def leaks(self, answer: Answer, sent: str) -> list[str]:
        """The victim's words in an answer, those that were sent along excepted."""
        text = answer.text + repr(answer.headers)
        return [word for word in self.told if word in text and word not in sent]


@dataclass(frozen=True)
class Shot:
    answer: Answer
    moved: bool


@contextmanager
def arena() -> Iterator[Arena]:
    """Filante attacked by Garance's owner. The database is the caller's to empty."""
    with _quick(), mock.patch("apps.sandbox.delivery.wake"), mock.patch.object(events, "WAIT_SECONDS", 0.01):
        buckets.clear()
        world = make_world()
        victim, attacker = world.filante, world.garance
        their_keys, own_keys = enrich(victim, "oscar"), enrich(attacker, "olga")
        own, theirs = inventory(attacker), inventory(victim)
        client = confirmed(typed_in(attacker.owner))
        client.raise_request_exception = False
        with transaction.atomic():
            yield Arena(
                world, attacker, victim, own_keys, their_keys, own, theirs,
                told_of(theirs, own), Shelf(), client,
            )  # fmt: skip
            transaction.set_rollback(True)


@contextmanager
def _quick() -> Iterator[None]:
    """Passwords hashed in no time: hundreds of wrong ones are tried."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        hashed = make_password(PASSWORD)
        with mock.patch("tests.worlds._hashed", lambda: hashed):
            yield


def _noting(wrote: list[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        harmless = sql.startswith(HARMLESS) and "queue_" not in sql
        if not harmless and not any(table in sql for table in OWN_SESSION):
            wrote.append(sql)
        return execute(sql, params, many, context)

    return note
