"""Messages to be sent, and what Viber gets of each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from apps.core.http import HttpDoor
from apps.platforms.base import MediaFile, Outgoing, Part
from apps.platforms.cards import (
    Card,
    ContactCard,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)
from apps.platforms.shared import choices
from apps.platforms.viber.adapter import PLATFORM
from tests.platforms.recording import Server

from .payloads import TOKEN, USER, creds

CARD = str(UUID(int=9))
TEXT = Outgoing(id=UUID(int=7), sender="acme", to=USER, part=Part(kind="text", text="Hi <b>"))
HEAD = {"receiver": USER, "sender": {"name": "Acme"}, "min_api_version": 1}


async def sent(outgoing: Outgoing, server: Server, http: HttpDoor) -> Any:
    assert await PLATFORM.send(outgoing, creds(server), http) == str(TOKEN)
    return server.calls[-1].json


# Files ------------------------------------------------------------------------------------------------


MB = 1024 * 1024
URL, PREVIEW = "https://chat.example/f/a", "https://chat.example/f/preview.jpg"


def file(mime: str, size: int = 1, name: str = "a.bin", preview: str = "", seconds: float = 0) -> MediaFile:
    kind = mime.split("/")[0]
    known = {"url": URL, "preview_url": preview}
    return MediaFile(name=name, mime=mime, kind=kind, size=size, path=Path("/x"), seconds=seconds, **known)


def as_file(size: int, name: str = "a.bin") -> dict[str, Any]:
    return {"type": "file", "media": URL, "size": size, "file_name": name}


FILES: dict[str, tuple[MediaFile, dict[str, Any]]] = {
    "picture": (
        file("image/jpeg", MB, preview=PREVIEW),
        {"type": "picture", "text": "See", "media": URL, "thumbnail": PREVIEW},
    ),
    "large picture": (file("image/png", MB + 1), as_file(MB + 1)),
    "gif": (file("image/gif"), as_file(1)),
    "film": (
        file("video/mp4", 26 * MB, seconds=3.4),
        {"type": "video", "media": URL, "size": 26 * MB, "duration": 3, "text": "See"},
    ),
    "large film": (file("video/mp4", 26 * MB + 1), as_file(26 * MB + 1)),
    "long film": (file("video/mp4", seconds=181), as_file(1)),
    "sound": (file("audio/ogg"), as_file(1)),
    "without an end": (file("application/pdf", name="report"), as_file(1, "report.bin")),
    "long name": (file("application/pdf", name=f"{'a' * 300}.pdf"), as_file(1, f"{'a' * 252}.pdf")),
}


# Cards ------------------------------------------------------------------------------------------------

YES, NO = Option(id="yes", title="Yes & <no>"), Option(id="no", title="No", subtitle="not now")
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, tzinfo=UTC), minutes=30)


def wide(text: str, action: str, body: str, **more: Any) -> dict[str, Any]:
    return {"Columns": 6, "Rows": 1, "ActionType": action, "ActionBody": body, "Text": text, **more}


def tap(text: str, option: str) -> dict[str, Any]:
    return wide(text, "reply", choices.payload(CARD, option), Silent=True)


def words(text: str) -> dict[str, Any]:
    return wide(text, "none", "none", TextHAlign="left")


def keyboard(text: str, version: int, *buttons: dict[str, Any]) -> dict[str, Any]:
    shown = {"Type": "keyboard", "DefaultHeight": False, "Buttons": list(buttons)}
    return {"type": "text", "text": text, "min_api_version": version, "keyboard": shown}


def rich(alt: str, rows: int, *buttons: dict[str, Any]) -> dict[str, Any]:
    panel = {"Type": "rich_media", "ButtonsGroupColumns": 6, "ButtonsGroupRows": rows}
    return {
        "type": "rich_media",
        "min_api_version": 2,
        "alt_text": alt,
        "rich_media": {**panel, "Buttons": list(buttons)},
    }


LIST = ListPicker(
    id=CARD,
    title="Line",
    subtitle="Choose",
    sections=(Section(title="Now", options=(YES,)), Section(title="", options=(NO,))),
)
LINK = Link(id=CARD, text="Look", button="Open", url="https://shop.example/?a=1", image=0)
CARDS: dict[str, tuple[Card, dict[str, Any]]] = {
    "quick replies": (
        QuickReplies(id=CARD, prompt="Now?", options=(YES, NO)),
        keyboard("Now?\n• No: not now", 1, tap("Yes &amp; &lt;no&gt;", "yes"), tap("No", "no")),
    ),
    "list": (
        LIST,
        rich(
            "Line",
            4,
            *(words("<b>Line</b><br>Choose"), words("<b>Now</b>")),
            *(tap("Yes &amp; &lt;no&gt;", "yes"), tap("No<br>not now", "no")),
        ),
    ),
    "times": (
        TimeSlots(id=CARD, title="When?", slots=(SLOT,), timezone="Europe/Paris", place="Shop"),
        rich(
            "When?",
            2,
            words("<b>When?</b><br>Shop"),
            wide("2026-11-23 10:00 (30 min)", "reply", choices.slot_payload(CARD, SLOT), Silent=True),
        ),
    ),
    "link": (
        LINK,
        rich(
            "Look",
            6,
            {"Columns": 6, "Rows": 4, "ActionType": "open-url", "ActionBody": LINK.url, "Image": URL},
            words("<b>Look</b>"),
            wide("<b>Open</b>", "open-url", LINK.url),
        ),
    ),
    "place wanted": (
        LocationRequest(id=CARD, prompt="Where?"),
        keyboard("Where?", 3, wide("Envoyer ma position", "location-picker", "place", Silent=True)),
    ),
    "place": (
        Location(id=CARD, latitude=48.85, longitude=2.29),
        {"type": "location", "location": {"lat": 48.85, "lon": 2.29}},
    ),
    "contact": (
        ContactCard(id=CARD, name="Ana", phone="+33123456789"),
        {"type": "contact", "contact": {"name": "Ana", "phone_number": "+33123456789"}},
    ),
}
