"""When a business may write, what, and how fast (apple-messenger-whatsapp.md 3.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from apps.sandbox.models import SandboxThread
from apps.sandbox.whatsapp.errors import outside_window, too_fast_for_pair

WINDOW = timedelta(hours=24)
PAIR_SECONDS, PAIR_CREDIT = 6, 45  # one message in six seconds, of which a burst may take up to 45 at once


def heard(thread: SandboxThread) -> None:
    """The customer wrote: the window is open for another day."""
    _note(thread, heard_at=timezone.now().isoformat())


def check_window(thread: SandboxThread) -> None:
    """Raises CloudError when only a template may be sent."""
    at = thread.data.get("heard_at")
    if not at or timezone.now() - datetime.fromisoformat(at) > WINDOW:
        raise outside_window()


def note_marketing(thread: SandboxThread, *, on: bool) -> None:
    _note(thread, marketing=on)


def wants_marketing(thread: SandboxThread) -> bool:
    return bool(thread.data.get("marketing", True))


def take_credit(thread: SandboxThread) -> None:
    """Count one message to this customer. Raises CloudError when there were too many."""
    now = timezone.now()
    left, at = thread.data.get("pair", [PAIR_CREDIT, now.isoformat()])
    earned = (now - datetime.fromisoformat(at)).total_seconds() / PAIR_SECONDS
    credit = min(float(PAIR_CREDIT), left + earned)
    if credit < 1:
        raise too_fast_for_pair()
    _note(thread, pair=[credit - 1, now.isoformat()])


def _note(thread: SandboxThread, **facts: object) -> None:
    thread.data = {**thread.data, **facts}
    thread.save(update_fields=["data"])
