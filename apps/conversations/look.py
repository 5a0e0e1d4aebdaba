"""Asking platforms what became of messages whose answer was lost (class R, `settling.py`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.conversations import outgoing_http, settling, trouble
from apps.conversations.load import outgoing_of
from apps.conversations.models import Delivery
from apps.conversations.outcomes import WRITTEN, tell
from apps.core import tenancy
from apps.core.http import Http
from apps.platforms import base

log = logging.getLogger(__name__)

AT_ONCE = 50
PATIENCE = 20.0  # seconds for one look; well below the minute for which a look is claimed


@dataclass(frozen=True, slots=True)
class Look:
    """One question; `looks` is how many have found nothing before it."""

    tenant_id: UUID
    delivery_id: UUID
    looks: int
    platform: base.Platform | None
    outgoing: base.Outgoing
    credentials: base.Credentials


def drain() -> int:
    """Take the looks that are due, and what they find as the outcome; how many. Safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, delivery_id FROM queue_claim_looks(%s)", [AT_ONCE])
        claimed: dict[UUID, list[UUID]] = {}
        for tenant_id, delivery_id in cursor.fetchall():
            claimed.setdefault(tenant_id, []).append(delivery_id)
    due = [look for tenant_id, ids in claimed.items() for look in _load(tenant_id, ids)]
    for look, answer in zip(due, asyncio.run(_ask_all(due)) if due else [], strict=True):
        _write(look, answer)
    return len(due)


def _load(tenant_id: UUID, ids: Iterable[UUID]) -> list[Look]:
    with tenancy.scope(tenant_id):
        looks = dict(Delivery.objects.filter(pk__in=ids).values_list("pk", "looks"))
        return [Look(tenant_id, pk, looks[pk], *what) for pk, *what in outgoing_of(ids)]


async def _ask_all(due: list[Look]) -> list[str | base.SendError | None]:
    async with outgoing_http.door() as http:
        return await asyncio.gather(*(_ask(look, http) for look in due))


async def _ask(look: Look, http: Http) -> str | base.SendError | None:
    """The ref, None for certainly absent, an error when it cannot be told."""
    if look.platform is None or not look.platform.capabilities.can_find:
        return base.Unknown("there is nobody to ask")
    try:
        async with asyncio.timeout(PATIENCE):
            return await look.platform.find(look.outgoing, look.credentials, http)
    except base.SendError as error:
        return error
    except Exception as error:  # whatever it is: nothing is known
        log.info("look for delivery %s: %s", look.delivery_id, type(error).__name__)
        return base.Unknown(type(error).__name__)


def _write(look: Look, answer: str | base.SendError | None) -> None:
    """Unless an echo was faster, or another look. Refused credentials stop the channel."""
    with tenancy.scope(look.tenant_id):
        rows = Delivery.objects.select_for_update(no_key=True, of=("self",))
        settling_ones = rows.filter(settling_until__isnull=False, looks=look.looks)
        delivery = settling_ones.select_related("channel").filter(pk=look.delivery_id).first()
        if delivery is None:
            return
        match answer:
            case str():
                settling.found(delivery, answer)
            case None:
                settling.absent(delivery)
            case _:
                settling.unclear(delivery)
        delivery.save(update_fields=WRITTEN)
        tell(delivery)
    if isinstance(answer, base.SendError):
        trouble.note(look.tenant_id, delivery.channel, answer)
