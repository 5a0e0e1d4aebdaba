"""Whether something may be sent to a customer now: one pure function for every author.

Knows what no platform can be left to refuse: the customer starts; after they leave nothing is sent until
they write again; a suspended tenant and a channel that is not live are silent; another program holds the
thread; the platform's windows with their quotas, tags and templates (`apps.platforms.windows`); who wants no
marketing gets none. The decision is stored with each delivery, by constraint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apps.platforms.base import Capabilities
from apps.platforms.windows import Opener, Takes, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The last time the customer did something that opens a window, and how often we have answered since.

    `handle` is what came with it for answering it, where a window counts the answers to it.
    """

    at: datetime
    answers: int = 0
    handle: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the decision depends on. Times are aware; no opening at all means they never wrote.

    `by_person` False for bots, rules, schedules and programs. `permissions` are the settings of the channel
    that are on. `thread_owner` names another program that holds the thread on the platform, "" when we do.
    `marketing` is about what is to be sent, `marketing_stopped` about the customer.
    """

    capabilities: Capabilities
    tenant_active: bool
    channel_enabled: bool
    reachable: bool
    gone_reason: str
    openings: Mapping[Opener, Opening] = field(default_factory=dict)
    holder_is_author: bool = True
    takes: Takes = Takes.ANYTHING
    by_person: bool = True
    permissions: frozenset[str] = frozenset()
    thread_owner: str = ""
    marketing: bool = False
    marketing_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`rule` names what decided, `until` when an allowance ends, `left` how many messages it still allows
    (None: not counted), `tag` what the platform wants named, `price` what the platform says. `handle`, given
    at `handle_at`, is of what the customer did that this answers, where answers to each are counted: it goes
    with this one, though they write again before it is sent. `allow` False refuses; `instead` is then
    "template" when only a template may go, "" when nothing may.
    """

    allow: bool
    rule: str
    until: datetime | None = None
    left: int | None = None
    tag: str = ""
    price: str = ""
    instead: str = ""
    handle: Mapping[str, str] = field(default_factory=dict)
    handle_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a delivery. A handle only where there is one (`queued_rows`)."""
        facts = asdict(self)
        facts["until"] = self.until.isoformat() if self.until else None
        handle, at = facts.pop("handle"), facts.pop("handle_at")
        return {**facts, "handle": handle, "handle_at": at.isoformat()} if handle and at else facts


def may_send(situation: Situation, now: datetime) -> Decision:
    """The decision. Pure; the same for agents, bots, programs and schedules."""
    refusal = _refusal(situation)
    if refusal:
        return Decision(allow=False, rule=refusal)
    for window in situation.capabilities.windows:
        if not _closed_by(window, situation, now):
            return _allowance(window, situation)
    return Decision(allow=False, rule=_why(situation, now), instead=_instead(situation, now))


def _refusal(situation: Situation) -> str:
    if not situation.tenant_active:
        return "tenant_suspended"
    if not situation.channel_enabled:
        return "channel_disabled"
    if not situation.openings:
        return "never_wrote"
    if not situation.reachable:
        return f"customer_{situation.gone_reason or 'left'}"
    if situation.marketing and situation.marketing_stopped:
        return "marketing_stopped"
    if situation.thread_owner:
        return "thread_elsewhere"
    return "" if situation.holder_is_author else "someone_else_holds"


def _allowance(window: Window, situation: Situation) -> Decision:
    opening = situation.openings[window.opener]
    counts = window.messages is not None and bool(opening.handle)
    return Decision(
        allow=True,
        rule=window.rule,
        until=_end(window, opening),
        left=None if window.messages is None else window.messages - opening.answers,
        tag=window.tag,
        price=window.price,
        handle=opening.handle if counts else {},
        handle_at=opening.at if counts else None,
    )


def _closed_by(window: Window, situation: Situation, now: datetime) -> str:
    """The rule that keeps `window` closed, "" when it is open."""
    opening = situation.openings.get(window.opener)
    if opening is None:
        return "never_wrote"
    end = _end(window, opening)
    if end is not None and now > end:
        return "window_over"
    if window.messages is not None and opening.answers >= window.messages:
        return "quota_used"
    if window.permission and window.permission not in situation.permissions:
        return "window_over"
    if window.people_only and not situation.by_person:
        return "people_only"
    if window.takes is Takes.TEMPLATE and situation.takes is not Takes.TEMPLATE:
        return "template_only"
    return ""


_TELLING = ("template_only", "people_only", "quota_used", "window_over", "never_wrote")


def _why(situation: Situation, now: datetime) -> str:
    """Of all windows' reasons the one that tells a person most: what they could do, then what is over."""
    reasons = set(_reasons(situation, now))
    return next(reason for reason in _TELLING if reason in reasons)


def _instead(situation: Situation, now: datetime) -> str:
    """ "template" when a template would be allowed where this was not."""
    return "template" if "template_only" in _reasons(situation, now) else ""


def _reasons(situation: Situation, now: datetime) -> Iterator[str]:
    for window in situation.capabilities.windows:
        yield _closed_by(window, situation, now)


def _end(window: Window, opening: Opening) -> datetime | None:
    return None if window.hours is None else opening.at + timedelta(hours=window.hours)
