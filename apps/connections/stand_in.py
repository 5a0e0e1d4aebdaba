"""Which channel carries what another cannot bring to a customer: SMS for numbers without RCS."""

from __future__ import annotations

from apps.connections.models import Channel, ChannelState
from apps.platforms import registry
from apps.tenants import audit


def may_have_one(channel: Channel) -> bool:
    """Whether any platform knows the customers of this channel by the same addresses."""
    return any(channel.platform in each.stands_in_for for each in registry.all_platforms())


def candidates(channel: Channel) -> list[Channel]:
    """The tenant's own channels that can stand in for `channel`, by name."""
    rows = Channel.objects.filter(state__in=[ChannelState.LIVE, ChannelState.DISABLED]).order_by("name")
    return [each for each in rows if channel.platform in registry.get(each.platform).stands_in_for]


def choose(channel: Channel, stand_in: Channel | None, *, actor: str) -> None:
    """From now on `stand_in` carries what `channel` cannot; None: nothing does. Idempotent. Raises
    ValueError for one that is no candidate."""
    if stand_in is not None and stand_in not in candidates(channel):
        raise ValueError(stand_in.pk)
    chosen = stand_in.pk if stand_in else None
    if channel.stand_in_id == chosen:
        return
    channel.stand_in = stand_in
    channel.save(update_fields=["stand_in"])
    audit.record("channel.stand_in", actor=actor, subject=channel.name, by=stand_in.name if stand_in else "")
