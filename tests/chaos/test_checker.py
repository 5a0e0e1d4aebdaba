"""The checker on histories written by hand: one good one, and each class of anomaly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chaos.checker import certain, check
from tests.chaos.history import Event

TALK = "t0/telegram-0/1000"


def event(what: str, **facts: Any) -> Event:
    return {"what": what, "t": 10.0, **facts}


def inbound(number: int, phase: str = "ok", **facts: Any) -> Event:
    given = {"conversation": TALK, "number": number, "phase": phase, "began": 9.9, "ref": f"ref{number}"}
    return event("inbound", **(given | facts))


def reply(number: int, phase: str = "ok") -> Event:
    return event("reply", conversation=TALK, number=number, phase=phase, began=9.9)


def stored(way: str, number: int, seq: int, tenant: str = "t0") -> Event:
    return event("stored", conversation=TALK, way=way, number=number, seq=seq, tenant=tenant)


def provided(number: int, **facts: Any) -> Event:
    given = {"conversation": TALK, "number": number, "answered": "ok", "class": "N"}
    return event("provided", **(given | facts))


def delivery(number: int, state: str = "sent", ended: float = 10.5) -> Event:
    attempts = [["sent", 10.0, ended]]
    return event(
        "delivery", conversation=TALK, tenant="t0", number=number, state=state, attempts=attempts, words=""
    )


def webhook(number: int) -> Event:
    return event("webhook", ref=f"ref{number}", state="done")


def status(number: int, state: str) -> Event:
    return event("status", conversation=TALK, number=number, state=state, **{"class": "R"})


def followed(seen: list[str], fresh: list[str]) -> Event:
    return event("followed", who="agent", tenant="t0", conversation=TALK, seen=seen, fresh=fresh)


def fault(group: str, began: float, ended: float) -> Event:
    return event("fault", name=group, group=group, began=began, ended=ended)


GOOD = [
    inbound(1, "invoke"),
    inbound(1),
    inbound(2, "info"),
    inbound(2),
    webhook(1),
    webhook(2),
    stored("in", 1, 1),
    stored("in", 2, 3),
    reply(1, "invoke"),
    reply(1, "info"),
    reply(1),
    reply(2),
    stored("out", 1, 2),
    stored("out", 2, 4),
    provided(1),
    provided(2, answered="lost"),
    delivery(1),
    delivery(2, "unknown"),
    followed(["m-1", "m-2"], ["m-1", "m-2"]),
]


def test_a_good_history_has_no_anomaly() -> None:
    assert check(GOOD) == []


BAD = {
    "acknowledged, nothing durable": ("acknowledged before durable", [inbound(3)]),
    "acknowledged, durable, never shown": ("lost", [inbound(3), webhook(3)]),
    "a reply accepted and gone": ("acknowledged before durable", [reply(3)]),
    "a delivery that never left": ("lost", [delivery(1, "queued")]),
    "a delivery called failed": ("lost", [delivery(1, "failed")]),
    "the customer's words twice": ("duplicate", [stored("in", 2, 5)]),
    "a reply stored twice": ("duplicate", [stored("out", 2, 5)]),
    "a reply delivered twice": ("duplicate", [provided(2)]),
    "the customer's words turned round": (
        "out of order",
        [inbound(4), inbound(3), webhook(3), webhook(4), stored("in", 4, 5), stored("in", 3, 6)],
    ),
    "replies turned round at the customer": (
        "out of order",
        [
            reply(3),
            reply(4),
            stored("out", 3, 5),
            stored("out", 4, 6),
            provided(4),
            provided(3),
            delivery(3),
            delivery(4),
        ],
    ),
    "words that nobody said": ("phantom", [stored("in", 9, 9)]),
    "sent, says we": ("phantom", [reply(3), stored("out", 3, 5), delivery(3)]),
    "the provider was sent nonsense": ("phantom", [provided(0, conversation="", text="?")]),
    "shown to the neighbour": ("cross-tenant", [stored("in", 1, 1, tenant="t1")]),
    "rows outside any scope": ("cross-tenant", [event("outside", rows=1)]),
    "nobody told that it is unknown": (
        "unknown",
        [
            reply(3),
            stored("out", 3, 5),
            provided(3, answered="hang"),
            delivery(3, "unknown", ended=75.0),
        ],
    ),
    "refused while only Redis was away": (
        "intake",
        [fault("redis", 9.0, 11.0), inbound(2, "fail", status=503)],
    ),
    "read, and we say sent": ("status", [status(1, "read")]),
    "known since, and we say unknown": ("status", [status(2, "delivered")]),
    "somebody could not finish": ("stuck", [event("stuck", words="2 people could not finish")]),
    "a page that missed something": ("socket", [followed(["m-1"], ["m-1", "m-2"])]),
    "a page that has something too many": ("socket", [followed(["m-1", "m-2"], ["m-1"])]),
}


@pytest.mark.parametrize("label", BAD)
def test_each_anomaly_is_named(label: str) -> None:
    kind, more = BAD[label]
    assert kind in {anomaly.kind for anomaly in check([*GOOD, *more])}


def test_a_refusal_is_excused_while_the_web_process_was_away() -> None:
    history = [*GOOD, fault("redis", 9.0, 11.0), fault("web", 8.0, 9.5), inbound(2, "fail", status=503)]
    assert check(history) == []


def test_a_visitor_who_got_a_message_twice_is_a_duplicate_of_class_k() -> None:
    twice = [provided(1, **{"class": "K"})]
    assert [anomaly.kind for anomaly in check([*GOOD, *twice])] == ["duplicate"]


def test_what_is_told_in_any_order_stands_with_the_furthest() -> None:
    told = [status(3, state) for state in ("read", "sent", "delivered", "sent")]
    more = [reply(3), stored("out", 3, 5), provided(3), delivery(3, "read")]
    assert check([*GOOD, *more, *told]) == []


OVERTAKEN = [reply(3), reply(4), stored("out", 3, 5), stored("out", 4, 6), delivery(4)]


@pytest.mark.parametrize(
    ("came", "given_up", "kinds"),
    [(11.0, 12.0, []), (14.0, 12.0, ["out of order"]), (11.0, 13.5, ["out of order"])],
    ids=["the platform was slow", "it was begun after", "it was still on its way"],
)
def test_what_was_given_up_may_be_accepted_late(came: float, given_up: float, kinds: list[str]) -> None:
    late = delivery(3, "unknown") | {"attempts": [["Unknown", 10.9, given_up]]}
    order = [provided(4, came=13.0), provided(3, came=came)]
    assert [anomaly.kind for anomaly in check([*GOOD, *OVERTAKEN, late, *order])] == kinds


def test_while_a_run_goes_on_only_what_cannot_be_undone_is_named() -> None:
    unfinished = [reply(3), stored("out", 3, 5), delivery(3, "queued"), inbound(3), webhook(3)]
    assert certain([*GOOD, *unfinished]) == []
    assert [anomaly.kind for anomaly in certain([*GOOD, *unfinished, stored("in", 2, 6)])] == ["duplicate"]


UNSHOWN = [reply(3), stored("out", 3, 5), provided(3, answered="hang"), delivery(3, "unknown", ended=75.0)]


@pytest.mark.parametrize(
    ("fault_name", "seconds", "excused"),
    [
        ("both workers killed", 10.0, True),
        ("both workers killed", 1.0, False),
        ("a worker killed", 10.0, False),
    ],
)
def test_only_the_time_without_any_worker_does_not_count(
    fault_name: str, seconds: float, excused: bool
) -> None:
    away = fault(fault_name, 20.0, 20.0 + seconds)
    assert (check([*GOOD, *UNSHOWN, away]) == []) is excused


@pytest.mark.parametrize(("known", "shown"), [(12.0, True), (90.0, False)], ids=["soon", "late"])
def test_what_a_status_settles_is_known_from_then_on(known: float, shown: bool) -> None:
    settled = delivery(3, "delivered") | {"attempts": [], "sent": known}
    found = check([*GOOD, reply(3), stored("out", 3, 5), provided(3, answered="lost"), settled])
    assert [anomaly.kind for anomaly in found] == ([] if shown else ["unknown"])
