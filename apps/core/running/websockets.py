"""Daphne's sockets for many readers of the same frame (apps.core.sockets.wire), without its two limits.

It refuses to send what is longer than `--websocket-max-message-size`, which is meant for what clients send,
and to close with 1012, the standard's word for a restart, because its library allows only what a browser's
script may say.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

from autobahn.websocket.protocol import PreparedMessage
from twisted.internet.tcp import Connection

from apps.core.sockets.wire import EXTENSION

KEPT = 16  # frames: those of one event, in several languages and for several audiences


def offer_write(protocol: Any, scope: dict[str, Any]) -> None:
    """Let the application of a WebSocket `protocol` write without waiting."""
    scope.setdefault("extensions", {})[EXTENSION] = {"write": partial(_write, protocol)}


def lift_limits(protocol: Any) -> None:
    """Let the application of a WebSocket `protocol` send what it likes and close with any code."""
    protocol.serverSend = partial(_say, protocol)
    protocol.serverClose = partial(_close, protocol)


def _say(protocol: Any, content: Any, binary: bool = False) -> None:
    if binary:
        protocol.sendMessage(content, isBinary=True)
    else:
        _write(protocol, content)


def _close(protocol: Any, code: int | None = None) -> None:
    protocol.sendCloseFrame(code=1000 if code is None else int(code))


def _write(protocol: Any, text: str) -> None:
    """Past autobahn's own `sendPreparedMessage`, which composes a line of log for every frame."""
    if protocol.state == protocol.STATE_OPEN:
        data, transport = _prepared(text), protocol.transport
        sent = _send(transport, data)
        if sent < len(data):
            transport.write(data[sent:])


def _send(transport: Any, data: bytes) -> int:
    """How many bytes left at once. Twisted's `write` waits for its selector, which costs three system calls;
    nothing may overtake what it holds already."""
    if not isinstance(transport, Connection) or transport.TLS or not transport.connected:
        return 0
    if transport.dataBuffer or transport._tempDataBuffer or transport.disconnecting:
        return 0
    sent = transport.writeSomeData(data)
    return sent if isinstance(sent, int) else 0  # a lost connection is noticed by `write`


@lru_cache(KEPT)
def _prepared(text: str) -> bytes:
    message = PreparedMessage(text.encode(), isBinary=False, applyMask=False, doNotCompress=True)
    payload: bytes = message.payloadHybi
    return payload
