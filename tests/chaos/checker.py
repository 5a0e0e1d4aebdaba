"""Reads a history and names what must not have happened. Pure: the same history, the same answer.

acknowledged before durable   a 200 whose webhook is nowhere
lost          acknowledged and never shown; or queued, sent or failed without having reached the customer
duplicate     shown twice in a conversation, or delivered twice though nobody asked for it
out of order  a smaller number after a larger one, in the conversation or at the customer
phantom       words that nobody said, or sent says we and the provider never saw it
cross-tenant  words shown to, sent for or stored with another tenant; rows outside any scope
unknown       accepted without an answer, and neither settled nor shown within 60 s; only the time in
                  which there was no worker at all or no database does not count
status        what the platform told of a message, in whatever order, is not what we say of it
intake        a webhook refused while nothing but Redis was away
stuck         somebody whose message was refused for a minute though nothing was broken any more, or a fault
              that could not be healed
socket        an agent's or visitor's page that ended other than a fresh one
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.chaos.history import Event

SHOWN_SECONDS = 60.0
NOBODY = ("both workers killed", "PostgreSQL stopped immediately")  # nobody could have shown anything
AFTERMATH = 5.0  # seconds after a fault of web or database in which a request may still fail from it
CERTAIN = ("acknowledged before durable", "cross-tenant", "duplicate", "out of order")
RANK = ("", "sent", "delivered", "read")
KINDS = (
    "lost", "acknowledged before durable", "duplicate", "out of order", "phantom", "cross-tenant", "unknown",
    "status", "intake", "stuck", "socket",
)  # fmt: skip
ARRIVED = ("sent", "delivered", "read")


@dataclass(frozen=True, slots=True, order=True)
class Anomaly:
    kind: str
    conversation: str
    words: str


@dataclass(slots=True)
class Facts:
    """A history sorted by kind, then by conversation."""

    by_kind: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    of: dict[tuple[str, str], list[Event]] = field(default_factory=lambda: defaultdict(list))

    def conversations(self) -> list[str]:
        return sorted({conversation for _, conversation in self.of if conversation})

    def numbers(self, what: str, conversation: str, *phases: str) -> set[int]:
        rows = self.of[what, conversation]
        return {row["number"] for row in rows if not phases or row["phase"] in phases}


def check(history: Iterable[Event]) -> list[Anomaly]:
    """Every anomaly, sorted; an empty list when the run was good."""
    facts = Facts()
    for event in history:
        facts.by_kind[event["what"]].append(event)
        if "conversation" in event:
            facts.of[event["what"], event["conversation"]].append(event)
    found = [Anomaly(*anomaly) for look in OVERALL for anomaly in look(facts)]
    for conversation in facts.conversations():
        for examine in PER_CONVERSATION:
            found += [Anomaly(kind, conversation, words) for kind, words in examine(facts, conversation)]
    return sorted(found)


def certain(history: Iterable[Event]) -> list[Anomaly]:
    """Of a run that still goes on: the anomalies that nothing which may still come can undo. The history must
    have been read before the tables."""
    return [anomaly for anomaly in check(history) if anomaly.kind in CERTAIN]


def _arrivals(facts: Facts, conversation: str) -> Iterator[tuple[str, str]]:
    """What was acknowledged is there, once and in order; what is there was said."""
    stored = [row["number"] for row in facts.of["stored", conversation] if row["way"] == "in"]
    webhooks = {row["ref"] for row in facts.by_kind["webhook"]}
    for row in facts.of["inbound", conversation]:
        if row["phase"] == "ok" and row["number"] not in stored:
            durable = row["ref"] in webhooks
            kind = "lost" if durable else "acknowledged before durable"
            yield kind, f"in #{row['number']} was answered {row.get('status', 200)}"
    yield from _repeated(stored, "in")
    yield from _unsaid(stored, facts.numbers("inbound", conversation), "in")
    yield from _turned(stored, "in, as stored")


def _replies(facts: Facts, conversation: str) -> Iterator[tuple[str, str]]:
    """An accepted reply stands in the conversation, once and in order."""
    stored = [row["number"] for row in facts.of["stored", conversation] if row["way"] == "out"]
    for number in sorted(facts.numbers("reply", conversation, "ok") - set(stored)):
        yield "acknowledged before durable", f"out #{number} was accepted and is not there"
    yield from _repeated(stored, "out, as stored")
    yield from _unsaid(stored, facts.numbers("reply", conversation), "out, as stored")
    yield from _turned(stored, "out, as stored")


def _deliveries(facts: Facts, conversation: str) -> Iterator[tuple[str, str]]:
    """What we say of a delivery is what the provider knows."""
    provided = [row["number"] for row in facts.of["provided", conversation]]
    for row in facts.of["delivery", conversation]:
        number, state = row["number"], row["state"]
        if state in ARRIVED and number not in provided:
            yield "phantom", f"out #{number} is {state!r}, and the provider never accepted it"
        if state in ("queued", "sending", "failed", "parked"):
            yield "lost", f"out #{number} ended {state!r}: {row.get('words', '')}"
    yield from _repeated(provided, "out, at the customer")
    yield from _unsaid(provided, facts.numbers("reply", conversation), "out, at the customer")
    yield from _turned_at_customer(facts, conversation)


def _turned_at_customer(facts: Facts, conversation: str) -> Iterator[tuple[str, str]]:
    """In the order of acceptance, unless the platform itself took its time over a call that we had given up
    as unknown before the next one came to it: then nobody could know."""
    first: dict[int, Event] = {}
    for row in facts.of["provided", conversation]:
        first.setdefault(row["number"], row)
    attempts: dict[int, list[Any]] = defaultdict(list)
    for row in facts.of["delivery", conversation]:
        attempts[row["number"]] += row["attempts"]
    for before, after in pairwise(first.values()):
        if after["number"] < before["number"] and not _given_up(after, attempts[after["number"]], before):
            yield "out of order", f"out, at the customer: #{after['number']} after #{before['number']}"


def _given_up(row: Event, attempts: list[Any], next_one: Event) -> bool:
    came, overtaken = (float(each["came"] if "came" in each else each["t"]) for each in (row, next_one))
    return came < overtaken and any(
        outcome == "Unknown" and began <= came and ended <= overtaken for outcome, began, ended in attempts
    )


def _unknown(facts: Facts, conversation: str) -> Iterator[tuple[str, str]]:
    """An accepted message without an answer is settled or shown as unknown within a minute."""
    ends: dict[int, list[float]] = defaultdict(list)
    nobody = [row for row in facts.by_kind["fault"] if row["name"] in NOBODY]
    for row in facts.of["delivery", conversation]:
        ends[row["number"]] += [ended for _, _, ended in row["attempts"]]
        if row.get("sent"):
            ends[row["number"]].append(row["sent"])
    for row in facts.of["provided", conversation]:
        shown = min((end for end in ends[row["number"]] if end >= row["t"] - 1), default=float("inf"))
        away = sum(_shared(row["t"], shown, fault) for fault in nobody)
        in_time = shown - row["t"] <= SHOWN_SECONDS + away
        if row["answered"] in ("lost", "hang") and not in_time:
            yield (
                "unknown",
                f"out #{row['number']} was accepted without an answer, and nobody was told in time",
            )


def _statuses(facts: Facts, conversation: str) -> Iterator[tuple[str, str]]:
    """The furthest of what was told stands in the end, also of what was unknown before."""
    told: dict[int, str] = {}
    for row in facts.of["status", conversation]:
        told[row["number"]] = max(told.get(row["number"], ""), row["state"], key=RANK.index)
    for row in facts.of["delivery", conversation]:
        furthest = told.get(row["number"], "")
        if furthest and row["state"] != furthest:
            yield "status", f"out #{row['number']} is {row['state']!r}, and the platform told {furthest!r}"


def _shared(began: float, ended: float, fault: Event) -> float:
    """Seconds of the fault between the two."""
    return float(max(0.0, min(ended, fault["ended"]) - max(began, fault["began"])))


def _belonging(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for what in ("stored", "provided", "followed", "delivery"):
        for row in facts.by_kind[what]:
            conversation = row["conversation"]
            owner = conversation.partition("/")[0]
            if row.get("tenant", owner) != owner:
                yield "cross-tenant", conversation, f"{what} with {row['tenant']}"
    for row in facts.by_kind["outside"]:
        yield "cross-tenant", "", f"{row['rows']} rows seen outside any scope"


def _strangers(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for row in facts.by_kind["provided"]:
        if not row["conversation"]:
            yield "phantom", "", f"the provider was sent {row.get('text', '')!r}"


def _intake(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """With Redis away and nothing else, every webhook is answered 200."""
    faults = facts.by_kind["fault"]
    away = [row for row in faults if row["group"] == "redis"]
    excuses = [row for row in faults if row["group"] in ("web", "database")]
    for row in facts.by_kind["inbound"]:
        if row["phase"] not in ("fail", "info") or not row["ref"]:
            continue
        began = row["began"]
        if any(r["began"] <= began <= r["ended"] for r in away) and not any(
            r["began"] - AFTERMATH <= began <= r["ended"] + AFTERMATH for r in excuses
        ):
            yield "intake", row["conversation"], f"in #{row['number']} was refused: {row.get('status')}"


def _stuck(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for row in facts.by_kind["stuck"]:
        yield "stuck", "", row["words"]


def _pages(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for row in facts.by_kind["followed"]:
        missed, more = set(row["fresh"]) - set(row["seen"]), set(row["seen"]) - set(row["fresh"])
        if missed or more:
            words = f"{row['who']} misses {len(missed)} and has {len(more)} too many"
            yield "socket", row["conversation"], words


def _repeated(numbers: list[int], where: str) -> Iterator[tuple[str, str]]:
    for number, count in Counter(numbers).items():
        if count > 1:
            yield "duplicate", f"{where} #{number}: {count} times"


def _unsaid(numbers: list[int], said: set[int], where: str) -> Iterator[tuple[str, str]]:
    for number in sorted(set(numbers) - said):
        yield "phantom", f"{where} #{number} was never said"


def _turned(numbers: list[int], where: str) -> Iterator[tuple[str, str]]:
    once = list(dict.fromkeys(numbers))
    for before, after in pairwise(once):
        if after < before:
            yield "out of order", f"{where}: #{after} after #{before}"


Overall = Callable[[Facts], Iterable[tuple[str, str, str]]]
PerConversation = Callable[[Facts, str], Iterable[tuple[str, str]]]
OVERALL: tuple[Overall, ...] = (_belonging, _strangers, _intake, _stuck, _pages)
PER_CONVERSATION: tuple[PerConversation, ...] = (_arrivals, _replies, _deliveries, _unknown, _statuses)
