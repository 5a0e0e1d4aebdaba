"""The numbers of the queue over every tenant, asked of the database when somebody looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections

from apps.core import tenancy

LATE = 30.0  # seconds; wake-ups come every two


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits although it is due, and the age of its oldest row in seconds."""

    name: str
    rows: int
    oldest_seconds: float

    @property
    def late(self) -> bool:
        return self.oldest_seconds > LATE


@dataclass(frozen=True, slots=True)
class Figure:
    """`kind` is a platform or a retry class, `state` a further division; "" where there is none."""

    name: str
    kind: str
    state: str
    value: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often sends on a platform ended in one way. `outcome` is "sent", a SendError or "LeaseExpired"."""

    platform: str
    outcome: str
    times: int


def queues() -> list[Queue]:
    return [Queue(*row) for row in _ask("SELECT queue, rows, oldest_seconds FROM queue_ages()")]


def figures() -> list[Figure]:
    return [Figure(*row) for row in _ask("SELECT figure, kind, state, value FROM queue_figures()")]


def outcomes(seconds: int) -> list[Outcome]:
    """Of the sends that ended within the last `seconds`, the most frequent first."""
    rows = _ask("SELECT platform, outcome, times FROM queue_outcomes(%s) ORDER BY times DESC, 1, 2", seconds)
    return [Outcome(*row) for row in rows]


def _ask(query: str, *values: int) -> list[Any]:
    """As whichever role the caller has; both may call the functions."""
    alias = tenancy.OPERATOR if tenancy.is_operator() else "default"
    with connections[alias].cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())
