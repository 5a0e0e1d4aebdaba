"""Who looks at a conversation and who types in it: in memory, forgotten by itself, never stored.

Each web process keeps what it knows of its own sockets and of what the others told it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

LOOKS_SECONDS = 45.0  # a client pings every 25
TYPES_SECONDS = 6.0  # a client repeats itself every 3

CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is a membership's, or CUSTOMER."""

    id: str
    name: str


@dataclass(slots=True)
class _Mark:
    conversation: UUID
    person: Person
    until: float


@dataclass(slots=True)
class Presence:
    """Marks by seat (one socket somewhere), so that a person in two tabs is one person."""

    now: Callable[[], float] = time.monotonic
    _looking: dict[str, _Mark] = field(default_factory=dict)
    _typing: dict[str, _Mark] = field(default_factory=dict)

    def look(self, seat: str, conversation: UUID | None, person: Person) -> set[UUID]:
        """`seat` looks at `conversation` (None: at nothing). Returns where the people changed."""
        return self._mark(self._looking, seat, conversation, person, LOOKS_SECONDS)

    def type(self, seat: str, conversation: UUID | None, person: Person) -> set[UUID]:
        """The same for typing."""
        return self._mark(self._typing, seat, conversation, person, TYPES_SECONDS)

    def expire(self) -> tuple[set[UUID], set[UUID]]:
        """Forget what was not repeated: conversations whose lookers changed, and whose typers changed."""
        return self._expire(self._looking), self._expire(self._typing)

    def lookers(self, conversation: UUID) -> list[Person]:
        """Each person once, by name."""
        return self._people(self._looking, conversation)

    def typers(self, conversation: UUID) -> list[Person]:
        return self._people(self._typing, conversation)

    def _mark(
        self,
        marks: dict[str, _Mark],
        seat: str,
        conversation: UUID | None,
        person: Person,
        seconds: float,
    ) -> set[UUID]:
        before = marks.get(seat)
        places = {before.conversation if before else None, conversation} - {None}
        were = {place: self._people(marks, place) for place in places if place}
        marks.pop(seat, None)
        if conversation is not None:
            marks[seat] = _Mark(conversation, person, self.now() + seconds)
        return {place for place, people in were.items() if self._people(marks, place) != people}

    def _expire(self, marks: dict[str, _Mark]) -> set[UUID]:
        over = [seat for seat, mark in marks.items() if mark.until <= self.now()]
        return {marks.pop(seat).conversation for seat in over}

    def _people(self, marks: dict[str, _Mark], conversation: UUID) -> list[Person]:
        found = {mark.person for mark in marks.values() if mark.conversation == conversation}
        return sorted(found, key=_by_name)


def _by_name(person: Person) -> tuple[str, str]:
    return person.name, person.id
