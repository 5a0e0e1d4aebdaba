"""What came of one try to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.platforms import base


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one try: the platform's ref or its refusal, by whom it was claimed, and its time."""

    tenant_id: UUID
    delivery_id: UUID
    token: UUID
    answer: str | base.SendError
    started: datetime
    ended: datetime
