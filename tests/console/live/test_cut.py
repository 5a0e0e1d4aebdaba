"""A connection may go at any frame of catching up: whoever comes back with the cursor of the last one has
been told everything up to it, of the open thread as well as of the list."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Sequence
from threading import Thread
from uuid import UUID

from django.db import connection

from apps.console.fragments import Fragment
from apps.console.live.hub import Hub
from apps.console.live.seat import Seat
from apps.conversations.models import StreamEvent
from apps.conversations.stream import Kind
from apps.core import tenancy
from tests.console.live.page import customer_says, head, work
from tests.console.live.seats import Counting, open_seat
from tests.worlds import Side, World, signed_in

TIMES = 6  # that the customer goes on while the page catches up, at the most


class Busy(Counting):
    """Whenever a page of the log is rendered, the customer says one more thing, and the hub hears of it."""

    def __init__(self, side: Side) -> None:
        super().__init__()
        self.side, self.left = side, TIMES
        self.loop = asyncio.get_running_loop()
        self.hub: Hub | None = None

    def of_events(
        self, events: Sequence[StreamEvent], language: str, *, opened: Collection[UUID]
    ) -> list[Fragment]:
        if self.left and not opened:
            self.left -= 1
            saying = Thread(target=self._goes_on)
            saying.start()
            saying.join()
        return super().of_events(events, language, opened=opened)

    def _goes_on(self) -> None:
        customer_says(self.side, f"encore {self.left}")
        connection.close()
        assert self.hub is not None and self.hub._follower is not None
        advance = self.hub._follower.advance()
        asyncio.run_coroutine_threadsafe(asyncio.wait_for(advance, 0.5), self.loop).exception(1)


async def test_a_page_that_is_cut_at_any_frame_misses_nothing(committed_world: World) -> None:
    side = committed_world.filante
    left = await work(head, side)
    await work(customer_says, side, "Bonjour ?")
    renderer = Busy(side)
    renderer.hub = hub = Hub(side.id, renderer)
    seat, written = await work(_seat, side)
    await hub.enter(seat, cursor=left, watch=side.conversation.pk)
    hub.leave(seat)
    said = await work(_said, side, left)
    assert len(said) > 1
    for cut in range(len(written)):
        known = max(_cursor(frame) for frame in written[: cut + 1])
        assert {element for seq, element in said.items() if seq <= known} <= _shown(written[: cut + 1])


def _seat(side: Side) -> tuple[Seat, list[str]]:
    return open_seat(side, 0, session=str(signed_in(side.agent).session.session_key))


def _said(side: Side, since: int) -> dict[int, str]:
    """The customer's messages by their number in the log."""
    with tenancy.scope(side.id):
        events = StreamEvent.objects.filter(seq__gt=since, kind=Kind.MESSAGE_RECEIVED)
        return {event.seq: f"m-{event.data['message']}" for event in events}


def _cursor(frame: str) -> int:
    facts = json.loads(frame)
    return int(facts.get("seq", facts.get("cursor", 0)))


def _shown(frames: Sequence[str]) -> set[str]:
    pieces = [piece for frame in frames for piece in json.loads(frame).get("frames", ())]
    html = " ".join(piece["h"] for piece in pieces if piece["r"] == "thread" and piece["h"])
    return set(re.findall(r'id="(m-[0-9a-f-]+)"', html))
