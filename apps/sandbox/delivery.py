"""Posts the webhooks of the simulated platforms, as these do: in order per customer, again when not taken.

A thread of the web process works while anything waits and ends then; rows outlive it, and the next request
to the sandbox wakes it again. Back-off and Retry-After as Telegram's (other-platforms.md 1.2); Apple's
schedule is not documented, so the same is used.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections, connection, connections, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.core import tenancy
from apps.core.http import Egress, Http, HttpDoor, HttpError, Response
from apps.sandbox import accounts, simulators, wire
from apps.sandbox.models import SandboxAccount, SandboxPost, SandboxThread

log = logging.getLogger(__name__)

AT_ONCE = 20
LEASE = timedelta(seconds=40)
LIFETIME = timedelta(hours=24)
TIMEOUT = 15.0
LONGEST_NAP = 1.0  # seconds: others may queue while we sleep


@dataclass(frozen=True, slots=True)
class Job:
    """One webhook with all that its call needs."""

    tenant_id: UUID
    post_id: UUID
    url: str
    headers: dict[str, str]
    body: bytes


class _Loop:
    """At most one thread per process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._again = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        with self._lock:
            self._again = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sandbox-posts", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while self._continue():
            try:
                self._work()
            except Exception:
                log.exception("sandbox webhooks")
                time.sleep(LONGEST_NAP)
        connections.close_all()

    def _work(self) -> None:
        close_old_connections()
        while (wait := drain()) is not None:
            time.sleep(min(wait, LONGEST_NAP))

    def _continue(self) -> bool:
        with self._lock:
            again, self._again = self._again, False
            if not again:
                self._thread = None
            return again


_loop = _Loop()


def wake() -> None:
    """See that waiting webhooks go out, once the open transaction is committed; returns at once."""
    transaction.on_commit(_loop.wake)


def drain() -> float | None:
    """Post what is due, once; the seconds until something may be due again, None when nothing waits."""
    for tenant_id, due_at in _waiting():
        if due_at <= timezone.now():
            jobs = _claim(tenant_id)
            asyncio.run(_post_all(jobs))
    seconds = [(due_at - timezone.now()).total_seconds() for _tenant, due_at in _waiting()]
    soon = [max(0.05, wait) for wait in seconds if wait < LIFETIME.total_seconds()]
    return min(soon) if soon else None


def _waiting() -> list[tuple[UUID, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, due_at FROM queue_sandbox_tenants()")
        return list(cursor.fetchall())


def _claim(tenant_id: UUID) -> list[Job]:
    """The first waiting webhook of every customer, leased."""
    now = timezone.now()
    with tenancy.scope(tenant_id):
        earlier = SandboxPost.objects.filter(thread=OuterRef("thread"), loose=False, id__lt=OuterRef("id"))
        rows = SandboxPost.objects.select_for_update(skip_locked=True, of=("self",)).filter(due_at__lte=now)
        rows = rows.exclude(Exists(earlier), loose=False).select_related("account").order_by("id")
        return [job for post in rows[:AT_ONCE] if (job := _lease(post, tenant_id))]


def _lease(post: SandboxPost, tenant_id: UUID) -> Job | None:
    url = accounts.webhook_of(post.account)
    if not url or post.created_at < timezone.now() - LIFETIME:
        post.delete()
        wire.note(post.account, "webhook dropped", "no address" if not url else "too old")
        return None
    post.attempt, post.due_at = post.attempt + 1, timezone.now() + LEASE
    post.save(update_fields=["attempt", "due_at"])
    signed = simulators.of(post.account).hand.proof(post.account, url, bytes(post.body))
    return Job(tenant_id, post.pk, signed.url, {**post.headers, **signed.headers}, bytes(post.body))


async def _post_all(jobs: list[Job]) -> None:
    async with HttpDoor(Egress.parse(settings.EGRESS_ALLOW)) as http:
        await asyncio.gather(*(_post(job, http) for job in jobs))


async def _post(job: Job, http: Http) -> None:
    started = time.monotonic()
    answer: Response | None = None
    words = ""
    try:
        answer = await http.request("POST", job.url, headers=job.headers, body=job.body, timeout=TIMEOUT)
    except HttpError as error:
        words = str(error)
    outcome = words or f"{answer.status if answer else ''} {(time.monotonic() - started) * 1000:.0f} ms"
    await sync_to_async(_settle)(job, answer, outcome)


def _settle(job: Job, answer: Response | None, outcome: str) -> None:
    with tenancy.scope(job.tenant_id):
        post = SandboxPost.objects.select_related("account", "thread").filter(pk=job.post_id).first()
        if post is None:
            return
        wire.note(post.account, f"POST /hooks/{post.account.platform}/", outcome)
        if answer is not None and 200 <= answer.status < 300:
            simulators.of(post.account).hand.answered(post.thread, answer.body)
            post.delete()
            return
        post.due_at = timezone.now() + timedelta(seconds=_delay(post.attempt, answer))
        post.save(update_fields=["due_at"])
        SandboxAccount.objects.filter(pk=post.account_id).update(
            last_error=_words(answer, outcome)[:200], last_error_at=timezone.now()
        )


def _delay(attempt: int, answer: Response | None) -> float:
    """Doubles from a second up to one or two minutes; Retry-After goes before, up to an hour."""
    named = answer.headers.get("retry-after", "") if answer else ""
    if named.isdigit():
        return float(min(3600, int(named)))
    return float(min(2 ** (attempt - 1), random.uniform(60, 120)))


def _words(answer: Response | None, outcome: str) -> str:
    return f"Wrong response from the webhook: {answer.status}" if answer else outcome


def pending(thread: SandboxThread) -> bool:
    """Whether something that the phone said has not been taken by the business yet."""
    return SandboxPost.objects.filter(thread=thread).exists()
