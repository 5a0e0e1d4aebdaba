"""Which of an entry point's channels a customer is sent to first. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.connections.models import Channel, EntryPoint
from apps.platforms import registry

APPLE = "apple_messages"
PANEL = "webchat"

_APPLE_DEVICE = re.compile(r"\b(iPhone|iPad|iPod|Macintosh)\b")


def is_apple_device(user_agent: str) -> bool:
    """Whether Apple's Messages is on the device. The User-Agent header alone: no script, no client hints."""
    return _APPLE_DEVICE.search(user_agent) is not None and "Windows Phone" not in user_agent


def choose(channels: Sequence[Channel], point: EntryPoint, *, user_agent: str) -> Channel | None:
    """The first Apple channel on an Apple device, else the first other one in the business's order; None
    when the device can use none of them. `channels` are in that order."""
    openable = [channel for channel in channels if channel.platform == PANEL or target(channel, point)]
    if is_apple_device(user_agent):
        apple = next((channel for channel in openable if channel.platform == APPLE), None)
        if apple is not None:
            return apple
    return next((channel for channel in openable if channel.platform != APPLE), None)


def target(channel: Channel, point: EntryPoint) -> str:
    """The platform's link that opens a conversation under the entry point's own tag, whatever a visitor
    may have put into the address; "" for web chat, which is a page of ours."""
    platform = registry.get(channel.platform)
    name = str(channel.settings.get(platform.link_name, "")) if platform.link_name else channel.address
    return platform.entry_link(name, point.tag, group=point.group, text=point.prefilled_text)
