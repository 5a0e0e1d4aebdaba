"""Whoever has much ready to be sent does not keep who has little waiting."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apps.conversations.in_turn import InTurn
from apps.conversations.load import Job
from apps.core.latest import Deadline
from apps.platforms import base, registry

LARGE, SMALL = UUID(int=1), UUID(int=2)


def job(tenant_id: UUID, text: str) -> Job:
    outgoing = base.Outgoing(id=UUID(int=9), sender="bot", to="ana", part=base.Part(kind="text", text=text))
    return Job(tenant_id, outgoing.id, UUID(int=8), Deadline(0), registry.get("telegram"), outgoing, {})


def said(jobs: Sequence[Job]) -> list[str]:
    return [each.outgoing.part.text for each in jobs]


def test_who_comes_late_with_little_is_next() -> None:
    line = InTurn()
    line.add(job(LARGE, f"large {n}") for n in range(100))
    assert said(line.take(2)) == ["large 0", "large 1"]
    line.add([job(SMALL, "small 0")])
    assert said(line.take(3)) == ["large 2", "small 0", "large 3"]


def test_a_tenants_order_is_kept_and_everything_comes_once() -> None:
    line = InTurn()
    line.add(job(LARGE, f"{n}") for n in range(5))
    line.add(job(SMALL, f"small {n}") for n in range(2))
    taken = [text for _ in range(4) for text in said(line.take(2))]
    assert taken == ["0", "small 0", "1", "small 1", "2", "3", "4"]
    assert line.take(2) == []
