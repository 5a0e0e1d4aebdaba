"""What a run says at its end: one table for people, the same as JSON, and what went wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from tests.chaos import history, recovery
from tests.chaos.checker import KINDS
from tests.chaos.history import Event
from tests.chaos.run import Outcome, Plan

LINES = 60  # of the smallest conversation
Facts = dict[str, Any]


def verdict(outcome: Outcome, plan: Plan) -> Facts:
    """Everything that was counted and measured, JSON-serialisable."""
    events = list(history.read(outcome.history))
    kinds = Counter(anomaly.kind for anomaly in outcome.anomalies)
    deliveries = [event for event in events if event["what"] == "delivery"]
    pages = [event["took"] for event in events if event["what"] == "followed"]
    return {
        "passed": not outcome.anomalies,
        "plan": {name: value for name, value in asdict(plan).items() if name != "progress"},
        "seconds": round(outcome.seconds, 1),
        "from_customers": outcome.said[0],
        "to_customers": outcome.said[1],
        "faults": dict(sorted(outcome.faults.items())),
        "deliveries": dict(sorted(Counter(f"{e['class']} {e['state']}" for e in deliveries).items())),
        "unanswered": dict(Counter(e["class"] for e in events if e.get("answered") in ("lost", "hang"))),
        "statuses": sum(event["what"] == "status" for event in events),
        "anomalies": {kind: kinds[kind] for kind in (*KINDS, *sorted(kinds.keys() - set(KINDS)))},
        "left": {"webhooks": outcome.left[0], "deliveries": outcome.left[1]},
        "measured": _measured(events, outcome, plan),
        "pages": _spread(pages),
    }


def write(facts: Facts, outcome: Outcome) -> None:
    (outcome.folder / "verdict.json").write_text(json.dumps(facts, indent=2) + "\n")


def table(facts: Facts) -> list[str]:
    """The verdict, one fact per line."""
    plan = facts["plan"]
    title = f"seed {plan['seed']}, {facts['seconds']:.0f} s, {sum(facts['faults'].values())} faults"
    rows: list[tuple[str, object]] = [
        ("messages from customers", facts["from_customers"]),
        ("messages to customers", facts["to_customers"]),
        *((f"deliveries, {name}", count) for name, count in facts["deliveries"].items()),
        *((f"accepted without an answer, class {name}", n) for name, n in facts["unanswered"].items()),
        ("statuses told", facts["statuses"]),
        *((f"fault: {name}", count) for name, count in facts["faults"].items()),
        *((name, _told(spread)) for name, spread in facts["measured"].items() if spread),
        ("pages equal to fresh ones after", _told(facts["pages"])),
        ("not at rest at the end", sum(facts["left"].values())),
    ]
    wide = max(len(name) for name, _ in rows)
    wrong = [f"  {kind:{wide}}  {n}{'   <<<' if n else ''}" for kind, n in facts["anomalies"].items()]
    facts_told = [f"  {name:{wide}}  {value}" for name, value in rows]
    end = f"PASSED with seed {plan['seed']}" if facts["passed"] else f"FAILED with seed {plan['seed']}"
    return [title, *facts_told, "  must all be 0:", *wrong, end]


def failure(outcome: Outcome, plan: Plan) -> list[str]:
    """The anomalies by kind, then the whole history of the conversation with the shortest one."""
    kinds = Counter(anomaly.kind for anomaly in outcome.anomalies)
    lines = [f"FAILED with seed {plan.seed}: " + ", ".join(f"{n} × {kind}" for kind, n in kinds.items())]
    lines += [f"  {a.kind}: {a.conversation} {a.words}" for a in outcome.anomalies[:20]]
    events = list(history.read(outcome.history))
    named = {anomaly.conversation for anomaly in outcome.anomalies if anomaly.conversation}
    about = {name: [e for e in events if e.get("conversation") == name] for name in named}
    if about:
        smallest = min(about, key=lambda name: len(about[name]))
        lines += [f"  the smallest conversation, {smallest}:", *_history(about[smallest])]
    return [*lines, f"  everything: {outcome.folder}"]


def _history(events: list[Event]) -> list[str]:
    start = min(event["t"] for event in events)
    rows = [
        f"    {event['t'] - start:8.3f} " + " ".join(
            f"{name}={value}" for name, value in event.items() if name not in ("t", "conversation", "ref")
        )
        for event in sorted(events, key=lambda event: event["t"])
    ]  # fmt: skip
    return rows if len(rows) <= LINES else [*rows[: LINES // 2], "    …", *rows[-LINES // 2 :]]


def _measured(events: list[Event], outcome: Outcome, plan: Plan) -> dict[str, Facts]:
    """In seconds. After a kill among other faults everything is slower than alone: see --recovery."""
    found = recovery.measure(events)
    waits = {"rows that could begin began after": _spread(found.waiting)} if plan.recovery else {}
    return {
        **waits,
        "claimed by a killed worker, known after": _spread(found.claimed),
        "webhooks answered while Redis was away, after": _spread(found.taken),
        "pages live again, with what kept them away, after": _spread(outcome.resumed),
    }


def _spread(seconds: Sequence[float]) -> Facts:
    if not seconds:
        return {}
    found = sorted(seconds)
    p95 = found[int(len(found) * 0.95)]
    return {
        "count": len(found),
        **{"median": round(median(found), 2), "p95": round(p95, 2), "slowest": round(found[-1], 2)},
    }


def _told(spread: Facts) -> str:
    if not spread:
        return "none"
    return "{median} s median, {p95} s p95, {slowest} s slowest of {count}".format(**spread)
