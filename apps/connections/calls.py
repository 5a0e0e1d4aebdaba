"""The record of outbound calls: enough to see why something failed, nothing of what was said."""

from __future__ import annotations

from apps.connections.models import Channel, PlatformCall
from apps.connections.vault import redacted

WORDS = 500


def record(
    channel: Channel,
    operation: str,
    *,
    outcome: str,
    milliseconds: int,
    status: int | None = None,
    words: str = "",
) -> PlatformCall:
    """Keep one exchange. `words` are the platform's, on failure only; the channel's secrets are cut out."""
    return PlatformCall.objects.create(
        channel=channel,
        operation=operation[:40],
        outcome=outcome[:40],
        status=status,
        words=redacted(channel, words)[:WORDS],
        milliseconds=milliseconds,
    )
