"""Celery's shells: each wakes one drain, or the loop that sends. A drain runs once per process at a time; a
wake-up that comes meanwhile makes it go round again. All are global: they open each tenant's scope.

Received webhooks and replies are announced by a bell (`core.bells`), which is heard without Celery. Besides
hints and beat the worker looks by itself every two seconds, so that with Redis away, emptied or
unreachable messages are late by that and by nothing else (invariant I4).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from uuid import UUID

from celery import shared_task
from celery.signals import worker_init, worker_shutdown, worker_shutting_down
from django.db import close_old_connections

from apps.connections import expiry, templates, tidy
from apps.conversations import (
    deliver,
    forget,
    hints,
    housekeeping,
    inbox,
    look,
    media,
    outcomes,
    show_seen,
    show_typing,
    statuses,
    taken_back,
)
from apps.core.bells import Bell

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds
MEND_EVERY = 60.0

GRACE = 25.0  # seconds to finish sends in flight; what takes longer is found by its lease

_stopping = threading.Event()
_lookers: list[threading.Thread] = []


class Once:
    """Runs a drain in one thread at a time; never misses a wake-up that came while it ran."""

    def __init__(self, run: Callable[[], object]) -> None:
        self._run, self._lock, self._again = run, threading.Lock(), threading.Event()

    def __call__(self) -> None:
        self._again.set()
        while self._again.is_set() and not _stopping.is_set():
            if not self._lock.acquire(blocking=False):
                return
            try:
                self._again.clear()
                self._run()
            finally:
                self._lock.release()


def _keep_house() -> None:
    outcomes.reap()
    statuses.match_early()
    housekeeping.sweep()
    tidy.sweep()


def _keep_order() -> None:
    housekeeping.mend_lines()
    expiry.sweep()
    forget.sweep()
    taken_back.sweep()


_receive = Once(inbox.drain)
_media = Once(media.drain)
_settle = Once(look.drain)
_house = Once(_keep_house)
_mend = Once(_keep_order)
_templates = Once(templates.sweep)
_sender = deliver.Sender(_stopping)


@shared_task(name="conversations.receive")
def receive_webhooks() -> None:
    _receive()


@shared_task(name="conversations.deliver")
def deliver_messages() -> None:
    _sender.wake()


@shared_task(name="conversations.fetch_media")
def fetch_media() -> None:
    _media()


@shared_task(name="conversations.housekeeping")
def keep_house() -> None:
    _house()


@shared_task(name="conversations.sync_templates")
def sync_templates() -> None:
    _templates()


@shared_task(name="conversations.show_typing")
def show_typing_to_customer(tenant_id: str, conversation_id: str, on: bool) -> None:
    show_typing.show(UUID(tenant_id), UUID(conversation_id), on)


@shared_task(name="conversations.show_seen")
def show_seen_to_customer(tenant_id: str, conversation_id: str) -> None:
    show_seen.show(UUID(tenant_id), UUID(conversation_id))


@worker_init.connect
def _look_by_ourselves(**_: object) -> None:
    _sender.start()
    _look_after(_receive, LOOK_EVERY, pause=Bell(hints.RECEIVE, _stopping).wait)
    _look_after(_sender.wake, LOOK_EVERY, pause=Bell(hints.DELIVER, _stopping).wait)
    for drain in (_media, _settle, _house):
        _look_after(drain, LOOK_EVERY)
    for drain in (_mend, _templates):
        _look_after(drain, MEND_EVERY)


def _look_after(
    drain: Callable[[], object], seconds: float, *, pause: Callable[[float], object] = _stopping.wait
) -> None:
    """Run `drain` whenever `pause`, which takes at most `seconds`, has returned."""
    looker = threading.Thread(target=_look, args=[drain, seconds, pause], name="look", daemon=True)
    looker.start()
    _lookers.append(looker)


@worker_shutting_down.connect
def _stop(**_: object) -> None:
    _stopping.set()
    _sender.wake()


@worker_shutdown.connect
def _finish(**_: object) -> None:
    """Celery waits for its own tasks; what our threads are sending must end as well."""
    end = time.monotonic() + GRACE
    _sender.join(GRACE)
    for looker in _lookers:
        looker.join(max(0.0, end - time.monotonic()))


def _look(drain: Callable[[], object], seconds: float, pause: Callable[[float], object]) -> None:
    while not _stopping.is_set():
        pause(seconds)
        try:
            drain()
        except Exception:  # the database away: it is looked for again
            log.exception("looking for work")
        finally:
            close_old_connections()
