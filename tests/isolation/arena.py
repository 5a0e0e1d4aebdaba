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
from apps.sandbox import delivery
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
    forms: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)
    reached: dict[str, dict[str, str]] = field(default_factory=dict)  # own values for a route's parameters

    def __post_init__(self) -> None:
        self._tables = sorted(tenant_tables())
        sums = [f"(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t)"
                for name in self._tables]  # fmt: skip
        self._state = f"SELECT {', '.join(sums)}"
        self.before = self.state()

    def state(self) -> dict[str, str]:
        """A sum by table that changes with any row of the victim."""
        with tenancy.scope(self.victim.id), connection.cursor() as cursor:
            cursor.execute(self._state)
            return dict(zip(self._tables, cursor.fetchone(), strict=True))

    def shoot(self, ask: Ask, client: Client | None = None) -> Shot:
        """One request, its traces and its undoing.

        What a shot writes is undone with it: rows that are still different afterwards were committed by
        another connection (a thread that an earlier test left behind), so the shot is made once more from
        the rows as they are now.
        """
        shot = self._shoot(ask, client)
        if not shot.moved or (now := self.state()) == self.before:
            return shot
        self.before = now
        return self._shoot(ask, client)

    def _shoot(self, ask: Ask, client: Client | None) -> Shot:
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
            moved = self._moved() if wrote else ()
            transaction.set_rollback(True)
        translation.deactivate()
        self.shelf.restore()
        return Shot(answer, moved)

    def _moved(self) -> tuple[str, ...]:
        now = self.state()
        return tuple(table for table in self._tables if now[table] != self.before[table])

    def leaks(self, answer: Answer, sent: str) -> list[str]:
        """The victim's words in an answer, those that were sent along excepted."""
        text = answer.text + repr(answer.headers)
        return [word for word in self.told if word in text and word not in sent]


@dataclass(frozen=True)
class Shot:
    answer: Answer
    moved: tuple[str, ...]  # the victim's tables whose rows are others than before


@contextmanager
def arena() -> Iterator[Arena]:
    """Filante attacked by Garance's owner. The database is the caller's to empty."""
    with _quick(), _nothing_posted(), mock.patch.object(events, "WAIT_SECONDS", 0.01):
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
def _nothing_posted() -> Iterator[None]:
    """No simulated platform posts: neither for these rows nor in a thread that an earlier test woke, which
    would find them too and note its attempts in them."""
    with mock.patch.object(delivery, "wake"), mock.patch.object(delivery, "drain", lambda: None):
        if thread := delivery._loop._thread:
            thread.join()
        yield


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
