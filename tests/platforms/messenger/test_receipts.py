"""Receipts, reactions, edits and echoes. One row per kind of webhook."""

from __future__ import annotations

from typing import Any

import pytest

from apps.platforms.events import (
    DeliveryState,
    DeliveryUpdated,
    Event,
    MediaKind,
    MessageEchoed,
    MessageEdited,
    MessageWithdrawn,
    ReactionReceived,
)
from apps.platforms.messenger.adapter import PLATFORM
from tests.platforms.messenger.happened import ABOUT, URL, media, ref
from tests.platforms.messenger.webhooks import CREDS, STAMP, body, echo, item, request

RECEIPTS: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "delivered": (
        item(delivery={"mids": ["m_a", "m_b"], "watermark": STAMP}),
        [
            DeliveryUpdated(**ABOUT, ref=f"delivered:{mid}", target=mid, state=DeliveryState.DELIVERED)
            for mid in ("m_a", "m_b")
        ],
    ),
    "delivered up to": (
        item(delivery={"watermark": STAMP}),
        [
            DeliveryUpdated(
                **ABOUT, ref=ref("delivered"), target="", state=DeliveryState.DELIVERED, up_to=True
            )
        ],
    ),
    "read up to": (
        item(read={"watermark": STAMP}, timestamp=STAMP + 5000),
        [DeliveryUpdated(**ABOUT, ref=ref("read"), target="", state=DeliveryState.READ, up_to=True)],
    ),
    "reaction": (
        item(reaction={"reaction": "love", "emoji": "❤", "action": "react", "mid": "m_a"}),
        [ReactionReceived(**ABOUT, ref=ref("reaction:m_a"), target="m_a", emoji="❤")],
    ),
    "reaction without an emoji": (
        item(reaction={"reaction": "wow", "action": "react", "mid": "m_a"}),
        [ReactionReceived(**ABOUT, ref=ref("reaction:m_a"), target="m_a", emoji="😮")],
    ),
    "reaction taken away": (
        item(reaction={"reaction": "love", "emoji": "❤", "action": "unreact", "mid": "m_a"}),
        [ReactionReceived(**ABOUT, ref=ref("reaction:m_a"), target="m_a", emoji="")],
    ),
    "edit": (
        item(message_edit={"mid": "m_1", "text": "Better", "num_edit": 2}),
        [MessageEdited(**ABOUT, ref="edit:m_1:2", target="m_1", text="Better")],
    ),
}
ID = "0192f0c4-0000-7000-8000-00000000002a"
ECHOES: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "ours": (
        echo(text="Hello", app_id=5550001, metadata=f"comptoir:{ID}"),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", delivery_id=ID)],
    ),
    "Meta's inbox": (
        echo(text="Hello", app_id=263902037430900),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", author="Meta Business Suite")],
    ),
    "ours without our mark": (
        echo(text="Hello", app_id=int(CREDS["app_id"])),
        [DeliveryUpdated(**ABOUT, ref="echo:m_echo", target="m_echo", state=DeliveryState.SENT)],
    ),
    "our app's under another's mark": (
        echo(text="Hello", app_id=int(CREDS["app_id"]), metadata="m-123"),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", author=f"app {CREDS['app_id']}")],
    ),
    "another program": (
        echo(text="Hello", app_id=123, metadata="m-123"),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", author="app 123")],
    ),
    "a picture": (
        echo(attachments=[{"type": "image", "payload": {"url": URL}}]),
        [MessageEchoed(**ABOUT, ref="m_echo", media=media(MediaKind.IMAGE, "image.jpg", "image/jpeg"))],
    ),
    "a template of somebody": (
        echo(attachments=[{"type": "template", "payload": {"template_type": "generic"}}], app_id=123),
        [MessageEchoed(**ABOUT, ref="m_echo", unsupported="template", author="app 123")],
    ),
    "taken back": (
        echo(is_deleted=True),
        [MessageWithdrawn(**ABOUT, ref="deleted:m_echo", target="m_echo")],
    ),
}

ROWS = {**RECEIPTS, **ECHOES}


@pytest.mark.parametrize(("given_item", "expected"), ROWS.values(), ids=ROWS.keys())
def test_what_is_told_of_a_message(given_item: dict[str, Any], expected: list[Event]) -> None:
    assert list(PLATFORM.parse(request(body(given_item)), CREDS)) == expected
