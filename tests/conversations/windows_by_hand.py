"""When each platform lets a business write, said once more by hand from the platforms' own documents.

Knows nothing of `apps.platforms.windows` nor of the policy: the tests set both against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

HOUR, MINUTE = 1.0, 1 / 60
NEVER = float("inf")
EDGE = 20 / 3600  # hours: nearer to the end of a window than this, a slow test could see either side


@dataclass(slots=True)
class Life:
    """What one customer did, in hours of the model's own clock, and when we answered."""

    now: float = 0.0
    did: dict[str, float] = field(default_factory=dict)  # "message", "tap", "call", "comment": the last time
    answered: list[float] = field(default_factory=list)  # what we sent, except what failed for good
    approved: bool = False  # Meta's Human Agent feature

    def since(self, *deeds: str) -> float:
        """Hours since the last of these; NEVER when there was none."""
        return min((self.now - self.did[deed] for deed in deeds if deed in self.did), default=NEVER)

    def answers(self, deed: str) -> int:
        """How often we have answered since the last of these."""
        return sum(at >= self.did.get(deed, NEVER) for at in self.answered)


Rule = Callable[[Life, bool, bool], bool]  # life, by a person, a template -> may it go?


def meta(life: Life, person: bool, template: bool) -> bool:
    """RESPONSE for a day after anything that they do; HUMAN_AGENT for a week after their words."""
    return life.since("message", "tap", "call") <= 24 or (
        person and life.approved and life.since("message", "call") <= 7 * 24
    )


def messenger(life: Life, person: bool, template: bool) -> bool:
    """One private answer in a week to a comment, for a business that takes comments."""
    public = life.approved and life.since("comment") <= 7 * 24 and life.answers("comment") < 1
    return public or meta(life, person, template)


def whatsapp(life: Life, person: bool, template: bool) -> bool:
    """A day after a message or a call; after that what Meta has approved."""
    hours = life.since("message", "tap", "call")
    return hours <= 24 or (template and hours < NEVER)


def wechat(life: Life, person: bool, template: bool) -> bool:
    """Five answers in two days to each message; three in a minute to a menu, a code or a new follower."""
    deed = max(("message", "call"), key=lambda each: life.did.get(each, -NEVER))
    said = life.since(deed) <= 48 and life.answers(deed) < 5
    return said or (life.since("tap") <= MINUTE and life.answers("tap") < 3)


def qq(life: Life, person: bool, template: bool) -> bool:
    """Five passive replies in an hour."""
    deed = max(("message", "tap", "call"), key=lambda each: life.did.get(each, -NEVER))
    return life.since(deed) <= HOUR and life.answers(deed) < 5


def always(life: Life, person: bool, template: bool) -> bool:
    """Once the customer has begun."""
    return life.since("message", "tap", "call") < NEVER


RULES: dict[str, Rule] = {
    "webchat": always,
    "apple_messages": always,  # no time limit until they delete the conversation
    "telegram": always,
    "messenger": messenger,
    "instagram": meta,
    "whatsapp": whatsapp,
    "wechat": wechat,
    "slack": always,
    "sms": always,
    "rcs": always,
    "qq": qq,
    "email": always,
    "line": always,  # friends
    "viber": always,  # subscribers; free for a day only
    "custom": always,
    "x_dm": always,
    "teams": always,
}
EDGES = (MINUTE, HOUR, 24.0, 48.0, 7 * 24.0)


def near_an_edge(life: Life) -> bool:
    ages = [life.now - at for at in life.did.values()]
    return any(abs(age - edge) < EDGE for age in ages for edge in EDGES)
