"""When a platform lets a business write, as data that the policy reads and the documentation is made from.

A window is opened by something that the customer does and allows some content from some authors for some
time. A platform lists its windows in the order in which they are tried; the first that allows decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Opener(StrEnum):
    """What the customer did."""

    MESSAGE = "message"  # wrote, tapped a button of ours, answered a card
    CALL = "call"
    COMMENT = "comment"  # wrote in public, under something of ours
    TAP = "tap"  # a menu, a QR code, a follow: attention without words


class Takes(StrEnum):
    """What may be sent."""

    ANYTHING = "anything"
    TEMPLATE = "template"  # only what the platform has approved beforehand


class Price(StrEnum):
    """Whether the platform asks for money for a message in this window; amounts are never ours to know."""

    FREE = "free"
    BILLED = "billed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`rule` names it in decisions, documents and interface.

    `hours` None never ends; `messages` None counts nothing, else how many answers each opening allows.
    `people_only` refuses bots, rules and programs. `tag` is what the platform wants named in the call.
    `permission` names a setting of the channel without which the window does not exist (a feature that the
    platform approves for each business).
    """

    rule: str
    opener: Opener = Opener.MESSAGE
    hours: float | None = None
    messages: int | None = None
    takes: Takes = Takes.ANYTHING
    people_only: bool = False
    tag: str = ""
    permission: str = ""
    price: Price = Price.FREE


OPEN: Sequence[Window] = (Window(rule="customer_wrote"),)
