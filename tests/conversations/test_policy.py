"""The policy over time: which window decides, what is left, and what would be possible instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.conversations.policy import Decision, Opening, Situation, may_send
from apps.platforms.base import Capabilities
from apps.platforms.windows import Opener, Price, Takes, Window

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = Window(rule="day", hours=24)
PEOPLE = Window(rule="people", hours=168, people_only=True, tag="HUMAN_AGENT", permission="human_agent")
FIVE = Window(rule="five", hours=48, messages=5)
TAPPED = Window(rule="tapped", opener=Opener.TAP, hours=1 / 60, messages=3)
TEMPLATE = Window(rule="template", takes=Takes.TEMPLATE, price=Price.BILLED)


def situation(*windows: Window, hours: float = 1, answers: int = 0) -> Situation:
    opening = Opening(at=NOW - timedelta(hours=hours), answers=answers)
    return Situation(
        capabilities=Capabilities(text_limit=10, media_limit=10, windows=windows),
        tenant_active=True,
        channel_enabled=True,
        reachable=True,
        gone_reason="",
        openings={Opener.MESSAGE: opening},
    )


def no(rule: str, instead: str = "") -> Decision:
    return Decision(allow=False, rule=rule, instead=instead)


LATE = situation(DAY, PEOPLE, hours=30)
ALLOWED = replace(LATE, permissions=frozenset({"human_agent"}))
TABLE: dict[str, tuple[Situation, Decision]] = {
    "inside a day": (
        situation(DAY),
        Decision(allow=True, rule="day", until=NOW + timedelta(hours=23), price="free"),
    ),
    "after a day": (situation(DAY, hours=25), no("window_over")),
    "people, not approved": (LATE, no("window_over")),
    "people, approved": (
        ALLOWED,
        Decision(
            allow=True, rule="people", until=NOW + timedelta(hours=138), tag="HUMAN_AGENT", price="free"
        ),
    ),
    "a bot after a day": (replace(ALLOWED, by_person=False), no("people_only")),
    "fifth of five": (
        situation(FIVE, answers=4),
        Decision(allow=True, rule="five", until=NOW + timedelta(hours=47), left=1, price="free"),
    ),
    "sixth of five": (situation(FIVE, answers=5), no("quota_used")),
    "only a template": (situation(DAY, TEMPLATE, hours=25), no("template_only", instead="template")),
    "a template": (
        replace(situation(DAY, TEMPLATE, hours=25), takes=Takes.TEMPLATE),
        Decision(allow=True, rule="template", price="billed"),
    ),
    "a tap, never a word": (
        replace(situation(FIVE, TAPPED), openings={Opener.TAP: Opening(at=NOW - timedelta(seconds=30))}),
        Decision(allow=True, rule="tapped", until=NOW + timedelta(seconds=30), left=3, price="free"),
    ),
    "never": (replace(situation(DAY), openings={}), no("never_wrote")),
    "left": (replace(situation(DAY), reachable=False, gone_reason="blocked"), no("customer_blocked")),
    "suspended": (replace(situation(DAY), tenant_active=False), no("tenant_suspended")),
    "channel off": (replace(situation(DAY), channel_enabled=False), no("channel_disabled")),
    "another program": (replace(situation(DAY), thread_owner="Page Inbox"), no("thread_elsewhere")),
    "marketing": (
        replace(situation(TEMPLATE), takes=Takes.TEMPLATE, marketing=True),
        Decision(allow=True, rule="template", price="billed"),
    ),
    "unwanted marketing": (
        replace(situation(TEMPLATE), takes=Takes.TEMPLATE, marketing=True, marketing_stopped=True),
        no("marketing_stopped"),
    ),
    "something else to them": (
        replace(situation(TEMPLATE), takes=Takes.TEMPLATE, marketing_stopped=True),
        Decision(allow=True, rule="template", price="billed"),
    ),
    "a colleague": (replace(situation(DAY), holder_is_author=False), no("someone_else_holds")),
}


@pytest.mark.parametrize(("given_", "decision"), TABLE.values(), ids=TABLE.keys())
def test_may_send(given_: Situation, decision: Decision) -> None:
    assert may_send(given_, NOW) == decision


WINDOWS = st.lists(
    st.builds(
        Window,
        rule=st.sampled_from("abc"),
        hours=st.none() | st.floats(0.1, 200),
        messages=st.none() | st.integers(1, 5),
        takes=st.sampled_from(Takes),
        people_only=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(windows=WINDOWS, hours=st.floats(0, 300), answers=st.integers(0, 6), later=st.floats(0, 300))
def test_time_only_closes(windows: list[Window], hours: float, answers: int, later: float) -> None:
    """What is refused stays refused until the customer acts; an allowance holds up to its `until`."""
    case = situation(*windows, hours=hours, answers=answers)
    now, then = may_send(case, NOW), may_send(case, NOW + timedelta(hours=later))
    assert now.allow or not then.allow
    if now.allow and now.until is not None:
        assert may_send(case, now.until).allow
    assert now.left is None or now.left >= 1


@given(windows=WINDOWS, hours=st.floats(0, 300), answers=st.integers(0, 6))
def test_who_may_send_freely_may_send_a_template(windows: list[Window], hours: float, answers: int) -> None:
    case = situation(*windows, hours=hours, answers=answers)
    template = may_send(replace(case, takes=Takes.TEMPLATE), NOW)
    free = may_send(case, NOW)
    assert template.allow or not free.allow
    assert free.instead == "" or template.allow


@given(windows=WINDOWS, hours=st.floats(0, 300))
def test_bots_may_nothing_that_people_may_not(windows: list[Window], hours: float) -> None:
    case = situation(*windows, hours=hours)
    assert may_send(case, NOW).allow or not may_send(replace(case, by_person=False), NOW).allow
