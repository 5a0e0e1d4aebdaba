"""Which of a customer's conversations the page with the phones shows: one network at a time, or all."""

from __future__ import annotations

from collections.abc import Sequence

from apps.sandbox.models import SandboxMessage, SandboxThread

ALL = "all"
SIDE_BY_SIDE = 2  # phones that have room beside each other


def shown(threads: Sequence[SandboxThread], asked: str) -> str:
    """The platform to show, or ALL. `asked` is what the address says, "" nothing: then it is the one where
    something was last said, else the account that was made last; ALL where so few have room."""
    known = {thread.account.platform for thread in threads}
    if asked == ALL or asked in known:
        return asked
    if len(threads) <= SIDE_BY_SIDE:
        return ALL
    rows = SandboxMessage.objects.filter(thread__in=threads)
    said = rows.order_by("-at").values_list("thread__account__platform", flat=True).first()
    newest = max(threads, key=lambda thread: thread.account.created_at)
    return said or newest.account.platform
