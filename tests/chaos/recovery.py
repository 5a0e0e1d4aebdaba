"""How soon work goes on after a kill, and whether webhooks are taken while Redis is away. Pure.

For a run in which nothing else is broken (`bin/chaos --recovery`), with a send's lease as in production: what
a killed worker had claimed is recovered when its lease has run out and was noticed; everything else must be
begun as if nothing had happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tests.chaos.checker import Anomaly
from tests.chaos.history import Event

CLAIMED_SECONDS = 65.0  # a lease of 30 s, and twice the time in which it is noticed on a busy machine
WAITING_SECONDS = 5.0
FAULTS = ("a worker killed", "Redis stopped, started empty")


@dataclass(slots=True)
class Recovery:
    """Seconds: from a kill until what was claimed became known, until rows that could begin began, and until
    webhooks were answered 200 while Redis was away; how many were not."""

    claimed: list[float] = field(default_factory=list)
    waiting: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    refused: int = 0


def measure(history: Iterable[Event]) -> Recovery:
    by_kind: dict[str, list[Event]] = defaultdict(list)
    for event in history:
        by_kind[event["what"]].append(event)
    kills = [row["began"] for row in by_kind["fault"] if row["group"] == "worker"]
    found = Recovery(waiting=sorted(_waits(by_kind["delivery"])))
    for row in by_kind["delivery"]:
        for outcome, began, ended in row["attempts"]:
            found.claimed += [ended - at for at in kills if outcome == "Unknown" and began <= at <= ended][
                -1:
            ]
    away = [(row["began"], row["ended"]) for row in by_kind["fault"] if row["group"] == "redis"]
    for row in by_kind["inbound"]:
        if row["phase"] != "invoke" and any(began <= row["began"] <= ended for began, ended in away):
            if row["phase"] == "ok":
                found.taken.append(row["t"] - row["began"])
            else:
                found.refused += 1
    return found


def check(history: Iterable[Event]) -> list[Anomaly]:
    """What was too late, and what did not happen at all, without which nothing is shown."""
    return sorted(Anomaly("recovery", "", words) for words in _faults(measure(history)))


def _faults(found: Recovery) -> Iterator[str]:
    if not found.claimed:
        yield "nothing was on its way when a worker was killed"
    if not found.taken:
        yield "no webhook came while Redis was away"
    if found.refused:
        yield f"{found.refused} webhooks were refused while Redis was away"
    for seconds in found.claimed:
        if seconds > CLAIMED_SECONDS:
            yield f"what a killed worker had claimed was known after {seconds:.1f} s"
    for seconds in found.waiting:
        if seconds > WAITING_SECONDS:
            yield f"a row that could begin waited for {seconds:.1f} s"


def _waits(deliveries: Iterable[Event]) -> Iterator[float]:
    """From when a row could begin (made, and the one before it in its conversation known) until it began.
    What follows an unknown one of class R waits for that to settle, which is no delay."""
    lines: dict[str, list[Event]] = defaultdict(list)
    for row in deliveries:
        if row["attempts"]:
            lines[row["conversation"]].append(row)
    for line in lines.values():
        line.sort(key=lambda row: row["number"])
        yield from (_begun(row) - row["created"] for row in line[:1])
        for before, row in pairwise(line):
            outcome, _, known = before["attempts"][-1]
            if not (before["class"] == "R" and outcome == "Unknown"):
                yield max(0.0, _begun(row) - max(row["created"], known))


def _begun(row: Event) -> float:
    began: float = row["attempts"][0][1]
    return began
