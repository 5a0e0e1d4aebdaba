"""Wake-ups for workers and sockets, sent after a commit. Each may be lost, repeated or late (I4).

A hint says that there is work, never what it is. One thread of the process sends them, so that no request
ever waits for Redis; equal hints that have not gone out yet become one. When Redis is away they are
dropped: beat and the hubs' own polls find the work.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Hashable
from uuid import UUID

from celery import current_app

from apps.core import realtime

log = logging.getLogger(__name__)


def stream_moved(tenant_id: UUID, seq: int) -> None:
    """Tell every hub of the tenant that its log now reaches `seq`."""
    group = realtime.tenant_group(tenant_id)
    _sender.put(group, lambda: realtime.hint(group, {"type": "stream.moved", "seq": seq}))


def webhooks_waiting() -> None:
    _wake("conversations.receive", "hints")


def deliveries_waiting() -> None:
    _wake("conversations.deliver", "hints")


def media_waiting() -> None:
    _wake("conversations.fetch_media", "media")


def typing_changed(tenant_id: UUID, conversation_id: UUID, on: bool) -> None:
    """Ask a worker to show or hide "typing" on the customer's side."""
    _wake("conversations.show_typing", "hints", str(tenant_id), str(conversation_id), on)


def _wake(task: str, queue: str, *arguments: object) -> None:
    key = (task, *arguments)
    _sender.put(
        key, lambda: current_app.send_task(task, args=arguments, queue=queue, expires=10, retry=False)
    )


class _Sender:
    """A daemon thread that sends the newest hint of each key, in the order of the keys."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Callable[[], object]] = {}
        self._wake = threading.Condition()
        self._process = 0

    def put(self, key: Hashable, send: Callable[[], object]) -> None:
        with self._wake:
            self._waiting[key] = send
            if self._process != os.getpid():  # first use, or a fork left the thread behind
                self._process = os.getpid()
                threading.Thread(target=self._run, name="hints", daemon=True).start()
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._waiting))
                waiting, self._waiting = self._waiting, {}
            for send in waiting.values():
                _try(send)


def _try(send: Callable[[], object]) -> None:
    try:
        send()
    except Exception as error:  # broker away: beat will find the work
        log.warning("hint not sent: %s", type(error).__name__)


_sender = _Sender()
