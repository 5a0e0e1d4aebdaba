"""One open page of one agent: what it may see, what it looks at, how far it has been told."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from apps.console.live import protocol
from apps.console.live.access import Access
from apps.console.live.batch import Batch, Look, removal
from apps.console.live.presence import Person
from apps.conversations import queries
from apps.conversations.queries import Viewer
from apps.core import measured
from apps.core.sockets.frames import Close, pack
from apps.core.sockets.outbox import Outbox


class Seat:
    """`position` is the last number of the log that the page knows; `live` once it has caught up."""

    def __init__(self, access: Access, language: str, outbox: Outbox) -> None:
        self.access, self.language, self.outbox = access, language, outbox
        self.id = secrets.token_hex(8)
        self.position = 0
        self.live = False
        self.watch: UUID | None = None
        self._counts: dict[str, int] | None = None

    @property
    def viewer(self) -> Viewer:
        return self.access.viewer

    @property
    def person(self) -> Person:
        return Person(str(self.viewer.membership_id), self.access.name)

    @property
    def look(self) -> Look | None:
        return Look(self.watch, self.viewer, self.language) if self.watch else None

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
        look = self.look
        return self.language in batch.pieces and (
            look is None or look in batch.personal or not self._touches(batch, look.conversation)
        )

    def tell(self, batch: Batch) -> None:
        """Write what this viewer may see of the batch, at this moment; what they lost sight of goes."""
        hidden = batch.hidden_from(self.viewer, self.language)
        gone = hidden & (batch.moved | {self.watch})
        encoded = [
            piece.encoded
            for piece in batch.pieces[self.language]
            if piece.conversation not in hidden
            and (piece.region == "list" or piece.conversation == self.watch)
        ]
        encoded += [removal(conversation) for conversation in gone if conversation]
        if self.watch in hidden:
            self.watch = None
        self.position = batch.seq
        self._write([*encoded, *self._own(batch)], self._news(batch))

    def tell_thread(self, batch: Batch) -> None:
        """Write the pieces of the open thread alone: the page had rendered it at an older number."""
        pieces = batch.pieces[self.language]
        mine = [each for each in pieces if each.region == "thread" and each.conversation == self.watch]
        self._write([*(each.encoded for each in mine), *self._own(batch)], None)

    def _own(self, batch: Batch) -> list[str]:
        return batch.personal.get(self.look, []) if self.look else []

    def _write(self, encoded: list[str], counts: dict[str, int] | None) -> None:
        if encoded:
            self.outbox.put(protocol.pack_frames(self.position, encoded, counts))
        elif counts is not None:
            self.put("counts", seq=self.position, counts=counts)

    def _news(self, batch: Batch) -> dict[str, int] | None:
        """The viewer's counts when they differ from what the page was told last."""
        if batch.groups is None:
            return None
        counts = queries.counts(self.viewer, batch.groups)
        if counts == self._counts:
            return None
        self._counts = counts
        return counts

    def _touches(self, batch: Batch, conversation: UUID) -> bool:
        return any(piece.conversation == conversation for piece in batch.pieces[self.language])
