"""The page's list of what crossed the wire: operations and outcomes, never content or secrets."""

from __future__ import annotations

from apps.sandbox.models import SandboxAccount, SandboxWire

SHOWN = 14
KEPT = 200


def note(account: SandboxAccount, words: str, outcome: str = "") -> None:
    SandboxWire.objects.create(account=account, words=words[:200], outcome=outcome[:80])


def recent() -> list[SandboxWire]:
    """The last lines, newest first; what is much older is forgotten on the way."""
    rows = list(SandboxWire.objects.select_related("account").order_by("-at", "-id")[: KEPT + SHOWN])
    if len(rows) == KEPT + SHOWN:
        SandboxWire.objects.filter(at__lt=rows[KEPT].at).delete()
    return rows[:SHOWN]
