"""Services of different sizes side by side: a database each, and a business of the same kind in every one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from apps.connections.models import Channel
from apps.core import tenancy
from apps.core.running.template import copy_template, on
from benchmarks.harness import business
from benchmarks.harness.machine import Machine
from benchmarks.harness.seeding import SUPERUSER, Filled, fill


@dataclass(frozen=True, slots=True)
class Size:
    tenants: int
    messages: int  # of the first tenant, with a tenth as many conversations


class Service:
    """A seeded service in a database of its own; `channel` is a Telegram bot of its first tenant."""

    def __init__(self, machine: Machine, size: Size) -> None:
        self.size = size
        name = f"bench_{size.tenants}_{size.messages}"
        self.url = on(machine.postgres.url, name)
        copy_template(machine.postgres.url, name)
        self.filled = _fill(self.url, size)
        self._connection = _wrapper(name)
        with self.used():
            self.channel = business.telegram(self.filled.tenant())
            with tenancy.scope(self.filled.tenant()):
                self.channel = Channel.objects.get(pk=self.channel.pk)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Let the product's code work on this database."""
        before = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._connection
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = before

    def by_hand(self, statement: str) -> None:
        """One statement past row security."""
        with psycopg.connect(self.url, user=SUPERUSER, autocommit=True) as login:
            login.execute(statement.encode())

    def drop(self, machine: Machine) -> None:
        self._connection.close()
        with psycopg.connect(machine.postgres.url, user=SUPERUSER, autocommit=True) as login:
            login.execute(
                f"DROP DATABASE bench_{self.size.tenants}_{self.size.messages} WITH (FORCE)".encode()
            )


def _fill(url: str, size: Size) -> Filled:
    return fill(
        url,
        tenants=size.tenants,
        conversations=size.messages // 10,
        messages=size.messages,
        small_conversations=4,
        small_messages=20,
        long=min(2_000, size.messages // 10),
    )


def _wrapper(name: str) -> BaseDatabaseWrapper:
    """The product's connection, to another database."""
    settings = {**copy.deepcopy(connections[DEFAULT_DB_ALIAS].settings_dict), "NAME": name}
    wrapper: BaseDatabaseWrapper = load_backend(settings["ENGINE"]).DatabaseWrapper(
        settings, DEFAULT_DB_ALIAS
    )
    return wrapper
