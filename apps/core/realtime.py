"""Hints over the channel layer: names and best-effort sending. Losing one costs a poll interval.

Group names are built here and nowhere else, from ids of the server's own (never from a client's text).
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = logging.getLogger(__name__)


def tenant_group(tenant_id: UUID) -> str:
    return f"t.{tenant_id.hex}"


def user_group(user_id: UUID) -> str:
    return f"user.{user_id.hex}"


def hint(group: str, message: dict[str, Any]) -> None:
    """Send `message` (with a "type") to a group; failures are logged and forgotten (invariant I4)."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, message)
    except Exception as error:  # any broken Redis: hints are disposable
        log.warning("hint not sent: %s", type(error).__name__)
