"""What goes wrong on purpose, per account: the outcomes that a real platform has on its bad days."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone

from apps.sandbox.models import FaultKind, SandboxAccount, SandboxFault

THROTTLED_FOR = timedelta(seconds=30)
SLOW_SECONDS = 5.0


def switch(account: SandboxAccount, kind: FaultKind, *, on: bool) -> None:
    """Switch a trouble on or off; 429 ends by itself. Idempotent, except that 429 starts anew."""
    if not on:
        SandboxFault.objects.filter(account=account, kind=kind).delete()
        return
    until = timezone.now() + THROTTLED_FOR if kind == FaultKind.THROTTLE else None
    SandboxFault.objects.update_or_create(account=account, kind=kind, defaults={"until": until})


def active(account: SandboxAccount) -> frozenset[str]:
    """The kinds of trouble that are on now."""
    rows = SandboxFault.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), account=account)
    return frozenset(rows.values_list("kind", flat=True))


def retry_after(account: SandboxAccount) -> int:
    """Whole seconds until the account answers again, at least 1."""
    row = SandboxFault.objects.filter(account=account, kind=FaultKind.THROTTLE).first()
    left = (row.until - timezone.now()).total_seconds() if row and row.until else 0.0
    return max(1, round(left + 0.5))


def lost_answer() -> HttpResponse:
    """An answer that breaks on its way: the caller cannot know what became of its request.

    A view cannot drop the connection under ASGI, but no client can read this body.
    """
    return HttpResponse(b"\x00broken", headers={"Content-Encoding": "gzip"})
