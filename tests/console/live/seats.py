"""Seats without a socket: what is written to each is kept, and a renderer counts how often it is asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from apps.console import fragments
from apps.console.fragments import Fragment
from apps.console.live import access
from apps.console.live.seat import Seat
from apps.conversations.models import StreamEvent
from apps.conversations.queries import Viewer, viewer_of
from apps.core import tenancy
from apps.core.ids import new_id
from apps.core.sockets.outbox import Outbox
from apps.tenants.models import Membership
from tests.worlds import Side


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


def open_seat(side: Side, number: int, *, live: bool = False, session: str = "") -> tuple[Seat, list[str]]:
    """One more page, in English or French by turns, and the list that its frames go to.

    The agent's own with their session's key, which the hub's guard accepts; else one more agent's.
    """
    with tenancy.scope(side.id):
        viewer = viewer_of(side.agent_membership)
    member = side.agent_membership.pk if session else new_id()
    claim = access.Claim(session, side.agent.pk, member)
    mine = replace(viewer, membership_id=member)
    written: list[str] = []
    outbox = Outbox(_send, _end, slow=4008, write=written.append)
    seat = Seat(access.Access(side.id, claim, "", mine), ("en", "fr")[number % 2], outbox)
    seat.live = live
    return seat, written


async def _send(text: str) -> None:
    await asyncio.sleep(0)


async def _end(code: int) -> None:
    await asyncio.sleep(0)
