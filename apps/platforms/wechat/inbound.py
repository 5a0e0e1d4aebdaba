"""What WeChat tells as events: messages by MsgType, everything else by Event.

Events have no number and names in any case. Of those that no customer sees (the state of a mass message,
WeChat's own agents, approvals) nothing comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apps.platforms.base import Malformed
from apps.platforms.events import (
    ContactLeft,
    EntryPointTapped,
    Event,
    MediaKind,
    MediaRef,
    MessageReceived,
    WindowOpened,
)
from apps.platforms.shared import choices, places
from apps.platforms.wechat import wire

Fields = Mapping[str, str]

SCENE = "qrscene_"  # before the scene of a code that also made the customer follow us
PRODUCT_SCANS = ("scanbarcode|", "scanimage|")  # a product was scanned, which is no code of ours
SECONDS_UNTIL = 10**11  # a time below is in seconds, above in milliseconds: both have been seen
# Not documented: which words say that a voice was recorded as AMR; the other is Speex.
SOUNDS = {"amr": ("voice.amr", "audio/amr"), "speex": ("voice.speex", "audio/x-speex")}
TAPS = frozenset(("click", "scancode_push", "scancode_waitmsg"))  # in the menu; each opens a minute


@dataclass(frozen=True, slots=True)
class Received:
    """One request, with the fields that each of its events has."""

    fields: Fields
    about: Mapping[str, Any]


def events(fields: Fields, *, to: str) -> Sequence[Event]:
    """Raises Malformed for what names nobody or no time."""
    kind = fields.get("MsgType", "").lower()
    about = {"to": to or fields.get("ToUserName", ""), "address": fields.get("FromUserName", "")}
    received = Received(fields, {**about, "ref": wire.ref(dict(fields)), "at": _time(fields)})
    if not about["address"] or not kind:
        raise Malformed("the message names no customer or no kind")
    if kind == "event":
        return EVENTS.get(fields.get("Event", "").lower(), _nothing)(received)
    return [MessageReceived(**received.about, **_content(kind, fields))]


def _time(fields: Fields) -> datetime:
    given = fields.get("CreateTime", "")
    try:
        number = int(given)
        return datetime.fromtimestamp(number / 1000 if number >= SECONDS_UNTIL else number, UTC)
    except (ValueError, OverflowError, OSError):
        raise Malformed("the message has no time") from None


# Messages ---------------------------------------------------------------------------------------------


def _content(kind: str, fields: Fields) -> dict[str, Any]:
    read = READERS.get(kind)
    return read(fields) if read else {"unsupported": kind[:64], "text": fields.get("Title", "")}


def _text(fields: Fields) -> dict[str, Any]:
    """Words, or a choice from a menu of ours: its words are the text, its id names card and option."""
    words = fields.get("Content", "")
    answer = choices.answer(fields.get("bizmsgmenuid", ""), words)
    if answer is not None:
        return {"text": words, "answer": answer}
    return {"text": words} if words.strip() else {"unsupported": "empty"}


def _file(kind: MediaKind, name: str, mime: str) -> Callable[[Fields], dict[str, Any]]:
    def read(fields: Fields) -> dict[str, Any]:
        locator = {"media_id": fields.get("MediaId", "")}
        if not locator["media_id"]:
            return {"unsupported": fields.get("MsgType", "")[:64]}
        return {"media": (MediaRef(kind=kind, locator=locator, name=name, mime=mime),)}

    return read


def _voice(fields: Fields) -> dict[str, Any]:
    """A recording, with what WeChat understood of it where the account has that switched on."""
    name, mime = SOUNDS.get(fields.get("Format", "").lower(), SOUNDS["amr"])
    heard = fields.get("Recognition", "").strip()
    found = _file(MediaKind.VOICE, name, mime)(fields)
    return {**found, "details": (("WeChat", heard),)} if heard else found


def _location(fields: Fields) -> dict[str, Any]:
    """X is the latitude."""
    try:
        found = places.place(fields["Location_X"], fields["Location_Y"], title=fields.get("Label", ""))
    except (KeyError, ValueError):
        found = None
    return places.content(found)


def _link(fields: Fields) -> dict[str, Any]:
    lines = [fields.get(name, "").strip() for name in ("Title", "Description", "Url")]
    text = "\n".join(line for line in lines if line)
    return {"text": text} if text else {"unsupported": "link"}


READERS: dict[str, Callable[[Fields], dict[str, Any]]] = {
    "text": _text,
    "image": _file(MediaKind.IMAGE, "image.jpg", "image/jpeg"),
    "voice": _voice,
    "video": _file(MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "shortvideo": _file(MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "location": _location,
    "link": _link,
}


# Events -----------------------------------------------------------------------------------------------


def _followed(received: Received) -> Sequence[Event]:
    """Through a code of ours, whose scene is the tag, or from anywhere."""
    key = received.fields.get("EventKey", "")
    tag = key.removeprefix(SCENE) if key.startswith(SCENE) else ""
    return [EntryPointTapped(**received.about, tag=tag)]


def _scanned(received: Received) -> Sequence[Event]:
    """A follower scanned a code; a product is none of ours."""
    key = received.fields.get("EventKey", "")
    return [EntryPointTapped(**received.about, tag="" if key.startswith(PRODUCT_SCANS) else key)]


def _left(received: Received) -> Sequence[Event]:
    return [ContactLeft(**received.about, reason="opted_out")]


def _tapped(received: Received) -> Sequence[Event]:
    return [WindowOpened(**received.about, words=received.fields.get("EventKey", "")[:200])]


def _nothing(received: Received) -> Sequence[Event]:
    return []


EVENTS: dict[str, Callable[[Received], Sequence[Event]]] = {
    "subscribe": _followed,
    "scan": _scanned,
    "unsubscribe": _left,
    **dict.fromkeys(TAPS, _tapped),
}
