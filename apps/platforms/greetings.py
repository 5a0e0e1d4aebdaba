"""How a channel presents itself before the first word, and how much of that platforms show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """How a channel presents itself before the first word. What a platform cannot show it leaves out."""

    welcome: str = ""  # read before or when the conversation opens
    starters: Sequence[str] = ()  # questions to tap
    menu: Sequence[tuple[str, str]] = ()  # title and https address, or "" to send the title


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingLimits:
    """How long and how many; lengths in characters."""

    welcome: int = 160
    starters: int = 4
    starter: int = 80
    menu: int = 5
    menu_title: int = 30
