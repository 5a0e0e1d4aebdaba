"""What is ready to be sent, a tenant's after another tenant's: so nobody's many hold up somebody's one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from uuid import UUID

from apps.conversations.load import Job


class InTurn:
    """Jobs of each tenant in the order in which they were added, the tenants in turn."""

    def __init__(self) -> None:
        self._lines: dict[UUID, deque[Job]] = {}

    def add(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._lines.setdefault(job.tenant_id, deque()).append(job)

    def take(self, most: int) -> list[Job]:
        """The next ones, at most `most`; [] when none is left."""
        taken: list[Job] = []
        while self._lines and len(taken) < most:
            tenant_id = next(iter(self._lines))
            line = self._lines.pop(tenant_id)
            taken.append(line.popleft())
            if line:
                self._lines[tenant_id] = line  # behind the others
        return taken
