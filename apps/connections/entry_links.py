"""Where a channel's own entry link leads when the platform behind it is the one that we simulate."""

from __future__ import annotations

from django.conf import settings

from apps.connections.models import Channel


def sandboxed(channel: Channel) -> bool:
    """Whether the channel talks to this installation's sandbox: then no device can follow the platform's
    real link, and the phone of the sandbox stands in for the device."""
    base_url = str(channel.settings.get("base_url", ""))
    return settings.SANDBOX and base_url.startswith(f"{settings.BASE_URL}/sandbox/")
