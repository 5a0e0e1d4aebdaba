"""Taking what is due: leased in one transaction that commits before anything is sent."""

from __future__ import annotations

import time
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.conversations.result import Result
from apps.core.ids import new_id
from apps.core.latest import Deadline
from apps.platforms import base

IN_TIME = 2 / 3  # of a lease: what has not begun by then never does


class Claim(NamedTuple):
    """What one claim took of one tenant; `until` is shared by all that have the token."""

    tenant_id: UUID
    token: UUID
    until: Deadline
    delivery_ids: list[UUID]

    def failed(self, delivery_id: UUID, why: base.SendError) -> Result:
        now = timezone.now()
        return Result(self.tenant_id, delivery_id, self.token, why, now, now)


def claim(limit: int, *, cap: int, lease: float) -> list[Claim]:
    """At most `limit` due deliveries, leased for `lease` seconds and committed; first those of tenants that
    have least in flight, none for a tenant that has `cap`. The smallest comes first.
    """
    token, until = new_id(), Deadline(time.monotonic() + lease * IN_TIME)
    claimed: dict[UUID, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id, delivery_id FROM queue_claim_deliveries(%s, %s, %s)", [token, limit, cap]
        )
        for tenant_id, delivery_id in cursor.fetchall():
            claimed.setdefault(tenant_id, []).append(delivery_id)
    claims = [Claim(tenant_id, token, until, ids) for tenant_id, ids in claimed.items()]
    return sorted(claims, key=lambda each: len(each.delivery_ids))
