"""Messages to be sent by Messenger, and parts of what Meta gets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from apps.platforms.base import Outgoing, Part
from apps.platforms.cards import Card, ListPicker, Option, Section, Slot
from apps.platforms.messenger.adapter import Messenger
from apps.platforms.shared import choices
from tests.platforms.graph import Server
from tests.platforms.messenger.webhooks import CREDS, PAGE, PERSON

PLATFORM = Messenger()
ID = UUID(int=2**127 + 9)
CARD = str(UUID(int=2**127 + 7))
YES, NO = Option(id="y", title="Yes"), Option(id="n", title="No", subtitle="not now")
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), minutes=30)
TO = {"recipient": {"id": PERSON}, "messaging_type": "RESPONSE"}


def outgoing(part: Part, **more: Any) -> Outgoing:
    return Outgoing(**{"id": ID, "sender": PAGE, "to": PERSON, "part": part, **more})


def creds(server: Server, **more: str) -> dict[str, str]:
    return {**CREDS, "base_url": server.url, **more}


TEXT = outgoing(Part(kind="text", text="Hello"))


def shows(card: Card, **more: Any) -> Outgoing:
    return outgoing(Part(kind="card", card=card), **more)


def postback(title: str, option: str) -> dict[str, str]:
    return {"type": "postback", "title": title, "payload": choices.payload(CARD, option)}


def quick(title: str, payload: str) -> dict[str, str]:
    return {"content_type": "text", "title": title, "payload": payload}


def template(kind: str, **fields: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **fields}}}


def picker(*options: Option, **more: Any) -> ListPicker:
    return ListPicker(id=CARD, title="Line", sections=(Section(title="", options=options),), **more)
