"""The questions that are asked all day read no large table from end to end, whatever a tenant has.

Sixty thousand messages of one tenant among fifty and the planner as it is; PostgreSQL's own counters tell
what was read, inside functions too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from apps.connections.models import Channel
from apps.console import timeline
from apps.console.pushed_rows import rows_by_id
from apps.console.rail import rail_for
from apps.console.rows import list_rows
from apps.conversations import due, queries, queued_rows, search, stream
from apps.conversations.arrivals import Arrival
from apps.conversations.models import AuthorKind, Conversation
from apps.conversations.portion import STEPS
from apps.conversations.queries import View, Viewer
from apps.conversations.receive import receive_all
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.tenants.models import Membership
from benchmarks.harness.seeding import Filled, fill, named
from config.settings import PLANNED_AFTER
from tests.conftest import empty_database
from tests.worlds import said

LARGE = 5_000  # rows; a smaller table the planner rightly reads at once
LONGEST = named("conversation", 0, 6_000)  # with two thousand messages
OWNER, AGENT = 1, 3  # places of Filled.membership
Asked = Callable[[Membership, Viewer], object]

READ = """
SELECT s.relname, s.seq_scan FROM pg_stat_xact_user_tables s JOIN pg_class c ON c.oid = s.relid
 WHERE c.reltuples >= %s
"""
# What looks across tenants, as the workers ask it.
QUEUES = {
    "queue_claim_deliveries": (uuid4(), 100, 64),
    "queue_expired_deliveries": (500,),
    "queue_claim_attachments": (50,),
    "queue_webhook_tenants": (50,),
}

pytestmark = pytest.mark.skipif(
    "TEST_DATABASE_URL" in os.environ, reason="fills the embedded server past row security"
)


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: object) -> Iterator[Filled]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield fill(os.environ["DATABASE_URL"], tenants=50, conversations=6_000, messages=60_000)
        for each in connections.all():
            each.close()
        empty_database()


def in_view(view: View) -> Asked:
    return lambda reader, viewer: list_rows(queries.in_view(view, viewer), reader)


def in_team(reader: Membership, viewer: Viewer) -> object:
    return list_rows(queries.in_view(View.ALL, viewer, team_id=named("team", 0, 2)), reader)


def found(words: str) -> Asked:
    return lambda reader, viewer: list_rows(search.conversations(words, viewer, limit=101), reader)


def thread(reader: Membership, viewer: Viewer) -> object:
    rows = Conversation.objects.select_related("contact", "address", "channel")
    return timeline.latest(rows.get(pk=LONGEST), "t0", before=1_000)


QUESTIONS: dict[str, Asked] = {
    **{f"list-{view}": in_view(view) for view in View},
    "list-team": in_team,
    "rail": lambda reader, viewer: rail_for(viewer),
    "thread": thread,
    "search-frequent": found("bonjour"),
    "search-rare": found("Bachelzo"),
    "search-name": found("Zoé Lefèvre"),
    "search-tag": found("sav"),
    "stream": lambda reader, viewer: stream.after(stream.head() - 500),
}


@pytest.mark.parametrize("place", [OWNER, AGENT])
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_large_table_is_read_from_end_to_end(filled: Filled, question: str, place: int) -> None:
    with tenancy.scope(filled.tenant()):
        reader = Membership.objects.select_related("user").get(pk=filled.membership(place))
        viewer = queries.viewer_of(reader)
        before = scans()
        answer = QUESTIONS[question](reader, viewer)
        assert scans() - before == Counter()
    assert answer is not None


def test_such_a_reading_is_noticed(filled: Filled) -> None:
    with tenancy.scope(filled.tenant()):
        before = scans()
        assert list(Conversation.objects.order_by("preview")[:1])
        assert scans() - before == Counter(["conversations_conversation"])


@pytest.mark.parametrize("function", QUEUES)
def test_no_queue_reads_a_large_table_from_end_to_end(filled: Filled, function: str) -> None:
    places = ", ".join(["%s"] * len(QUEUES[function]))
    with transaction.atomic(), connection.cursor() as cursor:
        before = scans()
        cursor.execute(f"SELECT * FROM {function}({places})", QUEUES[function])
        assert cursor.fetchall() == []
        assert scans() - before == Counter()


def test_a_large_tenant_is_asked_as_often_as_a_small_one(filled: Filled) -> None:
    asked = [_questions(filled, number) for number in (0, 1)]
    assert asked[0] == asked[1]
    assert max(asked[0].values()) <= 8


def scans() -> Counter[str]:
    """How often the connection has read each large table from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [LARGE])
        return Counter(dict(cursor.fetchall()))


def _questions(filled: Filled, number: int) -> dict[str, int]:
    counted = {}
    with tenancy.scope(filled.tenant(number)):
        reader = Membership.objects.select_related("user").get(pk=filled.membership(AGENT, number))
        viewer = queries.viewer_of(reader)
        for name in ("list-all", "list-closed", "rail", "search-frequent"):
            with CaptureQueriesContext(connection) as asked:
                QUESTIONS[name](reader, viewer)
            counted[name] = len(asked)
    return counted


class _Undone(Exception):
    """Takes back what a test wrote."""


def pushed(filled: Filled) -> object:
    return rows_by_id([filled.last_conversation(), LONGEST])


def heard(filled: Filled) -> object:
    """A known customer goes on, and somebody new begins."""
    channel = Channel.objects.get(pk=filled.channel())
    address = Conversation.objects.select_related("address").get(pk=filled.last_conversation()).address
    known = said("Toujours rien", to=channel.address, address=address.value)
    return receive_all([Arrival(channel, known), Arrival(channel, said("Bonjour", to=channel.address))])


def replied(filled: Filled) -> object:
    """What is said is read again as the worker that sends it does. They have left until they write again."""
    heard(filled)
    by = Author(kind=AuthorKind.PROGRAM, name="till")
    message = send_message(filled.last_conversation(), by, Draft(text="Voici"), client_id=uuid4())
    return queued_rows.read([delivery.pk for delivery in message.deliveries.all()])


# Every statement of `core.planned` is in one of these.
ON_THE_WAY: dict[str, Callable[[Filled], object]] = {
    "pushed rows": pushed,
    "what comes in": heard,
    "what we say": replied,
    "the log": lambda filled: stream.after(stream.head() - 10, limit=20),
    "due webhooks": lambda filled: [due.read({}, STEPS[-1])],
}


@pytest.mark.parametrize("step", ON_THE_WAY)
def test_a_plan_that_is_kept_reads_no_large_table_from_end_to_end(filled: Filled, step: str) -> None:
    """Kept from the fourth time on; from the ninth without regard to its parameters, unless that costs more
    (the log's)."""
    walk(filled, step)


def walk(filled: Filled, step: str) -> None:
    """Again and again, until plans are kept; nothing of it stays."""
    with suppress(_Undone), tenancy.scope(filled.tenant()):
        for _ in range(PLANNED_AFTER + 8):
            before = scans()
            assert ON_THE_WAY[step](filled)
            assert scans() - before == Counter()
        assert kept()
        raise _Undone


def kept() -> list[str]:
    """The statements whose plans the connection keeps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]
