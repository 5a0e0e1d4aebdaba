"""What an event costs with 200 pages open: one render per language and the same queries as with one page."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.console import fragments
from apps.console.fragments import Fragment
from apps.console.live import access
from apps.console.live.hub import Hub
from apps.console.live.seat import Seat
from apps.conversations import stream
from apps.conversations.models import StreamEvent
from apps.conversations.queries import Viewer, viewer_of
from apps.core import tenancy
from apps.core.ids import new_id
from apps.core.sockets.outbox import Outbox
from apps.tenants.models import Membership
from tests.console.live.page import customer_says
from tests.worlds import Side, World, signed_in

PAGES = 200


class Counting:
    """The real renderer, and how often it was asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def of_events(
        self, events: Sequence[StreamEvent], language: str, *, opened: Collection[UUID]
    ) -> list[Fragment]:
        self.asked[language] += 1
        return fragments.of_events(events, language, opened=opened)

    def personal(
        self, conversation_id: UUID, viewer: Viewer, membership: Membership, language: str
    ) -> list[Fragment]:
        self.asked["personal"] += 1
        return fragments.personal(conversation_id, viewer, membership, language)


@pytest.fixture
def side(world: World) -> Side:
    customer_says(world.filante, "Toujours rien")
    return world.filante


def test_a_batch_costs_one_render_per_language(side: Side) -> None:
    one, many = _queries(side, 1), _queries(side, PAGES)
    assert one[1] == {"en": 1}
    assert many[1] == {"en": 1, "fr": 1}
    assert many[0] - one[0] == _rendering(side)


def test_every_page_gets_its_frame(side: Side) -> None:
    hub, seats = _hub(side, PAGES)
    with tenancy.scope(side.id):
        events = stream.after(0)
        found = hub.reader()(events)
    hub.take(events[-1].seq, found)
    assert {seat.position for seat in seats} == {events[-1].seq}
    assert {len(written) for written in seats.values()} == {1}
    counts = {json.dumps(json.loads(written[0])["counts"]) for written in seats.values()}
    assert len(counts) == 1


def test_who_sees_alike_is_written_the_very_same_frame(side: Side) -> None:
    """So that it is encoded once: the second message, which changes nobody's counts."""
    hub, seats = _hub(side, PAGES)
    for text in ("Et maintenant ?", "Et maintenant ?!"):
        customer_says(side, text)
    with tenancy.scope(side.id):
        events = stream.after(0)
    for some in (events[:-1], events[-1:]):
        with tenancy.scope(side.id):
            found = hub.reader()(some)
        hub.take(some[-1].seq, found)
    assert {len(written) for written in seats.values()} == {2}
    assert len({id(written[1]) for written in seats.values()}) == 2  # languages


def test_checking_access_costs_the_same_for_any_number_of_pages(side: Side) -> None:
    signed_in(side.agent)
    claims = [access.Claim(f"session-{number}", new_id(), new_id()) for number in range(PAGES)]
    counts = []
    for some in (claims[:1], claims):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert access.check(side.id, some) == {}
        counts.append(len(asked))
    assert counts[0] == counts[1]


def _queries(side: Side, pages: int) -> tuple[int, dict[str, int]]:
    hub, _ = _hub(side, pages)
    with tenancy.scope(side.id):
        events = stream.after(0)
        read = hub.reader()
        with CaptureQueriesContext(connection) as asked:
            read(events)
    assert isinstance(hub.renderer, Counting)
    return len(asked), dict(hub.renderer.asked)


def _rendering(side: Side) -> int:
    """The queries of one language."""
    with tenancy.scope(side.id):
        events = stream.after(0)
        with CaptureQueriesContext(connection) as asked:
            fragments.of_events(events, "fr", opened=())
    return len(asked)


def _hub(side: Side, pages: int) -> tuple[Hub, dict[Seat, list[str]]]:
    """With `pages` open pages, and what is written to each."""
    hub = Hub(side.id, Counting())
    seats = dict(_seat(side, number) for number in range(pages))
    hub.seats.update(seats)
    return hub, seats


def _seat(side: Side, number: int) -> tuple[Seat, list[str]]:
    with tenancy.scope(side.id):
        viewer = viewer_of(side.agent_membership)
    claim = access.Claim("", side.agent.pk, new_id())
    mine = replace(viewer, membership_id=claim.membership_id)
    written: list[str] = []
    outbox = Outbox(_send, _end, slow=4008, write=written.append)
    seat = Seat(access.Access(side.id, claim, "", mine), ("en", "fr")[number % 2], outbox)
    seat.live = True
    return seat, written


async def _send(text: str) -> None:
    await asyncio.sleep(0)


async def _end(code: int) -> None:
    await asyncio.sleep(0)
