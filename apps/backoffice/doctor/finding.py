"""What a check found, in one line, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings


class State(StrEnum):
    GOOD = "ok"
    WARNING = "warning"  # works; better not left like this
    BAD = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`words` are what was seen, `fix` what to do; "" when all is well. Never a secret."""

    state: State
    words: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """`look` may raise: then what it looked at cannot be reached."""

    name: str
    look: Callable[[], Finding]


def good(words: str) -> Finding:
    return Finding(State.GOOD, words)


def warning(words: str, *, fix: str) -> Finding:
    return Finding(State.WARNING, words, fix)


def bad(words: str, *, fix: str) -> Finding:
    return Finding(State.BAD, words, fix)


def is_local() -> bool:
    """Whether people reach this service on its own machine only."""
    return (urlsplit(settings.BASE_URL).hostname or "") in ("localhost", "127.0.0.1", "::1")
