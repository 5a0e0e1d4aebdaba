"""What the Cloud API checks of a message before it takes it (3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from apps.sandbox.whatsapp.errors import invalid, missing

MOST_TEXT, MOST_BODY, MOST_CAPTION = 4096, 1024, 1024
Json = dict[str, Any]


def thing(given: Json, name: str) -> Json:
    """The object under a name. Raises CloudError without one."""
    found = given.get(name)
    if not isinstance(found, dict):
        raise missing(name)
    return found


def words(given: Json, name: str, most: int, *, where: str) -> str:
    """A text that must be there."""
    text = given.get(name)
    if not isinstance(text, str) or not text.strip():
        raise missing(f"{where}['{name}']")
    if len(text) > most:
        raise invalid(f"Param {where}['{name}'] must be at most {most} characters long.")
    return text


def things(given: Json, name: str, most: int) -> list[Json]:
    found = given.get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise missing(name)
    if not 1 <= len(found) <= most:
        raise invalid(f"Invalid {name} count. Min allowed {name}: 1, Max allowed {name}: {most}")
    return found


def interactive(given: Json) -> str:
    """The kind of an interactive message that is well-formed."""
    kind = str(given.get("type", ""))
    check = KINDS.get(kind)
    if check is None:
        raise invalid(f"Param interactive['type'] must not be {kind[:40]!r}")
    words(thing(given, "body"), "text", MOST_BODY, where="interactive['body']")
    for part in ("footer",):
        if part in given:
            words(thing(given, part), "text", 60, where=part)
    check(thing(given, "action"))
    return kind


def _buttons(action: Json) -> None:
    replies = [thing(button, "reply") for button in things(action, "buttons", 3)]
    for reply in replies:
        words(reply, "id", 256, where="reply")
        words(reply, "title", 20, where="reply")
    _unique("button title", [reply["title"] for reply in replies])
    _unique("button id", [reply["id"] for reply in replies])


def _list(action: Json) -> None:
    words(action, "button", 20, where="action")
    sections = things(action, "sections", 10)
    rows = [row for section in sections for row in things(section, "rows", 10)]
    if len(rows) > 10:
        raise invalid("Total row count exceed max allowed count: 10")
    for section in sections:
        if len(sections) > 1 or "title" in section:
            words(section, "title", 24, where="section")
    for row in rows:
        words(row, "id", 200, where="row")
        words(row, "title", 24, where="row")
        if "description" in row:
            words(row, "description", 72, where="row")
    _unique("row id", [row["id"] for row in rows])


def _link(action: Json) -> None:
    if action.get("name") != "cta_url":
        raise invalid("Param action['name'] must be cta_url")
    parameters = thing(action, "parameters")
    words(parameters, "display_text", 20, where="parameters")
    if urlsplit(words(parameters, "url", 2000, where="parameters")).scheme not in ("http", "https"):
        raise invalid("Param parameters['url'] is not a valid URL")


def _where(action: Json) -> None:
    if action.get("name") != "send_location":
        raise invalid("Param action['name'] must be send_location")


KINDS: dict[str, Callable[[Json], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "location_request_message": _where,
}


def _unique(what: str, values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise invalid(f"Duplicated {what}")
