"""The way out: claim, send side by side, write results. One asynchronous loop inside a Celery task.

Two transactions and never one: the claim commits, the call runs outside any transaction, the result is
written only by who still holds the lease token (RELIABILITY 6.4). The database is the queue; a killed
worker costs the lease of what it was sending and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import connection
from django.utils import timezone

from apps.connections import vault
from apps.conversations import files, outcomes, outgoing_http
from apps.conversations.models import AuthorKind, Delivery
from apps.core import measured, tenancy
from apps.core.http import Http
from apps.core.ids import new_id
from apps.platforms import base, registry

log = logging.getLogger(__name__)

IN_FLIGHT = 200  # calls of one worker process at once
TENANT_CAP = 64  # of which one tenant may hold
DEADLINE = 40.0  # seconds for one send without its file
UPLOAD_RATE = 200_000  # bytes a second that a file must reach
LEASE = 60.0  # seconds, as queue_claim_deliveries gives them
HEARTBEAT = 15.0  # seconds; leases are renewed as long as this process lives


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed delivery with everything its call needs, so that the call needs no database.

    `until` is the monotonic time after which the call may no longer begin: a process that was stopped for
    longer than its lease would send what others have given up, after what they have sent since.
    """

    tenant_id: UUID
    delivery_id: UUID
    token: UUID
    until: float
    platform: base.Platform
    outgoing: base.Outgoing
    credentials: base.Credentials


def drain(*, seconds: float = 25.0, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due until nothing is, the time is up or the process stops; how many were tried."""
    return asyncio.run(_Loop(time.monotonic() + seconds, stopping).run())


class _Loop:
    def __init__(self, end: float, stopping: Callable[[], bool]) -> None:
        self._end, self._stopping = end, stopping
        self._running: set[asyncio.Task[None]] = set()
        self._tokens: dict[UUID, int] = {}  # sends in flight by lease token
        self._tried = 0

    async def run(self) -> int:
        heart = asyncio.create_task(self._renew_leases())
        try:
            await self._send_all()
        finally:
            heart.cancel()
        return self._tried

    async def _send_all(self) -> None:
        async with outgoing_http.door() as http:
            while not self._over():
                room = IN_FLIGHT - len(self._running)
                jobs = await database_sync_to_async(_claim)(room) if room > 0 else []
                for job in jobs:
                    self._start(job, http)
                if not self._running:
                    break
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED, timeout=0.5)
            if self._running:
                await asyncio.wait(self._running)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await database_sync_to_async(_renew)(list(self._tokens))

    def _over(self) -> bool:
        return self._stopping() or time.monotonic() > self._end

    def _start(self, job: Job, http: Http) -> None:
        self._tried += 1
        self._tokens[job.token] = self._tokens.get(job.token, 0) + 1
        task = asyncio.create_task(_send(job, http))
        self._running.add(task)
        task.add_done_callback(partial(self._ended, job.token))

    def _ended(self, token: UUID, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._tokens[token] -= 1
        if not self._tokens[token]:
            del self._tokens[token]
        if not task.cancelled() and task.exception():
            log.error("result not written", exc_info=task.exception())


async def _send(job: Job, http: Http) -> None:
    started = timezone.now()
    result: str | base.SendError
    try:
        if time.monotonic() > job.until:
            raise base.Throttled("the sender was stopped before it began", retry_after=0, code="stopped")
        size = job.outgoing.media.size if job.outgoing.media else 0
        async with asyncio.timeout(DEADLINE + size / UPLOAD_RATE):
            result = await job.platform.send(job.outgoing, job.credentials, http)
    except base.SendError as error:
        result = error
    except TimeoutError:
        result = base.Unknown("no answer in time")
    except Exception as error:  # a fault of ours: the outcome is not known
        log.exception("delivery %s", job.delivery_id)
        result = base.Unknown(f"internal: {type(error).__name__}")
    await database_sync_to_async(outcomes.write)(job.tenant_id, job.delivery_id, job.token, result, started)


def _claim(limit: int) -> list[Job]:
    token, until = new_id(), time.monotonic() + LEASE / 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id, delivery_id FROM queue_claim_deliveries(%s, %s, %s)",
            [token, limit, TENANT_CAP],
        )
        claimed: dict[UUID, list[UUID]] = {}
        for tenant_id, delivery_id in cursor.fetchall():
            claimed.setdefault(tenant_id, []).append(delivery_id)
    return [job for tenant_id, ids in claimed.items() for job in _load(tenant_id, ids, token, until)]


def _renew(tokens: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_renew_leases(%s)", [tokens])


def _load(tenant_id: UUID, ids: list[UUID], token: UUID, until: float) -> list[Job]:
    """The jobs of one tenant; a delivery that cannot become one gets its result at once, and alone."""
    jobs: list[Job] = []
    failed: list[tuple[UUID, base.SendError]] = []
    with tenancy.scope(tenant_id):
        rows = Delivery.objects.filter(pk__in=ids).select_related(
            "message__author__user", "message__reply_to", "conversation__address", "channel"
        )
        reveal = cache(vault.reveal)
        now = timezone.now()
        for row in rows.order_by("seq"):
            measured.waited("deliveries", (now - row.due_at).total_seconds())
            try:
                jobs.append(_job(row, tenant_id, token, until, reveal(row.channel)))
            except Exception as error:
                failed.append((row.pk, _why(row.pk, error)))
    for delivery_id, why in failed:
        outcomes.write(tenant_id, delivery_id, token, why, timezone.now())
    return jobs


def _why(delivery_id: UUID, error: Exception) -> base.SendError:
    """Nothing was sent, so the outcome is known."""
    if isinstance(error, vault.CredentialUnreadable):
        return base.BadCredentials("what is stored of this channel cannot be opened")
    log.error("delivery %s", delivery_id, exc_info=error)
    return base.Rejected(f"internal: {type(error).__name__}")


def _job(row: Delivery, tenant_id: UUID, token: UUID, until: float, credentials: base.Credentials) -> Job:
    part = base.part_from_json(row.part)
    message = row.message
    outgoing = base.Outgoing(
        id=row.pk,
        sender=row.channel.address,
        to=row.conversation.address.value,
        part=part,
        media=_media(message, part),
        reply_to=_replied_ref(row),
        locale=row.conversation.locale,
        automatic=message.author_kind in (AuthorKind.BOT, AuthorKind.SYSTEM),
        agent=message.author_name,
    )
    platform = registry.get(row.channel.platform)
    return Job(tenant_id, row.pk, token, until, platform, outgoing, credentials)


def _media(message: Any, part: base.Part) -> base.MediaFile | None:
    if part.media is None:
        return None
    return files.media_file(message.attachments.get(position=part.media))


def _replied_ref(row: Delivery) -> str:
    target = row.message.reply_to
    if target is None:
        return ""
    if target.ref:
        return str(target.ref)
    ours = target.deliveries.exclude(ref="").first()
    return ours.ref if ours else ""
