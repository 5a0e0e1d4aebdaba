"""Events that came by reference: what the link leads to is asked for outside any transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from apps.conversations import outgoing_http
from apps.core.http import Http
from apps.platforms import base
from apps.platforms.events import Event, MessageReceived


def by_reference(events: Sequence[Event]) -> bool:
    """Whether one of them is not whole yet."""
    return any(isinstance(event, MessageReceived) and event.pending is not None for event in events)


def follow(
    platform: base.Platform, events: Sequence[Event], credentials: base.Credentials
) -> Sequence[Event] | base.SendError:
    """The events whole, in their order; the error when the platform could not be asked now."""
    return asyncio.run(_follow(platform, events, credentials))


async def _follow(
    platform: base.Platform, events: Sequence[Event], credentials: base.Credentials
) -> Sequence[Event] | base.SendError:
    async with outgoing_http.door() as http:
        try:
            return [await _whole(platform, event, credentials, http) for event in events]
        except base.SendError as error:
            return error


async def _whole(platform: base.Platform, event: Event, credentials: base.Credentials, http: Http) -> Event:
    """The event complete; as it came when the platform will never give the rest (its link has died)."""
    if not isinstance(event, MessageReceived) or event.pending is None:
        return event
    try:
        return await platform.resolve(event, credentials, http)
    except base.Rejected:
        return event
