"""What another system tells (docs/custom-channel.md) to our events: one JSON object each, named by `type`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.platforms import cards
from apps.platforms.custom import contents
from apps.platforms.custom.values import LONGEST, id_of, one_of, text, when
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    DeliveryState,
    DeliveryUpdated,
    EntryPointTapped,
    Event,
    Facts,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
    TypingChanged,
)

Raw = Mapping[str, Any]
About = dict[str, Any]

LEFT = ("deleted", "blocked", "opted_out")


def events(body: Raw, *, to: str, webhook_id: str, now: datetime) -> Sequence[Event]:
    """One event, or a message with `unsupported` for a type that we do not know. Raises LookupError,
    TypeError or ValueError for what is no such object."""
    person, kind = body["from"], body["type"]
    about: About = {
        "to": to,
        "address": id_of(person["id"]),
        "ref": id_of(body.get("id") or webhook_id),
        "at": when(body.get("at"), now),
        "facts": Facts(name=text(person.get("name"))[:120], locale=text(person.get("locale"))[:35]),
    }
    reader = READERS.get(text(kind))
    return [
        reader(about, body) if reader else MessageReceived(**about, unsupported=text(kind)[:60] or "unknown")
    ]


def _message(about: About, body: Raw) -> Event:
    files = tuple(contents.file(row) for row in body.get("files") or ())
    answer = contents.answer(body["answer"]) if body.get("answer") else None
    words = text(body.get("text")) or (cards.answer_text(answer) if answer else "")
    told: dict[str, Any] = {
        "text": words,
        "media": files,
        "place": contents.place(body["place"]) if body.get("place") else None,
        "person": contents.person(body["contact"]) if body.get("contact") else None,
        "answer": answer,
    }
    return MessageReceived(
        **about,
        **told,
        **_entry(body),
        reply_to=text(body.get("reply_to"))[:LONGEST],
        details=tuple((text(name), text(value)) for name, value in (body.get("details") or {}).items()),
        unsupported="" if any(told.values()) else "empty",
    )


def _entry(body: Raw) -> About:
    return {"tag": text(body.get("tag"))[:64], "group": text(body.get("group"))[:64]}


def _opened(about: About, body: Raw) -> Event:
    return EntryPointTapped(**about, **_entry(body))


def _edited(about: About, body: Raw) -> Event:
    return MessageEdited(**about, target=id_of(body["target"]), text=text(body.get("text")))


def _withdrawn(about: About, body: Raw) -> Event:
    return MessageWithdrawn(**about, target=id_of(body["target"]))


def _reaction(about: About, body: Raw) -> Event:
    return ReactionReceived(**about, target=id_of(body["target"]), emoji=text(body.get("emoji"))[:60])


def _typing(about: About, body: Raw) -> Event:
    return TypingChanged(**about, typing=body.get("typing") is not False)


def _left(about: About, body: Raw) -> Event:
    reason = text(body.get("reason"))
    return ContactLeft(**about, reason=reason if reason in LEFT else "deleted")


def _returned(about: About, body: Raw) -> Event:
    return ContactReturned(**about)


def _status(about: About, body: Raw) -> Event:
    said: About = {name: text(body.get(name))[:500] for name in ("code", "words")}
    return DeliveryUpdated(
        **about, target=id_of(body["target"]), state=one_of(DeliveryState, body["state"]), **said
    )


def _echo(about: About, body: Raw) -> Event:
    """Said to the customer by somebody else on the other side."""
    files = tuple(contents.file(row) for row in body.get("files") or ())
    return MessageEchoed(
        **about, text=text(body.get("text")), media=files, author=text(body.get("author"))[:120]
    )


READERS: dict[str, Callable[[About, Raw], Event]] = {
    "message": _message,
    "opened": _opened,
    "edited": _edited,
    "withdrawn": _withdrawn,
    "reaction": _reaction,
    "typing": _typing,
    "left": _left,
    "returned": _returned,
    "status": _status,
    "echo": _echo,
}
