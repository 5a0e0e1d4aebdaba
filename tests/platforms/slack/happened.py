"""What we understand of Slack's messages, and changes of them as Slack tells them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.platforms.events import MessageReceived
from tests.platforms.slack.payloads import CHANNEL, DIRECT, ROOT, TEAM, TS, USER, event

AT = datetime(2012, 12, 14, 20, 38, 43, 5, tzinfo=UTC)
IN_THREAD: dict[str, Any] = {"address": f"{CHANNEL}:{ROOT}", "ref": f"{CHANNEL}:{TS}"}
SHARED = {"is_ext_shared_channel": True}


def message(**changes: Any) -> MessageReceived:
    about = {"to": TEAM, "address": DIRECT, "ref": f"{DIRECT}:{TS}", "at": AT, "text": "Hello"}
    return MessageReceived(**{**about, **changes})


def change(subtype: str, **more: Any) -> dict[str, Any]:
    return event(
        {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": DIRECT,
            "channel_type": "im",
            "ts": "1355517600.000001",
            "event_ts": "1355517600.000001",
            **more,
        }
    )


BEFORE = {"type": "message", "user": USER, "text": "Helo", "ts": TS, "team": TEAM}
LATER = datetime(2012, 12, 14, 20, 40, 0, 1, tzinfo=UTC)
ABOUT: dict[str, Any] = {"to": TEAM, "address": DIRECT, "at": LATER}
TARGET = f"{DIRECT}:{TS}"
