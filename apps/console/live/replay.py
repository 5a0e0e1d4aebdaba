"""What a page missed, read from the log: everything above its cursor, or one thread's share of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from apps.console.live import banners, batch
from apps.console.live.batch import Batch, Look, Order, Renderer
from apps.console.live.seat import At, Seat
from apps.conversations import live, queries
from apps.conversations.models import StreamEvent

PAGE = 100  # events rendered at once, so that one resuming page does not fill its own window
KEEP_SECONDS = 10.0  # one shared page after it was read
THREAD = 500  # events of one conversation; a page older than that is fetched afresh


Key = tuple[int, int, str]  # above which number, up to which, in which language


class Gap(Exception):
    """The log does not reach back to the cursor."""


def page(order: Order, renderer: Renderer, position: int, until: int) -> Batch:
    """The next events above `position`, none above `until`. Inside the tenant's scope. Raises Gap."""
    rows = StreamEvent.objects.filter(seq__gt=position, seq__lte=until).order_by("seq")
    events = list(rows[:PAGE])
    if not events or events[-1].seq != position + len(events):  # no number is left out, so some were deleted
        raise Gap
    return batch.make(events, order, renderer)


class Pages:
    """Pages that several seats want at once (after a restart all of them do): read and rendered once.

    They end at multiples of PAGE, so that seats which left at different numbers share all but their first.
    They are kept until something changes hands, so that nobody is told how it was placed before.
    """

    def __init__(self, tenant_id: UUID, renderer: Renderer) -> None:
        self._tenant_id, self._renderer = tenant_id, renderer
        self._known: dict[Key, asyncio.Future[Batch]] = {}

    async def get(self, position: int, until: int, language: str) -> Batch:
        """As `page`, for one language and nobody's open thread; `until` is the live position."""
        key = position, min(until, position - position % PAGE + PAGE), language
        if key not in self._known:
            reading = self._known[key] = asyncio.ensure_future(self._read(*key))
            reading.add_done_callback(partial(self._forget_later, key))
        return await asyncio.shield(self._known[key])  # who leaves does not take it from the others

    def forget(self) -> None:
        """Something changed hands: what is read from now on knows it."""
        self._known = {}

    async def _read(self, position: int, until: int, language: str) -> Batch:
        order = Order(languages=frozenset([language]))
        read = partial(page, order, self._renderer, position, until)
        return await live.in_scope(self._tenant_id, read)

    def _forget_later(self, key: Key, read: asyncio.Future[Batch]) -> None:
        """A failed page at once: the next seat tries anew."""
        failed = read.cancelled() or read.exception() is not None
        asyncio.get_running_loop().call_later(0 if failed else KEEP_SECONDS, self._forget, key, read)

    def _forget(self, key: Key, read: asyncio.Future[Batch]) -> None:
        if self._known.get(key) is read:
            del self._known[key]


def rest(at: At, renderer: Renderer, until: int) -> tuple[Batch | None, Batch | None]:
    """The next page and the thread's part, where there is something to tell. Raises as both."""
    order = Order(languages=frozenset([at.language]))
    behind = at.look is not None and at.thread != until
    return (
        page(order, renderer, at.position, until) if at.position != until else None,
        thread(at.look, renderer, at.thread, until) if behind and at.look else None,
    )


def thread(look: Look, renderer: Renderer, cursor: int, until: int) -> Batch:
    """What happened above `cursor`, up to `until`, in a conversation that somebody opens. In its scope.

    Raises Conversation.DoesNotExist when they may not see it, Gap when too much happened.
    """
    queries.visible_to(look.viewer).only("pk").get(pk=look.conversation)
    rows = StreamEvent.objects.filter(conversation_id=look.conversation, seq__gt=cursor, seq__lte=until)
    events = list(rows.order_by("seq")[: THREAD + 1])
    if len(events) > THREAD:
        raise Gap
    order = Order(languages=frozenset({look.language}), looks=[look], counts=False)
    found = batch.make(events, order, renderer) if events else Batch(until, {}, {}, None)
    return replace(found, seq=until)


@dataclass(slots=True)
class Missed:
    """Customers' messages that arrived while a page was away, where its viewer may see them."""

    by_conversation: Counter[UUID] = field(default_factory=Counter)

    def tell(self, found: Batch, seat: Seat) -> None:
        """Write a page to the seat, and count."""
        hidden = found.share(seat.viewer, seat.language, None).hidden
        seen = {place: count for place, count in found.arrived.items() if place not in hidden}
        self.by_conversation.update(seen)
        seat.tell_list(found)

    def facts(self, language: str) -> dict[str, object]:
        """As in the "ready" frame; "html" is the banner, "" when nothing arrived."""
        messages, places = self.by_conversation.total(), len(self.by_conversation)
        html = banners.missed(messages, places, language)
        return {"messages": messages, "conversations": places, "html": html}
