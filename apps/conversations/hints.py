"""Wake-ups for workers and sockets, sent after a commit. Each may be lost, repeated or late (I4).

A hint says that there is work, never what it is.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from celery import current_app

from apps.core import bells, realtime

RECEIVE, DELIVER = "receive", "deliver"  # bells


def stream_moved(tenant_id: UUID, seq: int) -> None:
    """Tell every hub of the tenant that its log now reaches `seq`."""
    group = realtime.tenant_group(tenant_id)
    realtime.hint(group, {"type": "stream.moved", "seq": seq}, key=("stream", group))


def webhooks_waiting() -> None:
    _ring(RECEIVE)


def deliveries_waiting() -> None:
    _ring(DELIVER)


def media_waiting() -> None:
    _wake("conversations.fetch_media", "media")


def typing_changed(tenant_id: UUID, conversation_id: UUID, on: bool) -> None:
    """Ask a worker to show or hide "typing" on the customer's side."""
    _wake("conversations.show_typing", "hints", str(tenant_id), str(conversation_id), on)


def conversation_seen(tenant_id: UUID, conversation_id: UUID) -> None:
    """Ask a worker to show "seen" on the customer's side."""
    _wake("conversations.show_seen", "hints", str(tenant_id), str(conversation_id))


def _ring(bell: str) -> None:
    realtime.courier.put(("bell", bell), partial(bells.ring, bell))


def _wake(task: str, queue: str, *arguments: object) -> None:
    def send() -> None:
        current_app.send_task(task, args=arguments, queue=queue, expires=10, retry=False)

    realtime.courier.put((task, *arguments[:2]), send)
