"""What Google's webhook says, decoded, to events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.platforms.base import Malformed
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    DeliveryState,
    DeliveryUpdated,
    Event,
    MediaKind,
    MediaRef,
    MessageReceived,
    TypingChanged,
)
from apps.platforms.shared import choices, opting, places, tags
from apps.platforms.shared.contents import LONGEST, readable

Raw = Mapping[str, Any]
KINDS = {"image": MediaKind.IMAGE, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}
STATES = {"DELIVERED": DeliveryState.DELIVERED, "READ": DeliveryState.READ}
REVOKED = "TTL_EXPIRATION_REVOKED"


def key(data: Raw) -> str:
    """Google's id of what happened. An event about a message of ours has one of its own beside that
    message's. Raises Malformed."""
    found = data.get("eventId") or data.get("messageId")
    if not isinstance(found, str) or not found:
        raise Malformed("the event has no id")
    return found


def events(data: Raw, *, agent: str, now: datetime) -> Sequence[Event]:
    """Raises Malformed, and ValueError, TypeError or LookupError for what is not as documented."""
    customer = data.get("senderPhoneNumber") or data.get("phoneNumber")
    if not isinstance(customer, str) or not customer:
        raise Malformed("the event names no customer")
    about: dict[str, Any] = {"to": str(data.get("agentId") or agent), "address": customer, "ref": key(data)}
    dated: dict[str, Any] = {**about, "at": _time(data.get("sendTime"), now)}
    if "eventType" in data:
        return _happened(str(data["eventType"]), data, dated)
    said = MessageReceived(**dated, **readable(_content, data, _kind(data)))
    return opting.events(said, opting.word_of(said.text) if "text" in data else "")


def _happened(kind: str, data: Raw, about: dict[str, Any]) -> Sequence[Event]:
    if kind in STATES or kind == REVOKED:
        return [_update(kind, str(data.get("messageId") or ""), about)]
    if kind == "IS_TYPING":
        return [TypingChanged(**about, typing=True)]
    # Not documented for certain: the next two.
    if kind == "UNSUBSCRIBE":
        return [ContactLeft(**about, reason="opted_out")]
    return [ContactReturned(**about)] if kind == "SUBSCRIBE" else []


def _update(kind: str, ours: str, about: dict[str, Any]) -> DeliveryUpdated:
    """Our own id is the message's id at Google."""
    named: dict[str, Any] = {"target": ours, "delivery_id": ours}
    if kind in STATES:
        return DeliveryUpdated(**about, **named, state=STATES[kind])
    words = "the phone was not reached in time, so the message was taken back"
    failed: dict[str, Any] = {"state": DeliveryState.FAILED, "code": REVOKED, "words": words}
    return DeliveryUpdated(**about, **named, **failed, out_of_reach=True)


def _content(data: Raw) -> dict[str, Any]:
    if isinstance(data.get("text"), str):
        said = tags.read(data["text"])
        unsupported = "" if said.text.strip() else "empty"
        return {"text": said.text, "tag": said.tag, "group": said.group, "unsupported": unsupported}
    if "userFile" in data:
        return {"media": (_file(data["userFile"]["payload"]),)}
    if "location" in data:
        return _location(data["location"])
    if "suggestionResponse" in data:
        return _tapped(data["suggestionResponse"])
    return {"unsupported": _kind(data)[:LONGEST]}


def _kind(data: Raw) -> str:
    """What Google calls the content."""
    return min(set(data) - {"senderPhoneNumber", "messageId", "sendTime", "agentId"}, default="empty")


def _location(location: Raw) -> dict[str, Any]:
    """Google's JSON leaves out what is zero: the equator, and Greenwich."""
    if not location:
        return {"unsupported": "location"}
    return places.content(places.place(location.get("latitude", 0), location.get("longitude", 0)))


def _tapped(response: Raw) -> dict[str, Any]:
    """A suggestion of ours answers its card; another's is what the customer said."""
    given, title = str(response.get("postbackData") or ""), str(response.get("text") or "")
    found = choices.answer(given, title)
    if found is None:
        words = title or given
        return {"text": words} if words.strip() else {"unsupported": "suggestionResponse"}
    return {"answer": found, "text": title or (found.selected[0].id if found.selected else "")}


def _file(payload: Raw) -> MediaRef:
    """The link is public and cannot be guessed; that it dies after some time is not documented."""
    mime = str(payload.get("mimeType") or "")
    size = payload.get("fileSizeBytes")
    return MediaRef(
        kind=KINDS.get(mime.partition("/")[0], MediaKind.FILE),
        locator={"url": str(payload["fileUri"])},
        name=str(payload.get("fileName") or "file"),
        mime=mime,
        size=int(size) if isinstance(size, int | str) and str(size).isdecimal() else 0,
    )


def _time(value: object, otherwise: datetime) -> datetime:
    """RFC 3339, with up to nine digits after the second."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise
    return found if found.tzinfo else otherwise
