"""What was attacked, how often, and what came of it: counted by the attacks, printed and kept by the run."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Kind:
    """One sort of target: "pages", "tables" …"""

    targets: set[str] = field(default_factory=set)
    attempts: int = 0
    findings: list[str] = field(default_factory=list)
    uncovered: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """How long an answer about another tenant's row took, and one about a row that never was; seconds."""

    target: str
    theirs: float
    nobodys: float

    @property
    def tells(self) -> bool:
        """A difference that one could measure from outside: more than threefold and more than 10 ms."""
        slow, fast = max(self.theirs, self.nobodys), min(self.theirs, self.nobodys)
        return slow > 3 * fast and slow - fast > 0.010


class Tally:
    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = defaultdict(Kind)
        self.paces: list[Pace] = []

    def count(self, kind: str, target: str, attempts: int, findings: Iterable[str] = ()) -> list[str]:
        """Add to the report; the findings again, for the test to be red about."""
        found = [f"{target}: {words}" for words in findings]
        entry = self.kinds[kind]
        entry.targets.add(target)
        entry.attempts += attempts
        entry.findings += found
        return found

    def leave_out(self, kind: str, target: str, reason: str) -> None:
        self.kinds[kind].targets.add(target)
        self.kinds[kind].uncovered[target] = reason

    def time(self, target: str, theirs: list[float], nobodys: list[float]) -> Pace:
        pace = Pace(target, statistics.median(theirs), statistics.median(nobodys))
        self.paces.append(pace)
        return pace

    def facts(self) -> dict[str, Any]:
        """The report as JSON: counts and names of our own parts, never anything of a tenant."""
        return {
            "kinds": [
                {
                    "kind": name,
                    "targets": len(kind.targets),
                    "attempts": kind.attempts,
                    "findings": kind.findings,
                    "uncovered": [
                        {"target": target, "reason": reason} for target, reason in kind.uncovered.items()
                    ],
                }
                for name, kind in self.kinds.items()
            ],
            "timing": self._timing(),
        }

    def _timing(self) -> dict[str, Any]:
        if not self.paces:
            return {"compared": 0, "median_ratio": None, "findings": []}
        ratios = [pace.theirs / max(pace.nobodys, 1e-6) for pace in self.paces]
        return {
            "compared": len(self.paces),
            "median_ratio": round(statistics.median(ratios), 2),
            "widest_ms": round(max(abs(pace.theirs - pace.nobodys) for pace in self.paces) * 1000, 1),
            "findings": [pace.target for pace in self.paces if pace.tells],
        }


TALLY = Tally()
