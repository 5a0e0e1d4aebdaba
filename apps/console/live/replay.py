"""What a page missed, read from the log: everything above its cursor, or one thread's share of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from apps.console.live import banners, batch
from apps.console.live.batch import Batch, Look, Order, Renderer
from apps.console.live.seat import Seat
from apps.conversations import queries
from apps.conversations.models import StreamEvent

PAGE = 100  # events rendered at once, so that one resuming page does not fill its own window
THREAD = 500  # events of one conversation; a page older than that is fetched afresh


class Gap(Exception):
    """The log does not reach back to the cursor."""


def page(order: Order, renderer: Renderer, position: int, until: int) -> Batch:
    """The next events above `position`, none above `until`. Inside the tenant's scope. Raises Gap."""
    rows = StreamEvent.objects.filter(seq__gt=position, seq__lte=until).order_by("seq")
    events = list(rows[:PAGE])
    if not events or events[0].seq != position + 1:  # numbers have no gaps, so something was deleted
        raise Gap
    return batch.make(events, order, renderer)


def thread(look: Look, renderer: Renderer, cursor: int, until: int) -> Batch | None:
    """What happened above `cursor`, up to `until`, in a conversation that somebody opens. In its scope.

    Raises Conversation.DoesNotExist when they may not see it, Gap when too much happened.
    """
    queries.visible_to(look.viewer).only("pk").get(pk=look.conversation)
    rows = StreamEvent.objects.filter(conversation_id=look.conversation, seq__gt=cursor, seq__lte=until)
    events = list(rows.order_by("seq")[: THREAD + 1])
    if len(events) > THREAD:
        raise Gap
    order = Order(languages=frozenset({look.language}), looks=frozenset({look}), counts=False)
    return batch.make(events, order, renderer) if events else None


@dataclass(slots=True)
class Missed:
    """Customers' messages that arrived while a page was away, where its viewer may see them."""

    by_conversation: Counter[UUID] = field(default_factory=Counter)

    def add(self, found: Batch, seat: Seat) -> None:
        hidden = found.hidden_from(seat.viewer, seat.language)
        seen = {place: count for place, count in found.arrived.items() if place not in hidden}
        self.by_conversation.update(seen)

    def facts(self, language: str) -> dict[str, object]:
        """As in the "ready" frame; "html" is the banner, "" when nothing arrived."""
        messages, places = self.by_conversation.total(), len(self.by_conversation)
        html = banners.missed(messages, places, language)
        return {"messages": messages, "conversations": places, "html": html}
