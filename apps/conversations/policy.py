"""Whether something may be sent to a customer now: one pure function for every author.

Knows what no platform can be left to refuse: the customer starts; after they leave nothing is sent until
they write again; a suspended tenant and a disabled channel are silent; a platform's window. The decision
is stored with each delivery, by constraint.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.platforms.base import Capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the decision depends on. Times are aware; `last_inbound_at` None means they never wrote."""

    capabilities: Capabilities
    tenant_active: bool
    channel_enabled: bool
    reachable: bool
    gone_reason: str
    last_inbound_at: datetime | None
    holder_is_author: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`rule` names what decided, `until` when an allowance ends. `allow` False refuses."""

    allow: bool
    rule: str
    until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        facts = asdict(self)
        facts["until"] = self.until.isoformat() if self.until else None
        return facts


def may_send(situation: Situation, now: datetime) -> Decision:
    """The decision for free-form content. Pure; the same for agents, bots, programs and schedules."""
    refusal = _refusal(situation, now)
    if refusal:
        return Decision(allow=False, rule=refusal)
    return Decision(allow=True, rule="customer_wrote", until=_window_end(situation))


def _refusal(situation: Situation, now: datetime) -> str:
    if not situation.tenant_active:
        return "tenant_suspended"
    if not situation.channel_enabled:
        return "channel_disabled"
    if situation.last_inbound_at is None:
        return "never_wrote"
    if not situation.reachable:
        return f"customer_{situation.gone_reason or 'left'}"
    if not situation.holder_is_author:
        return "someone_else_holds"
    end = _window_end(situation)
    return "window_over" if end is not None and now > end else ""


def _window_end(situation: Situation) -> datetime | None:
    hours = situation.capabilities.window_hours
    if hours is None or situation.last_inbound_at is None:
        return None
    return situation.last_inbound_at + timedelta(hours=hours)
