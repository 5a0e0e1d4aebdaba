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
from apps.platforms.shared.contents import each
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
    """The events of one webhook for our number (every number of it when `number_id` is ""). Raises one of
    BROKEN for what is no webhook."""
    if body.get("object") == OBJECT:
        yield from each(body.get("entry"), lambda entry: _entry(entry, to, number_id, now), to=to)


def _entry(entry: Raw, to: str, number_id: str, now: datetime) -> Iterator[Event]:
    at = when(entry["time"]) if entry.get("time") else now
    yield from each(entry.get("changes"), lambda change: _change(change, to, number_id, at), to=to)


def _change(change: Raw, to: str, number_id: str, at: datetime) -> Iterator[Event]:
    value, read = change["value"], READERS.get(text(change.get("field")))
    if read is not None and _ours(value, number_id):
        yield from read(Change(value=value, to=to or number(value), now=at))


def numbers(body: Raw) -> list[str]:
    """Our numbers named in a webhook, digits only."""
    return list(dict.fromkeys(filter(None, (number(value) for _entry, _change, value in _values(body)))))


def share_of(body: Raw, ours: str) -> Raw:
    """The same webhook with the changes of one of our numbers only; what names no number is for everybody,
    and what cannot be read for nobody: it may be another's."""
    theirs = [(entry, change) for entry, change, value in _values(body) if number(value) in ("", ours)]
    entries = [entry for entry in body["entry"] if any(its is entry for its, _change in theirs)]
    kept = [{**entry, "changes": [change for its, change in theirs if its is entry]} for entry in entries]
    return {**body, "entry": kept}


def _values(body: Raw) -> Iterator[tuple[Raw, Raw, Raw]]:
    """Entry, change and value, of whatever can be read."""
    for entry in _dicts(body.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, dict) and isinstance(value.get("metadata") or {}, dict):
                yield entry, change, value


def _dicts(items: Any) -> list[Raw]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


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
    return each(change.value.get("errors"), lambda error: _error(change, error), to=change.to)


def _error(change: Change, error: Raw) -> Iterator[Event]:
    words = contents.error_words(error) or text(error.get("message"))
    yield _trouble(change, "error", text(error.get("code")), words, stops=False)


def _echoes(change: Change) -> Iterator[Event]:
    """What the owner typed in the WhatsApp Business app."""
    return each(change.value.get("message_echoes"), lambda echo: _echo(change, echo), to=change.to)


def _echo(change: Change, echo: Raw) -> Iterator[Event]:
    """Not documented: `to_user_id`."""
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
    return each(change.value.get("calls"), lambda call: _call(change, call), to=change.to)


def _call(change: Change, call: Raw) -> Iterator[Event]:
    if call.get("event") == "connect" and call.get("direction") != "BUSINESS_INITIATED":
        yield WindowOpened(**change.about(call, change.customer(call)), opener=Opener.CALL)


def _preferences(change: Change) -> Iterator[Event]:
    """Customers who stopped marketing messages, or want them again."""
    told = change.value.get("user_preferences")
    return each(told, lambda preference: _preference(change, preference), to=change.to)


def _preference(change: Change, preference: Raw) -> Iterator[Event]:
    wanted = WANTED.get(text(preference.get("value")))
    if wanted is None or preference.get("category") != MARKETING:
        return
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
