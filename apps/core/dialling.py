"""Connections that carry no HTTP, to addresses that were checked before (`HttpDoor.dial`)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from aiohttp.abc import ResolveResult

SECONDS = 4.0  # for one of several addresses, so that a dead one leaves time for the next


async def connected(found: Sequence[ResolveResult]) -> socket.socket:
    """A socket connected to the first of `found` that answers. Raises OSError: the last one's reason."""
    reason = OSError("the name means no address")
    for each in found:
        try:
            async with asyncio.timeout(SECONDS):
                return await _connected(each)
        except OSError as error:  # TimeoutError is one
            reason = error
    raise reason


async def _connected(target: ResolveResult) -> socket.socket:
    """The numbers that were checked are the ones that are called: no name is looked up here."""
    family = socket.AF_INET6 if ":" in target["host"] else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setblocking(False)
        await asyncio.get_running_loop().sock_connect(found, (target["host"], target["port"]))
    except BaseException:
        found.close()
        raise
    return found
