"""Webhooks that wait for the business: written with what they tell, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from apps.sandbox import delivery, faults
from apps.sandbox.models import FaultKind, SandboxPhone, SandboxPost, SandboxThread

HELD = datetime(9999, 1, 1, tzinfo=UTC)  # until the phone has a network again
OVERTAKEN_BY = timedelta(seconds=3)


def queue(thread: SandboxThread, bodies: list[bytes], headers: list[dict[str, str]]) -> None:
    """Post these bodies, one after the other. Two of them are given for one event when every webhook comes
    twice; how the repetition differs is the platform's business."""
    shuffled = FaultKind.REORDER in faults.active(thread.account)
    due = HELD if thread.phone.offline_since else timezone.now()
    for body, head in zip(bodies, headers, strict=True):
        late = shuffled and not _someone_is_late(thread)
        SandboxPost.objects.create(
            account=thread.account,
            thread=thread,
            headers=head,
            body=body,
            loose=shuffled,
            due_at=due + OVERTAKEN_BY if late and due != HELD else due,
        )
    delivery.wake()


def release(phone: SandboxPhone) -> None:
    """Let go what the phone wrote while it had no network."""
    SandboxPost.objects.filter(thread__phone=phone, due_at=HELD).update(due_at=timezone.now())
    delivery.wake()


def _someone_is_late(thread: SandboxThread) -> bool:
    """Every second webhook is held back, so that the next overtakes it."""
    return SandboxPost.objects.filter(thread=thread, loose=True, due_at__gt=timezone.now()).exists()
