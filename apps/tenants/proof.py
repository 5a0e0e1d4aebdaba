"""The last proof of isolation, and whether it is about the program that runs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from apps.core.running.prove import digest
from apps.tenants.models import IsolationProof


class Standing(StrEnum):
    NEVER = "never"
    PASSED = "passed"
    FAILED = "failed"
    OUTDATED = "outdated"


def last() -> IsolationProof | None:
    return IsolationProof.objects.order_by("-finished_at").first()


def standing(proof: IsolationProof | None) -> Standing:
    """What may be said today: a failed run stays failed, a passed one counts for the same program only."""
    if proof is None:
        return Standing.NEVER
    if not proof.passed:
        return Standing.FAILED
    return Standing.PASSED if proof.code == code() else Standing.OUTDATED


def record(facts: dict[str, Any]) -> IsolationProof:
    """Keep the report of a run. Raises KeyError and ValueError for what is none."""
    return IsolationProof.objects.create(
        finished_at=datetime.fromisoformat(facts["finished_at"]),
        passed=facts["passed"] is True,
        code=str(facts["code"])[:64],
        facts={name: facts[name] for name in ("checks", "failed", "kinds", "timing")},
    )


@cache
def code() -> str:
    """The digest of the program of this process's checkout, as it was when first asked."""
    return digest()
