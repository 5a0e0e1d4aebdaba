"""What a dialect says."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

PLACE = "{place}"  # in an answer: the address of the platform's API, which only the provider knows


@dataclass(frozen=True, slots=True)
class Account:
    """One connected channel as the platform knows it; made by tests.chaos.seed."""

    tenant: str  # t0, t1, …
    platform: str
    name: str  # unique in the run
    channel: str  # its id with us
    hook: str  # path of its webhook
    credentials: Mapping[str, str] = field(repr=False)
    base: str = ""  # of our addresses, for signatures that cover the whole one


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook request; `ref` is what makes a repetition one, `path` is empty for the account's own and
    holds the query, where there is one."""

    ref: str
    headers: Mapping[str, str]
    body: bytes
    path: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that the provider was asked to deliver. `key` repeats where the platform drops
    repetitions by it, else it is empty. `to` and `ours`, our own id, come back in what is told later. `at` is
    when it was asked, in seconds."""

    text: str
    key: str = ""
    to: str = ""
    ours: str = ""
    at: float = field(default_factory=time.time, compare=False)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """What every platform has; those below are of those that offer it. A `path` has no query, except where
    a dialect `ReadsQueries`."""

    retry_class: str

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        """What the account `number` of the run is connected with; "address" is our address there."""

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        """The customer's message as the platform would POST it; the same for the same number."""

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """What an outgoing call asks to deliver, None for calls that deliver nothing."""

    def accepted(self, number: int) -> Reply:
        """The answer to a delivered message, the provider's `number`-th."""

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        """The answer to a call that delivers nothing; `said` is all that was delivered, by number."""

    def throttled(self, seconds: int) -> Reply:
        """Come back later; nothing was accepted."""


@runtime_checkable
class DropsRepetitions(Dialect, Protocol):
    """Its `take` gives keys."""

    def repeated(self, number: int, taken: Taken) -> Reply:
        """The answer to a key that was accepted before, with that message's number."""


@runtime_checkable
class TellsLater(Dialect, Protocol):
    told: Sequence[str]  # the states, in their order, by our names

    def later(self, account: Account, number: int, taken: Taken, state: str) -> Hook:
        """What is told of the provider's `number`-th message."""


@runtime_checkable
class ReadsQueries(Dialect, Protocol):
    """Whose paths come with their queries."""

    reads_queries: bool


class NotOffered(Exception):
    """The harness asked a dialect for what its platform does not do."""
