"""A webhook of LINE's to our events.

Only what comes from a person (`source.type` user) is a conversation: in groups and rooms there is no one
customer to answer. `mode` standby says that another program holds the thread; such events bring no reply
token, and nothing may be sent until the program gives it back.

One request may hold events of several people: one that cannot be read is shown as unsupported, under LINE's
own name of it, and keeps none of the others back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from apps.platforms.events import (
    ChannelTroubled,
    ContactLeft,
    ContactReturned,
    Event,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ThreadControlChanged,
    WindowOpened,
)
from apps.platforms.line import contents
from apps.platforms.shared import choices
from apps.platforms.shared.contents import BROKEN, LONGEST, each
from apps.platforms.windows import Opener

Raw = Mapping[str, Any]
Reader = Callable[[Raw, dict[str, Any]], Iterator[Event]]

OWNER = "LINE"  # LINE does not say which program holds the thread


def events(body: Raw, *, to: str) -> Iterator[Event]:
    """The events in one request; none for a connectivity check."""
    return each(body["events"], lambda event: _suspension(event, to) or _of_person(event, to), to=to)


def event_id(event: Raw) -> str:
    """LINE's id of an event, the same when it is delivered again; shapes of before 2022 have none."""
    message = event.get("message")
    known = event.get("webhookEventId") or (message.get("id") if isinstance(message, dict) else "")
    return str(known) or f"{event.get('type')}:{event.get('timestamp')}:{_person(event)}"


def _of_person(event: Raw, to: str) -> Iterator[Event]:
    person, kind = _person(event), str(event.get("type"))
    if not person or kind in SILENT:
        return
    reader = READERS.get(kind, _new)
    name = event_id(event)
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    about: dict[str, Any] = {"to": to, "address": person, "ref": name, "at": at}
    if _standby(event) and reader is not _deactivated:
        yield ThreadControlChanged(**{**about, "ref": f"standby:{name}"}, ours=False, owner=OWNER)
    yield from _read(reader, event, about)


def _read(reader: Reader, event: Raw, about: dict[str, Any]) -> list[Event]:
    try:
        return list(reader(event, about))
    except BROKEN:
        return [MessageReceived(**about, unsupported=str(event.get("type"))[:LONGEST], handle=_handle(event))]


def _suspension(event: Raw, to: str) -> list[Event]:
    """The whole account, and nobody's event: another program has suspended the bot."""
    if event.get("type") != "botSuspended":
        return []
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    words = "LINE has suspended this bot"
    about: dict[str, Any] = {"to": to, "address": "", "ref": event_id(event), "at": at}
    return [ChannelTroubled(**about, stops=True, code="bot_suspended", words=words)]


def _message(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    message = event["message"]
    quoted = str(message.get("quotedMessageId") or "")
    said = {**about, "ref": str(message["id"]), "reply_to": quoted}
    yield MessageReceived(**said, **contents.fields(message), handle=_handle(event))


def _edited(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    """Known of groups only, as yet."""
    message = event["message"]
    text = contents.fields({**message, "type": "text"})["text"]
    yield MessageEdited(**about, target=str(message["id"]), text=text)


def _unsent(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    yield MessageWithdrawn(**about, target=str(event["unsend"]["messageId"]))


def _followed(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    """A friend may be written to; one who unblocks us was one before."""
    followed = event.get("follow")
    if isinstance(followed, dict) and followed.get("isUnblocked") is True:
        yield ContactReturned(**about)
    else:
        yield WindowOpened(**about, opener=Opener.TAP, words="follow")


def _unfollowed(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    yield ContactLeft(**about, reason="blocked")


def _tapped(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    """A button: ours names card and option; of other software what it says is what the customer said."""
    postback = event["postback"]
    data, params = str(postback["data"]), postback.get("params")
    params = params if isinstance(params, dict) else {}
    if "newRichMenuAliasId" in params:
        yield WindowOpened(**about, opener=Opener.TAP, words="menu")
        return
    answer = choices.answer(data, "")
    text = "" if answer else next((str(when) for when in params.values()), data)
    unsupported = "" if answer or text.strip() else "postback"
    about = {**about, "text": text, "unsupported": unsupported}
    yield MessageReceived(**about, answer=answer, handle=_handle(event))


def _activated(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    yield ThreadControlChanged(**about, ours=True)


def _deactivated(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    yield ThreadControlChanged(**about, ours=False, owner=OWNER)


def _new(event: Raw, about: dict[str, Any]) -> Iterator[Event]:
    """A kind that LINE has added since."""
    kind = str(event.get("type"))[:LONGEST] or "unknown"
    yield MessageReceived(**about, unsupported=kind, handle=_handle(event))


# Nothing is said by these, and no thread changes hands.
SILENT = (
    "accountLink",
    "beacon",
    "botResumed",
    "botSuspended",
    "delivery",
    "join",
    "leave",
    "memberJoined",
    "memberLeft",
    "membership",
    "module",
    "videoPlayComplete",
)
READERS: dict[str, Reader] = {
    "message": _message,
    "messageEdited": _edited,
    "unsend": _unsent,
    "follow": _followed,
    "unfollow": _unfollowed,
    "postback": _tapped,
    "activated": _activated,
    "deactivated": _deactivated,
}


def _handle(event: Raw) -> dict[str, str] | None:
    """What answering needs: the reply token, what marks the message as read, what quotes it."""
    if _standby(event) or not event.get("replyToken"):
        return None
    message = event.get("message")
    message = message if isinstance(message, dict) else {}
    found = {
        "reply_token": event["replyToken"],
        "seen": message.get("markAsReadToken"),
        "message": message.get("id"),
        "quote": message.get("quoteToken"),
    }
    return {name: str(value) for name, value in found.items() if value}


def _standby(event: Raw) -> bool:
    return event.get("mode") == "standby"


def _person(event: Raw) -> str:
    source = event.get("source")
    if not isinstance(source, dict) or source.get("type") != "user":
        return ""
    return str(source.get("userId") or "")
