"""What Apple's own balloons hold: quick replies, lists, times, forms (1.10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from apps.sandbox.apple.errors import malformed

MOST_OF_NAME = 19  # characters of a page's identifier
PAGES = frozenset({"select", "picker", "datePicker", "input"})
KEYBOARDS = frozenset(
    (
        *("default", "asciiCapable", "numbersAndPunctuation", "URL", "numberPad", "phonePad"),
        *("namePhonePad", "emailAddress", "decimalPad", "webSearch"),
    )
)
_START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?\+0000")
_DAY = re.compile(r"\d\d/\d\d/\d{4}")

Json = dict[str, Any]


def check(given: Json) -> None:
    """Raises GatewayError for a balloon that Apple would refuse."""
    for name, checked in CHECKS.items():
        if name in given["data"]:
            payload = given["data"][name]
            if not isinstance(payload, dict):
                raise malformed(f"{name} is not an object")
            if name != "quick-reply":
                _received(given)
            checked(payload)
            return
    raise malformed("data holds nothing that can be shown")


def _received(given: Json) -> None:
    received = given.get("receivedMessage")
    if not isinstance(received, dict) or not received.get("title"):
        raise malformed("receivedMessage.title is required")


def _quick_reply(reply: Json) -> None:
    items = reply.get("items")
    if not isinstance(items, list) or not 2 <= len(items) <= 5:
        raise malformed("quick-reply: between 2 and 5 items are required")
    if not isinstance(reply.get("summaryText"), str):
        raise malformed("quick-reply: summaryText is required")
    _items(items)


def _list_picker(picker: Json) -> None:
    for section in _objects(picker.get("sections"), "listPicker: sections are required"):
        _items(_objects(section.get("items"), "listPicker: a section without items"))


def _items(items: list[Any]) -> None:
    names = [item.get("identifier") for item in items if isinstance(item, dict) and item.get("title")]
    if len(names) != len(items):
        raise malformed("an item without identifier or title")
    _names(names, "an item")


def _event(event: Json) -> None:
    if not all(isinstance(event.get(name), str) and event[name] for name in ("identifier", "title")):
        raise malformed("event: identifier and title are required")
    slots = _objects(event.get("timeslots"), "event: timeslots are required")
    _names([slot.get("identifier") for slot in slots], "a timeslot")
    for slot in slots:
        if not _START.fullmatch(str(slot.get("startTime"))):
            raise malformed("event: startTime must be YYYY-MM-DDTHH:MM+0000")
        if type(slot.get("duration")) is not int:
            raise malformed("event: duration must be a number of seconds")


def _form(dynamic: Json) -> None:
    data = dynamic.get("data")
    if dynamic.get("template") != "messageForms" or not dynamic.get("version") or not isinstance(data, dict):
        raise malformed("dynamic: template messageForms with version and data is required")
    pages = _objects(data.get("pages"), "dynamic: pages are required")
    names = _names([page.get("pageIdentifier") for page in pages], "a page")
    if data.get("startPageIdentifier") not in names:
        raise malformed("dynamic: startPageIdentifier names no page")
    for page in pages:
        _page(page, names)


def _page(page: Json, names: list[str]) -> None:
    if len(page["pageIdentifier"]) > MOST_OF_NAME:
        raise malformed("dynamic: pageIdentifier must have less than 20 characters")
    if page.get("type") not in PAGES or not page.get("title"):
        raise malformed("dynamic: a page without type or title")
    following = [page.get("nextPageIdentifier"), *(item.get("nextPageIdentifier") for item in _choices(page))]
    leads_on = [name for name in following if name is not None]
    if any(name not in names for name in leads_on) or not (leads_on or page.get("submitForm") is True):
        raise malformed("dynamic: a page must lead to another or submit the form")
    _options(page, page.get("options") or {})


def _choices(page: Json) -> list[Json]:
    if page["type"] not in ("select", "picker"):
        return []
    items = _objects(page.get("items"), "dynamic: a page without items")
    _items(items)
    if any(not isinstance(item.get("value"), str) for item in items):
        raise malformed("dynamic: an item without value")
    return items


def _options(page: Json, options: Json) -> None:
    if options.get("keyboardType", "default") not in KEYBOARDS:
        raise malformed("dynamic: unknown keyboardType")
    if page["type"] == "input" and options.get("inputType", "singleline") not in ("singleline", "multiline"):
        raise malformed("dynamic: unknown inputType")
    days = (options.get(name) for name in ("minimumDate", "maximumDate", "startDate"))
    if any(day is not None and not _DAY.fullmatch(str(day)) for day in days):
        raise malformed("dynamic: a date that is not MM/dd/yyyy")


def _objects(value: Any, words: str) -> list[Json]:
    if not isinstance(value, list) or not value or any(not isinstance(each, dict) for each in value):
        raise malformed(words)
    return value


def _names(names: list[Any], what: str) -> list[str]:
    if not all(isinstance(name, str) and name for name in names):
        raise malformed(f"{what} without identifier")
    if len(set(names)) != len(names):
        raise malformed(f"{what} with an identifier that another has")
    return names


CHECKS: dict[str, Callable[[Json], None]] = {
    "quick-reply": _quick_reply,
    "listPicker": _list_picker,
    "event": _event,
    "dynamic": _form,
}
