"""Closing the door to a business's content before its time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apps.backoffice.acts.act import Doer
from apps.tenants import support


def end(ids: Sequence[UUID], doer: Doer) -> int:
    """Any operator may end any grant."""
    still_open = list(support.active_grants().filter(pk__in=ids))
    for grant in still_open:
        support.end(grant, actor=doer.email)
    return len(still_open)
