"""What stands in one Telegram message, as the fields of `MessageReceived`.

A message has one kind of content; the exceptions decide the order of the tables (a venue is also a
location, an animation also a document). What has no row becomes `unsupported` with Telegram's own name of
the kind, so that a new kind is shown as such on the day it appears.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from apps.platforms.events import MediaKind, MediaRef, Person
from apps.platforms.shared import places

Fields = dict[str, Any]
Raw = Mapping[str, Any]

# Telegram's key: our kind, and the name and type when the platform does not say them.
MEDIA = {
    "animation": (MediaKind.VIDEO, "animation.mp4", "video/mp4"),
    "photo": (MediaKind.IMAGE, "photo.jpg", "image/jpeg"),
    "voice": (MediaKind.VOICE, "voice.ogg", "audio/ogg"),
    "audio": (MediaKind.AUDIO, "audio", ""),
    "video": (MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "video_note": (MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "sticker": (MediaKind.STICKER, "sticker.webp", "image/webp"),
    "document": (MediaKind.FILE, "file", ""),
}

# Keys that say who, when and how, never what.
ABOUT = re.compile(
    r"message_id|message_thread_id|date|chat|from|via_bot|edit_date|media_group_id|author_signature|effect_id"
    r"|business_connection_id|direct_messages_topic|paid_star_count|show_caption_above_media|entities"
    r"|link_preview_options|suggested_post_info|external_reply|quote|caption(_entities)?"
    r"|(sender|reply|forward|is|has)_\w+"
)


def fields(message: Raw) -> Fields:
    """The fields of `MessageReceived` that say what the customer sent; never all of them empty. Raises what
    bad types raise."""
    for kind, read in READERS.items():
        if kind in message:
            return read(message[kind])
    caption = str(message.get("caption", ""))
    for kind in MEDIA:
        if kind in message and (media := _media(message[kind], kind)):
            return {"text": caption or _emoji(message[kind]), "media": (media,)}
    return {"text": caption, "unsupported": kind_of(message)}


def _text(text: str) -> Fields:
    return {"text": text} if text.strip() else {"unsupported": "empty"}


def _venue(venue: Raw) -> Fields:
    named = {name: str(venue.get(name, "")) for name in ("title", "address")}
    return _location(venue["location"], **named)


def _location(location: Raw, **named: str) -> Fields:
    return places.content(places.place(location["latitude"], location["longitude"], **named))


def _contact(contact: Raw) -> Fields:
    return {"person": Person(name=full_name(contact), phone=str(contact.get("phone_number", "")))}


def _dice(dice: Raw) -> Fields:
    return {"text": f"{dice.get('emoji', '🎲')} {dice['value']}"}


def _poll(poll: Raw) -> Fields:
    return {"text": "\n".join([poll["question"], *(f"• {option['text']}" for option in poll["options"])])}


def _web_app_data(sent: Raw) -> Fields:
    return {"text": f"{sent.get('button_text', '')}\n{sent['data']}".strip()}


READERS: dict[str, Callable[[Any], Fields]] = {
    "text": _text,
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "dice": _dice,
    "poll": _poll,
    "web_app_data": _web_app_data,
}


def full_name(person: Raw) -> str:
    return " ".join(str(person[part]) for part in ("first_name", "last_name") if person.get(part))


def _media(file: Any, kind: str) -> MediaRef | None:
    """The file, None when there is none to fetch; of a photo's sizes the largest."""
    file = max(file, key=_pixels, default=None) if isinstance(file, list) else file
    if not isinstance(file, dict) or not isinstance(file.get("file_id"), str):
        return None
    ours, name, mime = _sticker(file) if kind == "sticker" else MEDIA[kind]
    size = file.get("file_size")
    return MediaRef(
        kind=ours,
        locator={"file_id": file["file_id"]},
        name=str(file.get("file_name") or name),
        mime=str(file.get("mime_type") or mime),
        size=size if isinstance(size, int) else 0,
    )


def _pixels(size: Raw) -> int:
    return int(size.get("width", 0)) * int(size.get("height", 0))


def _sticker(sticker: Raw) -> tuple[MediaKind, str, str]:
    if sticker.get("is_animated"):
        return MediaKind.STICKER, "sticker.tgs", "application/x-tgsticker"
    if sticker.get("is_video"):
        return MediaKind.STICKER, "sticker.webm", "video/webm"
    return MEDIA["sticker"]


def _emoji(file: Any) -> str:
    """A sticker's emoji: what it says, in words that an agent and a search can read."""
    return str(file.get("emoji", "")) if isinstance(file, dict) else ""


def kind_of(message: Raw) -> str:
    """The first key that says what a message is; one that is false or an empty list says nothing."""
    said = (name for name, value in message.items() if value not in (False, None, []))
    return next((name for name in said if not ABOUT.fullmatch(name)), "empty")
