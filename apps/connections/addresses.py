"""Where platforms and customers find us: built from BASE_URL, never from a request."""

from __future__ import annotations

from django.conf import settings

from apps.connections.models import Channel, EntryPoint


def webhook_url(channel: Channel) -> str:
    """What a platform calls; some append `webhook_suffix` to it themselves."""
    return f"{settings.BASE_URL}/hooks/{channel.platform}/{channel.key}/"


def shared_webhook_url(platform: str) -> str:
    """What a platform calls for every channel of the deployment's own account."""
    return f"{settings.BASE_URL}/hooks/{platform}/"


def link(entry_point: EntryPoint) -> str:
    """The public address of an entry point."""
    return f"{settings.BASE_URL}/e/{entry_point.key}/"


def button_sheet_url() -> str:
    return f"{settings.BASE_URL}/b.css"


def loader_url() -> str:
    return f"{settings.BASE_URL}/widget/loader.js"
