"""Features that a platform approves for each business: settings of the channel that open a window."""

from __future__ import annotations

from apps.connections.models import Channel
from apps.platforms import registry
from apps.tenants import audit

GRANTED = "yes"


def granted(channel: Channel) -> frozenset[str]:
    """The permissions that the business says it has; only those that the platform knows."""
    return frozenset(kept(channel))


def kept(channel: Channel) -> dict[str, str]:
    """The same as settings: what connecting again must not forget."""
    known = registry.get(channel.platform).permissions
    return {name: GRANTED for name in known if channel.settings.get(name) == GRANTED}


def grant(channel: Channel, name: str, *, on: bool, actor: str) -> None:
    """Say whether the platform has approved `name`. Idempotent. Raises ValueError for a name it has not."""
    if name not in registry.get(channel.platform).permissions:
        raise ValueError(name)
    fresh = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if (name in granted(fresh)) is on:
        return
    others = {key: value for key, value in fresh.settings.items() if key != name}
    channel.settings = others | ({name: GRANTED} if on else {})
    Channel.objects.filter(pk=channel.pk).update(settings=channel.settings)
    audit.record("channel.permission", actor=actor, subject=channel.name, permission=name, on=on)
