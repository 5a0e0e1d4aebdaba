"""Looking again, every few seconds, whether open sockets still may be open: one query for all of a tenant."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Set
from uuid import UUID

from django.utils import timezone

from apps.conversations.live import in_database
from apps.core import tenancy
from apps.core.sockets.frames import Close
from apps.widget import origins
from apps.widget.live.seat import Seat
from apps.widget.models import Visitor

log = logging.getLogger(__name__)

SECONDS = 4.0  # the goal is 5 (RELIABILITY 8)


async def run(tenant_id: UUID, seats: Set[Seat]) -> None:
    """Look until cancelled."""
    while True:
        await asyncio.sleep(SECONDS)
        try:
            good = await in_database(_good)(tenant_id, {seat.visitor.pk for seat in seats})
        except Exception as error:  # no database, no frames either: nothing can leak meanwhile
            log.warning("cannot check visitors' sockets: %s", type(error).__name__)
            continue
        for seat in list(seats):
            _judge(seat, good.get(seat.visitor.pk))


def _good(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, Visitor]:
    with tenancy.scope(tenant_id):
        rows = Visitor.objects.select_related("entry_point").filter(pk__in=ids, revoked_at=None)
        return rows.filter(expires_at__gt=timezone.now(), entry_point__active=True).in_bulk()


def _judge(seat: Seat, now: Visitor | None) -> None:
    before = seat.visitor
    if now is None or not origins.may_call(now.entry_point, seat.origin):
        seat.close(Close.REVOKED)
    elif (now.value, now.external_id) != (before.value, before.external_id):
        seat.close(Close.STALE)
