"""What an event costs with 200 pages open: one render per language and the same queries as with one page."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.console import fragments
from apps.console.live import access
from apps.console.live.hub import Hub
from apps.console.live.seat import Seat
from apps.conversations import stream
from apps.core import tenancy
from apps.core.ids import new_id
from tests.console.live.page import customer_says
from tests.console.live.seats import Counting, open_seat
from tests.worlds import Side, World, signed_in

PAGES = 200


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


def test_a_tick_renders_neither_reply_box_nor_facts_again(side: Side) -> None:
    """Three come with every reply; what went wrong may shut the reply box."""
    hub = Hub(side.id, Counting())
    seat, _ = open_seat(side, 0, live=True, session="own")
    hub.seats.add(seat)
    seat.watch = side.conversation.pk
    for state, renders in (("sent", 0), ("read", 0), ("failed", 1)):
        with tenancy.scope(side.id):
            before = stream.head()
            stream.record(stream.Kind.DELIVERY_CHANGED, side.conversation, message="", state=state)
        with tenancy.scope(side.id):
            events = stream.after(before)
            found = hub.reader()(events)
        hub.take(events[-1].seq, found)
        assert seat.live, "it must not have to read the batch again"
        assert isinstance(hub.renderer, Counting)
        assert hub.renderer.asked["personal"] == renders


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
    seats = dict(open_seat(side, number, live=True) for number in range(pages))
    hub.seats.update(seats)
    return hub, seats
