"""What we understand of Messenger's webhooks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.platforms.events import Event, MediaKind, MediaRef, MessageReceived
from tests.platforms.messenger.webhooks import PAGE, PERSON, STAMP

AT = datetime.fromtimestamp(STAMP / 1000, UTC)
ABOUT: dict[str, Any] = {"to": PAGE, "address": PERSON, "at": AT}
URL = "https://scontent.xx.fbcdn.net/v/a.bin?oe=1"


def said(**fields: Any) -> list[Event]:
    """Words in a thread that is ours."""
    return [MessageReceived(**{**ABOUT, "ref": "m_1", "handle": {}, **fields})]


def media(kind: MediaKind, name: str, mime: str) -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator={"url": URL}, name=name, mime=mime),)


def ref(what: str) -> str:
    return f"{what}:{PERSON}:{STAMP}"
