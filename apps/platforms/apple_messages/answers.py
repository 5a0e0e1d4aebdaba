"""What customers answer to interactive messages.

Quick replies, list pickers, times and forms become a CardAnswer. Kinds that we do not send become readable
text with `unsupported` naming the kind; an answer is never blank. Tokens and private forms stay out of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime

from apps.platforms.apple_messages import forms, wire
from apps.platforms.apple_messages.interactive import BID
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import MessageReceived

TWIN_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`text` is "" for a time: it is in UTC here, and whoever knows the card says it in the card's zone."""

    text: str = ""
    selected: tuple[Option, ...] = ()
    slot: Slot | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsupported: str = ""

    @property
    def is_answer(self) -> bool:
        return bool(self.selected or self.slot or self.values)

    def answer(self, card_id: str) -> CardAnswer | None:
        if not self.is_answer:
            return None
        return CardAnswer(card_id=card_id, selected=self.selected, slot=self.slot, values=self.values)


def is_whole(interactive: wire.Data) -> bool:
    """Whether the answer itself is here, not only a reference to it."""
    return any(kind in wire.mapping(interactive, "data") for kind in READERS)


def fill(event: MessageReceived, interactive: wire.Data) -> MessageReceived:
    """The event with the answer in it: whole, readable, and with its twin key."""
    data = wire.mapping(interactive, "data")
    request = wire.string(data, "requestIdentifier")
    reading = _read(interactive, data)
    return replace(
        event,
        text=reading.text,
        answer=reading.answer(request),
        unsupported=reading.unsupported,
        pending=None,
        twin_key=_twin_key(event.address, interactive, request, reading),
        twin_seconds=TWIN_SECONDS,
    )


def _read(interactive: wire.Data, data: wire.Data) -> Reading:
    summary = _summary(interactive, data)
    for kind, reader in READERS.items():
        if kind in data:
            reading = reader(wire.mapping(data, kind))
            if reading.is_answer or reading.text or reading.unsupported == PRIVATE_FORM:
                return reading
            return replace(reading, text=summary, unsupported=reading.unsupported or kind)
    ours = wire.string(interactive, "bid") in ("", BID)
    return Reading(text=summary, unsupported="interactive" if ours else "imessage_app")


def _quick_reply(reply: wire.Data) -> Reading:
    offered = wire.items(reply, "items")
    wanted, place = wire.string(reply, "selectedIdentifier"), reply.get("selectedIndex")
    chosen = [item for item in offered if wanted and wire.string(item, "identifier") == wanted]
    if not chosen and isinstance(place, int) and 0 <= place < len(offered):
        chosen = [offered[place]]
    if not chosen and wanted:
        chosen = [{"identifier": wanted, "title": wanted}]
    return _chosen(chosen[:1])


def _list_picker(picker: wire.Data) -> Reading:
    sections = wire.items(picker, "sections")
    return _chosen([item for section in sections for item in wire.items(section, "items")])


def _chosen(items: list[wire.Data]) -> Reading:
    selected = tuple(option for item in items if (option := _option(item)).id)
    return Reading(selected=selected, text=", ".join(option.title for option in selected))


def _option(item: wire.Data) -> Option:
    identifier = wire.string(item, "identifier")
    title = wire.string(item, "title").strip() or identifier
    return Option(id=identifier, title=title, subtitle=wire.string(item, "subtitle"))


def _time_picker(event: wire.Data) -> Reading:
    for slot in wire.items(event, "timeslots")[:1]:
        start = wire.string(slot, "startTime")
        if moment := _moment(start):
            minutes = wire.number(slot, "duration") // 60
            return Reading(
                slot=Slot(id=wire.string(slot, "identifier") or start, start=moment, minutes=minutes)
            )
        return Reading(text=_lines(wire.string(event, "title"), start), unsupported="time_picker")
    return Reading(unsupported="time_picker")


def _moment(text: str) -> datetime | None:
    """2026-11-21T10:00+0000, always GMT; some devices add seconds. None for a time that cannot be read, or
    whose local time may have no year."""
    for form in ("%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"):
        try:
            moment = datetime.strptime(text, form).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        return moment if MINYEAR < moment.year < MAXYEAR else None
    return None


def _form(form: wire.Data) -> Reading:
    if form.get("private") or wire.mapping(form, "data").get("private"):
        return Reading(unsupported=PRIVATE_FORM)
    pages = wire.items(form, "selections")
    values = {wire.string(page, "pageIdentifier"): _filled_in(page) for page in pages}
    values = {name: said for name, said in values.items() if name and said}
    text = _lines(*(_page(page) for page in pages))
    return Reading(text=text, values=values, unsupported="" if values else "form")


def _filled_in(page: wire.Data) -> tuple[str, ...]:
    """An option by its id, anything else as it was typed."""
    found = (
        forms.said(wire.string(item, "value") or wire.string(item, "title"), wire.string(item, "type"))
        for item in wire.items(page, "items")
    )
    return tuple(said for said in found if said)


def _page(page: wire.Data) -> str:
    """The question and its answer, "" for one that was left out."""
    shown = (wire.string(item, "title") or wire.string(item, "value") for item in wire.items(page, "items"))
    kinds = (wire.string(item, "type") for item in wire.items(page, "items"))
    given = ", ".join(forms.said(said, kind) for said, kind in zip(shown, kinds, strict=True) if said)
    return f"{wire.string(page, 'title')}: {given}" if given else ""


def _payment(_: wire.Data) -> Reading:
    return Reading(unsupported="payment")


def _authentication(authenticate: wire.Data) -> Reading:
    return Reading(text=wire.string(authenticate, "status"), unsupported="authentication")


def _invitation(notification: wire.Data) -> Reading:
    response = wire.mapping(wire.mapping(notification, "displayContent"), "determinateResponse")
    text = _lines(wire.string(response, "title"), wire.string(response, "subtitle"))
    return Reading(text=text, unsupported="invitation")


PRIVATE_FORM = "private_form"
READERS: Mapping[str, Callable[[wire.Data], Reading]] = {
    "quick-reply": _quick_reply,
    "listPicker": _list_picker,
    "event": _time_picker,
    "dynamic": _form,
    "payment": _payment,
    "authenticate": _authentication,
    "notification": _invitation,
}


def _summary(interactive: wire.Data, data: wire.Data) -> str:
    """What the customer's own bubble shows; Apple puts it in either place."""
    reply = wire.mapping(data, "replyMessage") or wire.mapping(interactive, "replyMessage")
    return _lines(*(wire.string(reply, name) for name in ("title", "subtitle")))


def _lines(*texts: str) -> str:
    return "\n".join(text.strip() for text in texts if text.strip())


def _twin_key(address: str, interactive: wire.Data, request: str, reading: Reading) -> str:
    """The same for an answer that Apple posts twice under different ids; "" when nothing identifies it."""
    session = wire.string(interactive, "sessionIdentifier")
    if not session and not request:
        return ""
    chosen = [option.id for option in reading.selected] + ([reading.slot.id] if reading.slot else [])
    known = json.dumps([address, session, request, chosen, reading.text, reading.unsupported])
    return hashlib.sha256(known.encode()).hexdigest()
