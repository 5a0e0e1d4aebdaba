"""Telling colleagues who looks and who types, in this process and, over the channel layer, in the others."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from apps.console.live.presence import CUSTOMER, Person, Presence
from apps.console.live.seat import Seat
from apps.conversations import hints
from apps.core import realtime
from apps.core.look import initials_of, tone_of

PROCESS = secrets.token_hex(8)  # tells our own hints from the other processes'
Placed = tuple[UUID | None, UUID | None]  # a conversation's team and assignee

REPEAT_SECONDS = 3.0  # platforms forget "typing" after five seconds or more


class Company:
    """`seats` gives the open pages of this process at any moment."""

    def __init__(self, tenant_id: UUID, seats: Callable[[], Collection[Seat]]) -> None:
        self._tenant_id, self._seats = tenant_id, seats
        self._presence = Presence()
        self._told: dict[UUID, list[Person]] = {}  # who types, as the pages know it
        self._placed: dict[UUID, Placed] = {}  # conversations whose customer types
        self._shown: dict[UUID, float] = {}  # conversations whose customer was shown typing, and when

    def looks(self, seat: Seat) -> None:
        """The seat looks at what it watches now; call again to keep it."""
        changed = self._presence.look(seat.id, seat.watch, seat.person)
        self._tell_lookers(changed)
        if seat.watch and seat.watch not in changed:
            self._tell_lookers_to([seat], seat.watch)
        self._forward("console.looks", seat, seat.watch)

    def stays(self, seat: Seat) -> None:
        """As `looks`, without telling anybody what they know."""
        self._tell_lookers(self._presence.look(seat.id, seat.watch, seat.person))
        self._forward("console.looks", seat, seat.watch)

    def types(self, seat: Seat, on: bool) -> None:
        """The seat types an answer (not a note) in what it watches."""
        if seat.watch is None:
            return
        self._tell_typers(self._presence.type(seat.id, seat.watch if on else None, seat.person))
        self._forward("console.types", seat, seat.watch if on else None)
        self._show_customer(seat.watch, on)

    def gone(self, seat: Seat) -> None:
        """Forget the seat. Idempotent."""
        self._tell_typers(self._presence.type(seat.id, None, seat.person))
        self._tell_lookers(self._presence.look(seat.id, None, seat.person))
        self._forward("console.types", seat, None)
        self._forward("console.looks", seat, None)

    def hear(self, message: dict[str, Any]) -> None:
        """A hint of another process: an agent elsewhere looks or types."""
        kind = message.get("type")
        if kind in ("console.looks", "console.types") and message["process"] != PROCESS:
            where = UUID(message["conversation"]) if message["conversation"] else None
            person = Person(**message["person"])
            if kind == "console.looks":
                self._tell_lookers(self._presence.look(message["seat"], where, person))
            else:
                self._tell_typers(self._presence.type(message["seat"], where, person))

    def customer_types(self, conversation: UUID, on: bool, placed: Placed) -> None:
        """Shown in the list as well, so to everybody who may see a conversation that is placed so."""
        self._placed[conversation] = placed
        customer = Person(CUSTOMER, CUSTOMER)
        seat = f"{CUSTOMER}.{conversation}"
        self._tell_typers(self._presence.type(seat, conversation if on else None, customer))

    def expire(self) -> None:
        """Forget who did not repeat themselves; call every second or so."""
        looked, typed = self._presence.expire()
        self._tell_lookers(looked)
        self._tell_typers(typed)

    def _tell_lookers(self, conversations: Collection[UUID]) -> None:
        for conversation in conversations:
            self._tell_lookers_to(self._watching(conversation), conversation)

    def _tell_lookers_to(self, seats: Collection[Seat], conversation: UUID) -> None:
        people = self._presence.lookers(conversation)
        for seat in seats:
            others = [_shown(one) for one in people if one.id != seat.person.id]
            seat.put("viewers", conversation=str(conversation), people=others)

    def _tell_typers(self, conversations: Collection[UUID]) -> None:
        for conversation in conversations:
            now, before = self._presence.typers(conversation), self._told.pop(conversation, [])
            if now:
                self._told[conversation] = now
            for person in [*now, *before]:
                if (person in now) != (person in before):
                    self._tell_typer(conversation, person, on=person in now)
            if not now:
                self._placed.pop(conversation, None)

    def _tell_typer(self, conversation: UUID, person: Person, *, on: bool) -> None:
        placed = self._placed.get(conversation) if person.id == CUSTOMER else None
        seats = self._seeing(placed) if placed else self._watching(conversation)
        for seat in seats:
            if seat.person.id != person.id:
                seat.put("typing", conversation=str(conversation), on=on, who=person.name)

    def _watching(self, conversation: UUID) -> list[Seat]:
        return [seat for seat in self._seats() if seat.watch == conversation]

    def _seeing(self, placed: Placed) -> list[Seat]:
        team_id, assignee_id = placed
        seats = [seat for seat in self._seats() if seat.live]
        return [seat for seat in seats if seat.viewer.may_see(team_id=team_id, assignee_id=assignee_id)]

    def _show_customer(self, conversation: UUID, on: bool) -> None:
        """Through a worker, on every change and again before the platform forgets."""
        now, last = time.monotonic(), self._shown.pop(conversation, None)
        if on and last is not None and now - last < REPEAT_SECONDS:
            self._shown[conversation] = last
            return
        if on:
            self._shown[conversation] = now
        if on or last is not None:
            hints.typing_changed(self._tenant_id, conversation, on)

    def _forward(self, kind: str, seat: Seat, conversation: UUID | None) -> None:
        group = realtime.tenant_group(self._tenant_id)
        message = {
            "type": kind,
            "process": PROCESS,
            "seat": seat.id,
            "person": {"id": seat.person.id, "name": seat.person.name},
            "conversation": str(conversation) if conversation else None,
        }
        realtime.hint(group, message, key=(kind, seat.id))


def _shown(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "initials": initials_of(person.name),
        "tone": tone_of(person.id),
    }
