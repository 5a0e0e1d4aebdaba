"""A callback of Viber's to our events.

`message_token` is a 64-bit number, beyond what a float holds: it is read as an integer and kept as text.
Opening a chat (conversation_started) is no subscription: until the customer writes, nothing can be sent but
the one welcome in the answer to that callback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    DeliveryState,
    DeliveryUpdated,
    EntryPointTapped,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageReceived,
    Person,
)
from apps.platforms.shared import choices, places
from apps.platforms.shared.contents import LONGEST, readable

Raw = Mapping[str, Any]
Fields = dict[str, Any]

CONTEXT = re.compile(r"([A-Za-z0-9_-]{1,64})(?:/([A-Za-z0-9_-]{1,64}))?")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{2,4})?")

# Viber's type: our kind, and the name and type when it does not say them.
MEDIA = {
    "picture": (MediaKind.IMAGE, "photo.jpg", "image/jpeg"),
    "video": (MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "file": (MediaKind.FILE, "file", ""),
    "sticker": (MediaKind.STICKER, "sticker.png", "image/png"),
}


@dataclass(frozen=True, slots=True)
class Received:
    body: Raw
    to: str

    @property
    def token(self) -> str:
        return token(self.body)

    def about(self, person: Any) -> dict[str, Any]:
        """The fields that every event has, but `ref`. `person` is an object with an id, or the id."""
        known = person if isinstance(person, dict) else {"id": person}
        at = datetime.fromtimestamp(self.body["timestamp"] / 1000, UTC)
        address = known["id"]
        if not isinstance(address, str) or not address:
            raise ValueError("nobody")
        return {"to": self.to, "address": address, "at": at, "facts": _facts(known)}


def events(body: Raw, *, to: str) -> list[Event]:
    """The events of one callback. Raises what bad types raise."""
    name = str(body.get("event"))
    return [] if name in SILENT else [READERS.get(name, _new)(Received(body, to))]


def token(body: Raw) -> str:
    number = body["message_token"]
    if isinstance(number, bool) or not isinstance(number, int | str):
        raise ValueError("message_token")
    return str(number)


def _message(received: Received) -> Event:
    message = received.body.get("message")
    kind = str(message.get("type", "")) if isinstance(message, dict) else ""
    said = readable(fields, message, kind)
    return MessageReceived(**received.about(received.body["sender"]), ref=received.token, **said)


def fields(message: Raw) -> Fields:
    """What the customer sent; never all of it empty. Raises what bad types raise."""
    kind = str(message.get("type", ""))
    if kind in MEDIA:
        return _file(message, kind)
    reader = CONTENTS.get(kind)
    return reader(message) if reader else {"unsupported": kind or "unknown"}


def _text(message: Raw) -> Fields:
    """What was typed, or the body of a button that was tapped."""
    text = message["text"]
    answer = choices.answer(text, "")
    if answer is not None:
        return {"answer": answer}
    return {"text": text} if text.strip() else {"unsupported": "empty"}


def _file(message: Raw, kind: str) -> Fields:
    ours, name, mime = MEDIA[kind]
    text, url, size = str(message.get("text") or ""), message.get("media"), message.get("size")
    if not isinstance(url, str) or not url:
        return {"text": text, "unsupported": kind}
    media = MediaRef(
        kind=ours,
        locator={"url": url},
        name=str(message.get("file_name") or name),
        mime=mime,
        size=size if isinstance(size, int) and size > 0 else 0,
    )
    return {"text": text, "media": (media,)}


def _location(message: Raw) -> Fields:
    return places.content(places.place(message["location"]["lat"], message["location"]["lon"]))


def _contact(message: Raw) -> Fields:
    contact = message["contact"]
    phone = str(contact.get("phone_number") or "")
    return {"person": Person(name=str(contact.get("name") or phone), phone=phone)}


def _url(message: Raw) -> Fields:
    return {"text": str(message["media"])} if message.get("media") else {"unsupported": "url"}


CONTENTS: dict[str, Callable[[Raw], Fields]] = {
    "text": _text,
    "location": _location,
    "contact": _contact,
    "url": _url,
}


def _started(received: Received) -> Event:
    """The chat was opened; the context is what the link carried. Who has not subscribed cannot be written to
    before they write."""
    found = CONTEXT.fullmatch(str(received.body.get("context") or ""))
    about = received.about(received.body["user"])
    tag, group = (found[1], found[2] or "") if found else ("", "")
    subscribed = received.body.get("subscribed") is True
    return EntryPointTapped(
        **about, ref=f"started:{received.token}", tag=tag, group=group, returns=subscribed
    )


def _subscribed(received: Received) -> Event:
    return ContactReturned(**received.about(received.body["user"]), ref=f"subscribed:{received.token}")


def _unsubscribed(received: Received) -> Event:
    about = received.about(received.body["user_id"])
    return ContactLeft(**about, ref=f"unsubscribed:{received.token}", reason="opted_out")


def _status(state: DeliveryState) -> Callable[[Received], Event]:
    def read(received: Received) -> Event:
        about, words = received.about(received.body["user_id"]), str(received.body.get("desc") or "")
        ref = f"{state}:{received.token}"
        return DeliveryUpdated(**about, ref=ref, target=received.token, state=state, words=words)

    return read


def _new(received: Received) -> Event:
    """A callback that Viber has added since: who it is about stands where it always does."""
    body, name = received.body, str(received.body.get("event"))
    person = body.get("sender") or body.get("user") or body["user_id"]
    ref = f"{name}:{received.token}"
    return MessageReceived(**received.about(person), ref=ref, unsupported=name[:LONGEST])


SILENT = ("webhook", "client_status", "action")  # not documented: the last two
READERS: dict[str, Callable[[Received], Event]] = {
    "message": _message,
    "conversation_started": _started,
    "subscribed": _subscribed,
    "unsubscribed": _unsubscribed,
    "delivered": _status(DeliveryState.DELIVERED),
    "seen": _status(DeliveryState.READ),
    "failed": _status(DeliveryState.FAILED),
}


def _facts(person: Raw) -> Facts:
    return Facts(name=str(person.get("name") or ""), locale=_locale(person))


def _locale(person: Raw) -> str:
    """The language with the country of the number: "fr" and "CH" are "fr-CH"."""
    language = _LANGUAGE.fullmatch(str(person.get("language") or ""))
    country = str(person.get("country") or "")
    if language is None:
        return ""
    named = language[1].lower()
    return f"{named}-{country.upper()}" if re.fullmatch(r"[A-Za-z]{2}", country) else named
