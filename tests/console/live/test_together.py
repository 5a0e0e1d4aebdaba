"""After a restart all pages come back at the same moment: what they missed is read and rendered once."""

from __future__ import annotations

import asyncio
import json

from apps.console.live.hub import Hub
from apps.console.live.replay import PAGE
from apps.console.live.seat import Seat
from apps.conversations import assign, stream
from apps.conversations.stream import Kind
from apps.core import tenancy
from tests.console.live.page import head, work
from tests.console.live.seats import Counting, open_seat
from tests.worlds import Side, World, signed_in

PAGES = 40
MISSED = 6  # whole pages of the log
APART = 4  # different numbers at which the pages were left


async def test_pages_that_come_back_together_share_what_they_missed(committed_world: World) -> None:
    """Long ago as well: those who needed more than three pages of the log once held it up one by one."""
    side = committed_world.filante
    left = await work(head, side)
    await work(_read, side, MISSED * PAGE)
    hub = Hub(side.id, Counting())
    seats = await work(_open_seats, side, PAGES)
    cursors = [left + number // 2 % APART for number in range(PAGES)]
    await asyncio.gather(
        *(hub.enter(seat, cursor=cursor, watch=None) for seat, cursor in zip(seats, cursors, strict=True))
    )
    assert {seat.live for seat in seats} == {True}
    assert {_op(written[-1]) for written in seats.values()} == {"ready"}
    assert isinstance(hub.renderer, Counting)
    most = APART + MISSED
    assert all(asked <= most for asked in hub.renderer.asked.values()), hub.renderer.asked
    _leave(hub, seats)


async def test_what_changed_hands_is_rendered_anew(committed_world: World) -> None:
    """Who comes back from the same number a moment later is never told how it was placed before."""
    side = committed_world.filante
    left = await work(head, side)
    await work(_read, side, 2 * PAGE)
    hub = Hub(side.id, Counting())
    seats = await work(_open_seats, side, 3)
    (first, saw), _, (second, sees) = seats.items()  # of one language
    await hub.enter(first, cursor=left, watch=None)
    assert _rows(saw) == {f"conv-{side.conversation.pk}"}
    await work(_to_front_desk, side)
    await hub.enter(second, cursor=left, watch=None)
    assert _rows(sees) == set()
    _leave(hub, seats)


def _open_seats(side: Side, many: int) -> dict[Seat, list[str]]:
    session = str(signed_in(side.agent).session.session_key)
    return dict(open_seat(side, number, session=session) for number in range(many))


def _read(side: Side, times: int) -> None:
    with tenancy.scope(side.id):
        for _ in range(times):
            stream.record(Kind.CONVERSATION_READ, side.conversation)


def _to_front_desk(side: Side) -> None:
    with tenancy.scope(side.id):
        assign.transfer(side.conversation.pk, by=side.owner_membership, team=side.front_desk)


def _leave(hub: Hub, seats: dict[Seat, list[str]]) -> None:
    for seat in seats:
        hub.leave(seat)


def _op(frame: str) -> str:
    return str(json.loads(frame)["op"])


def _rows(written: list[str]) -> set[str]:
    """The list's rows that were put on the page."""
    frames = [frame for text in written for frame in json.loads(text).get("frames", [])]
    return {frame["t"] for frame in frames if frame["a"] != "remove"}
