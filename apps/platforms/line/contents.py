"""What stands in one LINE message, as the fields of `MessageReceived`.

A kind that has no row becomes `unsupported` with LINE's own name of it, so that a new kind is shown as such
on the day it appears.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.shared import places, tags

Fields = dict[str, Any]
Raw = Mapping[str, Any]

# LINE's type: our kind, the name and the type when the platform does not say them.
MEDIA = {
    "image": (MediaKind.IMAGE, "photo.jpg", "image/jpeg"),
    "video": (MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "audio": (MediaKind.VOICE, "voice.m4a", "audio/mp4"),
    "file": (MediaKind.FILE, "file", ""),
}


def fields(message: Raw) -> Fields:
    """The fields of `MessageReceived` that say what the customer sent; never all of them empty."""
    kind = str(message.get("type", ""))
    if kind in MEDIA:
        return {"media": (_media(message, kind),)}
    reader = READERS.get(kind)
    return reader(message) if reader else {"unsupported": kind or "unknown"}


def _text(message: Raw) -> Fields:
    """LINE's own emoji stand in the text as "(love)"."""
    text = message["text"]
    if not text.strip():
        return {"unsupported": "empty"}
    said = tags.read(text)
    return {"text": said.text, "tag": said.tag, "group": said.group}


def _location(message: Raw) -> Fields:
    named = {name: str(message.get(name) or "") for name in ("title", "address")}
    return places.content(places.place(message["latitude"], message["longitude"], **named))


def _sticker(message: Raw) -> Fields:
    """The picture lies in LINE's sticker shop; its first keyword says it in words."""
    keywords = message.get("keywords") or [""]
    media = MediaRef(
        kind=MediaKind.STICKER,
        locator={"sticker": str(message["stickerId"])},
        name="sticker.png",
        mime="image/png",
    )
    return {"text": str(message.get("text") or keywords[0]), "media": (media,)}


def _media(message: Raw, kind: str) -> MediaRef:
    ours, name, mime = MEDIA[kind]
    size = message.get("fileSize")
    return MediaRef(
        kind=ours,
        locator=_locator(message),
        name=str(message.get("fileName") or name),
        mime=mime,
        size=size if isinstance(size, int) and size > 0 else 0,
    )


def _locator(message: Raw) -> dict[str, str | int]:
    """By the message's id, or where another provider keeps it (a file that came through LIFF)."""
    provider = message.get("contentProvider")
    if isinstance(provider, dict) and provider.get("type") == "external":
        return {"url": str(provider["originalContentUrl"])}
    return {"message": str(message["id"])}


READERS: dict[str, Callable[[Raw], Fields]] = {
    "text": _text,
    "location": _location,
    "sticker": _sticker,
}
