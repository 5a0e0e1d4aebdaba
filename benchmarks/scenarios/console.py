"""The console's lists, thread, counts and search in a tenant of a million messages, beside SQL by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import psycopg

from benchmarks.harness.machine import Machine
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import interleaved, percentile
from benchmarks.harness.seeding import SUPERUSER, Filled, fill, named
from benchmarks.limits.by_hand import QUERIES

TITLE = "list, thread, counts, search at a million messages, 100,000 conversations, 200 tenants"
SIZES = {False: (100_000, 1_000_000), True: (1_000, 10_000)}
TIMES = 40  # in a round
READER = 3  # a place of Filled.membership
WORDS = (
    *("bonjour", "hello", "facture", "ma commande", "l’été", "Noël", "remb", "parcel twice", "Lefèvre"),
    *("Bachelzo", "dévaugar", "zzqq", "12345", "n° 70021", "sav", "internet maison", "garantie", "resume"),
)


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    conversations, messages = SIZES[quick]
    filled = fill(machine.database_url, conversations=conversations, messages=messages, traffic=False)
    times = 3 if quick else TIMES
    with psycopg.connect(machine.database_url, user=SUPERUSER, autocommit=True) as hand:
        rows = [_beside(hand, filled, name, times, rounds) for name in QUERIES]
    return [*rows, _search(filled, rounds)]


def statements(filled: Filled, number: int = 0) -> dict[str, list[str]]:
    """What our code asks of the database, as it asked it a moment ago: SQL by name of QUERIES."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from apps.core import tenancy

    with tenancy.scope(filled.tenant(number)):
        found = {}
        for name, ask in _asks(filled, number).items():
            with CaptureQueriesContext(connection) as asked:
                ask()
            found[name] = [query["sql"] for query in asked.captured_queries]
        return found


def _asks(filled: Filled, number: int) -> dict[str, Callable[[], object]]:
    """By name of QUERIES, our code. Needs the tenant's scope."""
    from apps.console.rows import list_rows
    from apps.console.turns import messages_with_parts
    from apps.conversations import queries

    reader, viewer = who(filled, number)
    views = {name: queries.in_view(name, viewer) for name in ("all", "mine", "unassigned", "closed")}
    views["team"] = queries.in_view("all", viewer, team_id=named("team", number, 2))
    asks: dict[str, Callable[[], object]] = {
        f"list, {name}": partial(list_rows, rows, reader) for name, rows in views.items()
    }
    thread = messages_with_parts().filter(conversation=_conversation(filled, number))
    return {**asks, "thread": partial(list, thread.order_by("-seq")[:51]), "counts": queries.groups}


def who(filled: Filled, number: int = 0) -> tuple[Any, Any]:
    """Who has conversations, and sees everything, as the database's owner does. Needs the tenant's scope."""
    from apps.conversations.queries import Viewer
    from apps.tenants.models import Membership, Role

    reader = Membership.objects.select_related("user").get(pk=filled.membership(READER, number))
    return reader, Viewer(reader.pk, Role.SUPERVISOR, frozenset())


def milliseconds(times: int, ask: Callable[[], object]) -> float:
    """The median of `times` calls."""
    return median(_timed(ask) for _ in range(times))


def ours(filled: Filled, asked: list[str], number: int = 0) -> Callable[[], object]:
    """Run in a scope of the tenant as the application's role, its opening and commit included."""
    from django.db import connection

    from apps.core import tenancy

    def ask() -> object:
        with tenancy.scope(filled.tenant(number)), connection.cursor() as cursor:
            return [_fetched(cursor, statement) for statement in asked]

    return ask


def _beside(hand: psycopg.Connection[Any], filled: Filled, name: str, times: int, rounds: int) -> Row:
    values = {
        "tenant": filled.tenant(),
        "member": filled.membership(READER),
        "team": named("team", 0, 2),
        "conversation": _conversation(filled, 0),
    }

    def by_hand() -> object:
        with hand.transaction():
            return [hand.execute(one.encode(), values, prepare=False).fetchall() for one in QUERIES[name]]

    sides = {
        "ours": partial(milliseconds, times, ours(filled, statements(filled)[name])),
        "limit": partial(milliseconds, times, by_hand),
    }
    taken = interleaved(sides, rounds)
    share = taken["ours"] / taken["limit"]
    goal, note = "≤ 1.3 × limit", f"{share:.2f} × by hand"
    return Row("console", name, "ms", taken["ours"], None, taken["limit"], goal, share <= 1.3, note)


def _search(filled: Filled, rounds: int) -> Row:
    from apps.conversations import search
    from apps.core import tenancy

    def ask(words: str) -> object:
        with tenancy.scope(filled.tenant()):
            return list(search.conversations(words, viewer, limit=101).values_list("pk"))

    with tenancy.scope(filled.tenant()):
        _, viewer = who(filled)
    taken = [_timed(partial(ask, words)) for _ in range(max(rounds, 3)) for words in WORDS]
    slow = percentile(taken, 0.95)
    note = f"median {median(taken):.1f}; {len(WORDS)} searches, from frequent words to none"
    return Row("console", "search, p95", "ms", slow, goal="≤ 50", reached=slow <= 50, note=note)


def _fetched(cursor: Any, statement: str) -> object:
    cursor.execute(statement)
    return cursor.fetchall()


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def _conversation(filled: Filled, number: int) -> Any:
    return filled.last_conversation(number)
