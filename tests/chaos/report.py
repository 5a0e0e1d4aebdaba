"""What a run says at its end, for people: what was done, what was measured, and what went wrong."""

from __future__ import annotations

from collections import Counter
from statistics import median

from tests.chaos import history
from tests.chaos.checker import Anomaly
from tests.chaos.history import Event
from tests.chaos.run import Outcome, Plan

LINES = 60  # of the smallest conversation


def summary(outcome: Outcome, plan: Plan) -> list[str]:
    """One fact per line."""
    events = list(history.read(outcome.history))
    deliveries = [event for event in events if event["what"] == "delivery"]
    states = Counter(f"{event['class']} {event['state']}" for event in deliveries)
    inbound, outbound = outcome.said
    lines = [
        f"seed {plan.seed}, {outcome.seconds:.0f} s, {sum(outcome.faults.values())} faults",
        f"  {inbound} messages from customers, {outbound} to customers",
        "  deliveries: " + ", ".join(f"{count} {name}" for name, count in sorted(states.items())),
        *(f"  {count:4} {name}" for name, count in sorted(outcome.faults.items())),
        *_waits(events),
    ]
    if outcome.resumed:
        lines.append(
            f"  {len(outcome.resumed)} pages resumed, median {median(outcome.resumed):.1f} s, "
            f"slowest {max(outcome.resumed):.1f} s (with the faults that kept them away)"
        )
    if outcome.left != (0, 0):
        lines.append(f"  not at rest at the end: {outcome.left[0]} webhooks, {outcome.left[1]} deliveries")
    return lines


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
        lines += [f"  the smallest conversation, {smallest}:", *_told(about[smallest], outcome.anomalies)]
    return [*lines, f"  everything: {outcome.folder}"]


def _told(events: list[Event], anomalies: list[Anomaly]) -> list[str]:
    start = min(event["t"] for event in events)
    rows = [
        f"    {event['t'] - start:8.3f} " + " ".join(
            f"{name}={value}" for name, value in event.items() if name not in ("t", "conversation", "ref")
        )
        for event in sorted(events, key=lambda event: event["t"])
    ]  # fmt: skip
    return rows if len(rows) <= LINES else [*rows[: LINES // 2], "    …", *rows[-LINES // 2 :]]


def _waits(events: list[Event]) -> list[str]:
    """How long after a kill of a worker rows that waited were begun, and leases that ran out were noticed."""
    kills = [e["began"] for e in events if e["what"] == "fault" and e["name"].endswith(("killed", "lease"))]
    begun, noticed = [], []
    for event in events:
        if event["what"] != "delivery":
            continue
        for at in kills:
            first = event["attempts"][0] if event["attempts"] else None
            if first and event["created"] < at < first[1] and first[1] - at < 120:
                begun.append(first[1] - at)
        for outcome, began, ended in event["attempts"]:
            if outcome == "Unknown" and any(began <= at <= ended for at in kills):
                noticed.append(ended - max(at for at in kills if began <= at <= ended))
    lines = []
    for words, found in (("waiting rows begun", begun), ("unknown outcomes shown", noticed)):
        if found:
            found.sort()
            lines.append(
                f"  {words} after a kill: {len(found)}, median {median(found):.1f} s, "
                f"p95 {found[int(len(found) * 0.95)]:.1f} s, slowest {found[-1]:.1f} s"
            )
    return lines
