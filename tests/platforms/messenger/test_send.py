"""What goes out to Messenger; through the real door to a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import MediaFile, Outgoing, Part
from apps.platforms.cards import ContactCard, Link, Option, QuickReplies, TimeSlots
from apps.platforms.shared import choices
from tests.platforms.graph import Server
from tests.platforms.messenger.outgoings import (
    CARD,
    ID,
    NO,
    PLATFORM,
    SLOT,
    TEXT,
    TO,
    YES,
    creds,
    outgoing,
    picker,
    postback,
    quick,
    shows,
    template,
)
from tests.platforms.messenger.webhooks import CREDS, PERSON

PHOTO = MediaFile(
    name="a.jpg", mime="image/jpeg", kind="image", size=5, path=Path("/nowhere"), url="https://m.example/a"
)
FOUR = tuple(Option(id=str(n), title=f"Choice {n}") for n in range(4))
# label: what is sent, the request without its metadata
MESSAGES: dict[str, tuple[Outgoing, dict[str, Any]]] = {
    "text": (TEXT, {**TO, "message": {"text": "Hello"}}),
    "link": (
        outgoing(Part(kind="link", text="https://a.example")),
        {**TO, "message": {"text": "https://a.example"}},
    ),
    "reply": (
        outgoing(Part(kind="text", text="Yes"), reply_to="m_1"),
        {**TO, "reply_to": {"mid": "m_1"}, "message": {"text": "Yes"}},
    ),
    "a person after a day": (
        outgoing(Part(kind="text", text="Yes"), tag="HUMAN_AGENT"),
        {
            "recipient": {"id": PERSON},
            "messaging_type": "MESSAGE_TAG",
            "tag": "HUMAN_AGENT",
            "message": {"text": "Yes"},
        },
    ),
    "quick replies": (
        shows(QuickReplies(id=CARD, prompt="Now?", options=(YES, NO))),
        {
            **TO,
            "message": {
                "text": "Now?\n• No: not now",
                "quick_replies": [
                    quick("Yes", choices.payload(CARD, "y")),
                    quick("No", choices.payload(CARD, "n")),
                ],
            },
        },
    ),
    "a short list": (
        shows(picker(YES, NO)),
        {
            **TO,
            "message": template(
                "button", text="Line\n• No: not now", buttons=[postback("Yes", "y"), postback("No", "n")]
            ),
        },
    ),
    "a longer list": (
        shows(picker(*FOUR)),
        {
            **TO,
            "message": {
                "text": "Line",
                "quick_replies": [quick(o.title, choices.payload(CARD, o.id)) for o in FOUR],
            },
        },
    ),
    "a list with pictures": (
        shows(picker(Option(id="y", title="Yes", image=0), NO), files={0: PHOTO}),
        {
            **TO,
            "message": template(
                "generic",
                elements=[
                    {"title": "Line", "subtitle": "•"},
                    {"title": "Yes", "image_url": "https://m.example/a", "buttons": [postback("Yes", "y")]},
                    {"title": "No", "subtitle": "not now", "buttons": [postback("No", "n")]},
                ],
            ),
        },
    ),
    "times": (
        shows(TimeSlots(id=CARD, title="When?", slots=(SLOT,) * 4, timezone="Europe/Paris")),
        {
            **TO,
            "message": {
                "text": "When?",
                "quick_replies": [quick("2026-11-23 10:30", choices.slot_payload(CARD, SLOT))] * 4,
            },
        },
    ),
    "link card": (
        shows(Link(id=CARD, text="Bill", button="Open", url="https://a.example/1")),
        {
            **TO,
            "message": template(
                "button",
                text="Bill",
                buttons=[{"type": "web_url", "title": "Open", "url": "https://a.example/1"}],
            ),
        },
    ),
    "link card with a picture": (
        shows(
            Link(id=CARD, text="Bill", button="Open", url="https://a.example/1", image=0), files={0: PHOTO}
        ),
        {
            **TO,
            "message": template(
                "generic",
                elements=[
                    {
                        "title": "Bill",
                        "image_url": "https://m.example/a",
                        "buttons": [{"type": "web_url", "title": "Open", "url": "https://a.example/1"}],
                    }
                ],
            ),
        },
    ),
    "contact": (
        shows(ContactCard(id=CARD, name="Nour", phone="+33123456789")),
        {
            **TO,
            "message": template(
                "button",
                text="Nour",
                buttons=[{"type": "phone_number", "title": "+33123456789", "payload": "+33123456789"}],
            ),
        },
    ),
}


@pytest.mark.parametrize(("sent", "expected"), MESSAGES.values(), ids=MESSAGES.keys())
async def test_message(sent: Outgoing, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.send(sent, creds(server), http) == "m_ours"
    (call,) = server.calls
    assert call.fields["message"].pop("metadata") == f"comptoir:{ID}"
    assert (call.method, call.path, call.fields, call.token) == (
        "POST",
        "me/messages",
        expected,
        CREDS["token"],
    )


MB = 1024 * 1024
# kind, type, size, Meta's type
FILES = [
    ("image", "image/jpeg", 8 * MB, "image"),
    ("image", "image/jpeg", 8 * MB + 1, "file"),
    ("image", "image/webp", 1, "file"),
    ("sticker", "image/png", 1, "image"),
    ("voice", "audio/ogg", 1, "audio"),
    ("audio", "audio/mpeg", 1, "audio"),
    ("video", "video/mp4", 1, "video"),
    ("file", "application/pdf", 1, "file"),
    ("file", "image/jpeg", 1, "file"),
]


@pytest.mark.parametrize(("kind", "mime", "size", "theirs"), FILES)
async def test_file(
    kind: str, mime: str, size: int, theirs: str, server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"\x00bytes")
    media = MediaFile(name="photo é.jpg", mime=mime, kind=kind, size=size, path=path)
    await PLATFORM.send(outgoing(Part(kind="media", media=0), media=media), creds(server), http)
    (call,) = server.calls
    assert call.files == {"filedata": ("photo é.jpg", mime, b"\x00bytes")}
    assert call.fields["recipient"] == {"id": PERSON}
    assert call.fields["message"]["attachment"] == {"type": theirs, "payload": {"is_reusable": False}}
