"""What every part of the harness calls things: conversations and the numbered words said in them.

A text names its tenant, its conversation and its number, so wherever it turns up one can see whether it
belongs there, whether it came twice and whether it came in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SAID = re.compile(r"(in|out) ((t\d+)/\S+) #(\d+)")


@dataclass(frozen=True, slots=True)
class Said:
    """One numbered text: `way` is "in" from the customer, "out" to them; `number` counts from 1."""

    way: str
    conversation: str
    number: int

    @property
    def tenant(self) -> str:
        return self.conversation.partition("/")[0]

    @property
    def text(self) -> str:
        return f"{self.way} {self.conversation} #{self.number}"


def read(text: str) -> Said | None:
    """The numbered words in `text`, None when it has none."""
    found = SAID.search(text)
    return Said(found[1], found[2], int(found[4])) if found else None
