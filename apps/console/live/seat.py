"""One open page of one agent: what it may see, what it looks at, how far it has been told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.console.live import protocol
from apps.console.live.access import Access
from apps.console.live.batch import Batch, Look
from apps.console.live.presence import Person
from apps.conversations import queries
from apps.conversations.queries import Group, Viewer
from apps.core import measured
from apps.core.sockets.frames import Close, pack
from apps.core.sockets.outbox import Outbox


@dataclass(frozen=True, slots=True)
class At:
    """How far a seat has been told: the list to `position`, the thread of `look` to `thread`."""

    position: int
    thread: int
    language: str
    look: Look | None


class Seat:
    """`position` is the last number of the log that the page's list knows, `thread` that of the open
    thread; `live` once both have caught up, from where on they are the same."""

    def __init__(self, access: Access, language: str, outbox: Outbox) -> None:
        self.access, self.language, self.outbox = access, language, outbox
        self.id = secrets.token_hex(8)
        self.position = self.thread = 0
        self.live = False
        self.look: Look | None = None
        self._counts: dict[str, int] | None = None
        self._counted: list[Group] | None = None

    @property
    def viewer(self) -> Viewer:
        return self.access.viewer

    @property
    def person(self) -> Person:
        return Person(str(self.viewer.membership_id), self.access.name)

    @property
    def known(self) -> int:
        """How far the open thread has been told; an unopened one is always up to date."""
        return self.thread if self.look else self.position

    @property
    def at(self) -> At:
        return At(self.position, self.thread, self.language, self.look)

    @property
    def watch(self) -> UUID | None:
        return self.look.conversation if self.look else None

    @watch.setter
    def watch(self, conversation: UUID | None) -> None:
        self.look = Look(conversation, self.viewer, self.language) if conversation else None

    def put(self, op: str, **facts: Any) -> None:
        self.outbox.put(pack(op, **facts))

    def refuse(self, code: str) -> str:
        """Tell the client a code and a number to ask about, and nothing else (RELIABILITY S4); the number."""
        request_id = secrets.token_hex(6)
        self.put("error", code=code, request_id=request_id)
        return request_id

    def close(self, code: Close) -> None:
        self.live = False
        self.outbox.close(code)

    def resync(self) -> None:
        """What the page shows can no longer be repaired by frames: it must be fetched afresh."""
        measured.RESYNCS.labels("console").inc()
        self.put("resync")
        self.close(Close.STALE)

    def ready_for(self, batch: Batch) -> bool:
        """False when the seat asked for more than was rendered: it came or looked elsewhere meanwhile."""
        if self.language not in batch.pieces:
            return False
        return self.watch not in batch.touched or self.look in batch.personal

    def tell(self, batch: Batch) -> None:
        """Write what this viewer may see of the batch, at this moment; what they lost sight of goes."""
        self.tell_list(batch)
        self.thread = batch.seq

    def tell_list(self, batch: Batch) -> None:
        """The same of a batch that was made without the open thread."""
        share = batch.share(self.viewer, self.language, self.watch)
        if self.watch in share.hidden:
            self.watch = None
        self.position = batch.seq
        own, news = self._own(batch), self._news(batch)
        if own or news is not None:
            self._write([*share.encoded, *own], news)
        elif share.frame:
            self.outbox.put(share.frame)

    def tell_thread(self, batch: Batch) -> None:
        """Write the pieces of the open thread alone: the page knows it at an older number."""
        self.thread = batch.seq
        pieces = batch.pieces.get(self.language, [])
        mine = [each for each in pieces if each.region == "thread" and each.conversation == self.watch]
        self._write([*(each.encoded for each in mine), *self._own(batch)], None)

    def _own(self, batch: Batch) -> list[str]:
        return batch.personal.get(self.look, []) if self.watch in batch.touched and self.look else []

    def _write(self, encoded: list[str], counts: dict[str, int] | None) -> None:
        if encoded:
            self.outbox.put(protocol.pack_frames(self.position, encoded, counts))
        elif counts is not None:
            self.put("counts", seq=self.position, counts=counts)

    def _news(self, batch: Batch) -> dict[str, int] | None:
        """The viewer's counts when they differ from what the page was told last."""
        if batch.groups is None or batch.groups is self._counted:
            return None
        self._counted = batch.groups
        counts = queries.counts(self.viewer, batch.groups)
        if counts == self._counts:
            return None
        self._counts = counts
        return counts
