"""What a client of the protocol is told about where it stands: as a whole, or what changed since."""

from __future__ import annotations

from apps.core import measured
from apps.tenants.models import Tenant
from apps.widget import cursors, history
from apps.widget.history import Told
from apps.widget.models import Visitor
from apps.widget.shapes import Shape, with_addresses


def whole(visitor: Visitor) -> Shape:
    """Everything a panel needs to come up, under the keys that docs/protocol-widget.md names."""
    told = history.whole(visitor)
    return {
        "business": {"name": Tenant.objects.get().name},
        "visitor": {"known": bool(visitor.external_id)},
        "prefilled_text": visitor.entry_point.prefilled_text,
        "left": history.gone(visitor),
        **changes(visitor, told),
    }


def since(visitor: Visitor, cursor: str) -> Shape:
    """What changed since `cursor`; with "resync" and everything when that cannot be told."""
    try:
        told = history.since(visitor, cursors.read(visitor.pk, cursor))
    except (cursors.BadCursor, history.TooFarBehind):
        if cursor:
            measured.RESYNCS.labels("widget").inc()
        return {"resync": True, **whole(visitor)}
    return changes(visitor, told)


def changes(visitor: Visitor, told: Told) -> Shape:
    """Messages and states for one visitor, and the cursor up to which they are told."""
    return {
        "cursor": cursors.write(visitor.pk, told.seq),
        "messages": [with_addresses(each, visitor) for each in told.messages],
        "conversations": list(told.states.values()),
    }
