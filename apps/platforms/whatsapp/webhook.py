"""Every field of a webhook that means something to us, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.platforms.events import (
    ChannelTroubled,
    Event,
    Facts,
    MarketingChanged,
    MessageEchoed,
    TemplateChanged,
    WindowOpened,
)
from apps.platforms.shared.graph import when
from apps.platforms.whatsapp import contents, inbound, people
from apps.platforms.whatsapp.inbound import Change
from apps.platforms.whatsapp.people import text
from apps.platforms.windows import Opener

Raw = Mapping[str, Any]

OBJECT = "whatsapp_business_account"
# Not documented in one place: the events of `account_update` after which nothing can be sent, and of both
# account and number those that a person should know about.
STOPS = frozenset(("DISABLED_UPDATE", "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED"))
WARNS = frozenset(("ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "FLAGGED", "DOWNGRADE"))
MARKETING = "marketing_messages"
WANTED = {"stop": False, "resume": True}
APP = "WhatsApp Business"  # who wrote what was typed on the owner's telephone


def events(body: Raw, *, to: str, number_id: str, now: datetime) -> Iterator[Event]:
    """The events of one webhook for our number (every number of it when `number_id` is ""). Raises what bad
    types raise."""
    if body.get("object") != OBJECT:
        return
    for entry in body.get("entry") or ():
        at = when(entry["time"]) if entry.get("time") else now
        for change in entry.get("changes") or ():
            value, read = change["value"], READERS.get(text(change.get("field")))
            if read is not None and _ours(value, number_id):
                yield from read(Change(value=value, to=to or number(value), now=at))


def numbers(body: Raw) -> list[str]:
    """Our numbers named in a webhook, digits only."""
    changes = [change for entry in body.get("entry") or () for change in entry.get("changes") or ()]
    return list(dict.fromkeys(filter(None, (number(change["value"]) for change in changes))))


def share_of(body: Raw, ours: str) -> Raw:
    """The same webhook with the changes of one of our numbers only; what names no number is for everybody."""
    entries = []
    for entry in body["entry"]:
        changes = [change for change in entry.get("changes") or () if number(change["value"]) in ("", ours)]
        if changes:
            entries.append({**entry, "changes": changes})
    return {**body, "entry": entries}


def number(value: Raw) -> str:
    """The number that a change is about, "" when it names none."""
    metadata = value.get("metadata") or {}
    given = text(metadata.get("display_phone_number") or value.get("display_phone_number"))
    return "".join(character for character in given if character in "0123456789")


def _ours(value: Raw, number_id: str) -> bool:
    named = text((value.get("metadata") or {}).get("phone_number_id"))
    return not named or not number_id or named == number_id


def _messages(change: Change) -> Iterator[Event]:
    yield from inbound.messages(change)
    if not change.value.get("messages") and not change.value.get("statuses"):
        yield from _errors(change)


def _errors(change: Change) -> Iterator[Event]:
    """Errors that belong to no message."""
    for error in change.value.get("errors") or ():
        code = text(error.get("code"))
        words = contents.error_words(error) or text(error.get("message"))
        yield _trouble(change, "error", code, words, stops=False)


def _echoes(change: Change) -> Iterator[Event]:
    """What the owner typed in the WhatsApp Business app. Not documented: `to_user_id`."""
    for echo in change.value.get("message_echoes") or ():
        customer = people.customer(
            change.value.get("contacts"), user_id=echo.get("to_user_id"), number=echo.get("to")
        )
        said = contents.fields(echo)
        yield MessageEchoed(
            **change.about(echo, customer),
            text=said.get("text", ""),
            media=said.get("media", ()),
            unsupported=said.get("unsupported", "") or _unspoken(said, echo),
            author=APP,
        )


def _unspoken(said: Mapping[str, Any], echo: Raw) -> str:
    return "" if said.get("text") or said.get("media") else text(echo.get("type"))


def _calls(change: Change) -> Iterator[Event]:
    """A call from the customer opens the window as a message does."""
    for call in change.value.get("calls") or ():
        if call.get("event") == "connect" and call.get("direction") != "BUSINESS_INITIATED":
            about = change.about(call, change.customer(call))
            yield WindowOpened(**about, opener=Opener.CALL)


def _preferences(change: Change) -> Iterator[Event]:
    """Customers who stopped marketing messages, or want them again."""
    for preference in change.value.get("user_preferences") or ():
        wanted = WANTED.get(text(preference.get("value")))
        if wanted is None or preference.get("category") != MARKETING:
            continue
        customer = people.customer(
            change.value.get("contacts"), user_id=preference.get("user_id"), number=preference.get("wa_id")
        )
        ref = f"marketing:{customer.address}:{change.at(preference).timestamp():.0f}"
        yield MarketingChanged(**change.about({**preference, "id": ref}, customer), wanted=wanted)


def _template(change: Change) -> Iterator[Event]:
    value = change.value
    name, state = text(value["message_template_name"]), text(value["event"])
    reason = text(value.get("reason"))
    yield TemplateChanged(
        to=change.to,
        address="",
        ref=f"template:{text(value.get('message_template_id')) or name}:{state}:{change.now.timestamp():.0f}",
        at=change.now,
        facts=Facts(),
        name=name,
        language=text(value.get("message_template_language")),
        state=state,
        reason="" if reason == "NONE" else reason,
    )


def _template_changed(change: Change) -> Iterator[Event]:
    """Its category, which is its price, or its words are others now: only the list says which."""
    name = text(change.value.get("message_template_name"))
    number, at = text(change.value.get("message_template_id")) or name, change.now.timestamp()
    yield TemplateChanged(
        to=change.to,
        address="",
        ref=f"template:{number}:changed:{at:.0f}",
        at=change.now,
        name=name,
        language=text(change.value.get("message_template_language")),
        state="",
    )


def _account(change: Change) -> Iterator[Event]:
    event = text(change.value.get("event"))
    if event in STOPS or event in WARNS:
        yield _trouble(change, "account", event, _words(change.value, event), stops=event in STOPS)


def _words(value: Raw, event: str) -> str:
    """The event and what else the change says in plain values."""
    told = [text(item) for item in value.values() if isinstance(item, str) and item != event]
    inner = [text(item) for part in value.values() if isinstance(part, dict) for item in part.values()]
    return ": ".join([event, *told, *inner])[:300]


def _trouble(change: Change, source: str, code: str, words: str, *, stops: bool) -> ChannelTroubled:
    ref = f"{source}:{code}:{change.now.timestamp():.0f}"
    return ChannelTroubled(
        to=change.to, address="", ref=ref, at=change.now, stops=stops, code=code, words=words
    )


READERS: dict[str, Callable[[Change], Iterator[Event] | Sequence[Event]]] = {
    "messages": _messages,
    "smb_message_echoes": _echoes,
    "calls": _calls,
    "user_preferences": _preferences,
    "message_template_status_update": _template,
    "template_category_update": _template_changed,
    "message_template_components_update": _template_changed,
    "account_update": _account,
    "phone_number_quality_update": _account,
}
