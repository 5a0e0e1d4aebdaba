"""How much a business may say, and when (4.4): five answers within 48 hours of a message, three within a
minute of a tap. Each message and each tap begins anew."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.sandbox.models import SandboxThread, ThreadState
from apps.sandbox.wechat.errors import WeChatError, not_following

QUOTAS = {"message": (timedelta(hours=48), 5), "tap": (timedelta(minutes=1), 3)}


def begin(thread: SandboxThread, kind: str) -> None:
    """`kind` is "message" or "tap"."""
    span, number = QUOTAS[kind]
    _keep(thread, kind, (timezone.now() + span).timestamp(), number)


def take(thread: SandboxThread) -> None:
    """Count one message to the customer. Raises WeChatError."""
    if thread.state != ThreadState.OPEN:
        raise not_following()
    now = timezone.now().timestamp()
    running = {
        kind: thread.data[kind] for kind in QUOTAS if kind in thread.data and thread.data[kind][0] > now
    }
    if not running:
        raise WeChatError(45015, "response out of time limit or subscription is canceled")
    for kind, (end, left) in running.items():
        if left > 0:
            _keep(thread, kind, end, left - 1)
            return
    raise WeChatError(45047, "out of response count limit")


def _keep(thread: SandboxThread, kind: str, end: float, left: int) -> None:
    thread.data = {**thread.data, kind: [end, left]}
    thread.save(update_fields=["data"])
