"""What a mail server says (RFC 5321, 4.2; RFC 3463)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `more` are the lines of EHLO after the first."""

    code: int
    words: str
    more: Sequence[str] = ()
    ends: bool = False
    wants_data: bool = False

    def lines(self) -> list[str]:
        every = [self.words, *self.more]
        return [f"{self.code}{' ' if n == len(every) else '-'}{words}" for n, words in enumerate(every, 1)]


OK = Reply(250, "2.0.0 Ok")
TOO_LONG = Reply(500, "5.5.6 Line too long", ends=True)
SYNTAX = Reply(501, "5.5.4 Syntax error in parameters")
ORDER = Reply(503, "5.5.1 Bad sequence of commands")
LOG_IN = Reply(530, "5.7.0 Authentication required")
WRONG = Reply(535, "5.7.8 Authentication credentials invalid")
TOO_LARGE = Reply(552, "5.3.4 Message size exceeds fixed limit")
