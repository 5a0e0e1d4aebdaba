"""What Viber checks of a message before it takes it, and what the phone shows of it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from apps.sandbox.viber.errors import bad_data, missing

MB = 1024 * 1024
LIMITS = {"picture": 1 * MB, "video": 26 * MB, "file": 50 * MB}
ACTIONS = ("reply", "open-url", "location-picker", "share-phone", "none")
_TAG = re.compile(r"</?(?:b|i|u|font(?: [^<>]*)?)>|<br ?/?>")
Json = dict[str, Any]


class Bubble(NamedTuple):
    kind: str
    text: str = ""
    data: Json = {}  # noqa: RUF012
    url: str = ""  # of a file that Viber fetches
    name: str = ""


def bubble(given: Json) -> Bubble:
    """What the phone shows of a message. Raises Refused as Viber refuses."""
    if len(json.dumps(given, ensure_ascii=False).encode()) > 30 * 1024:
        raise bad_data("the message is larger than 30 KB")
    words(given.get("sender") or {}, "name", 28)
    make = MAKERS.get(str(given.get("type")))
    if make is None:
        raise bad_data("unknown type")
    made: Bubble = make(given)
    keyboard = given.get("keyboard")
    if keyboard is not None:
        options = [option for button in _buttons(keyboard, "keyboard") if (option := _option(button))]
        made = Bubble("choices", made.text, {**made.data, "options": options, "as": "keyboard"})
    tracked = given.get("tracking_data")
    return made._replace(data={**made.data, "tracking_data": str(tracked)[:4000]}) if tracked else made


def words(given: Json, name: str, most: int) -> str:
    text = given.get(name)
    if not isinstance(text, str) or not text.strip():
        raise missing(name)
    if len(text) > most:
        raise bad_data(f"{name} is longer than {most}")
    return text


def _text(given: Json) -> Bubble:
    return Bubble("text", words(given, "text", 7000))


def _file(given: Json) -> Bubble:
    kind, url = given["type"], words(given, "media", 2000)
    if urlsplit(url).scheme not in ("http", "https"):
        raise bad_data("media is no address")
    if kind != "picture" and not isinstance(given.get("size"), int):
        raise missing("size")
    name = words(given, "file_name", 256) if kind == "file" else url.rsplit("/", 1)[-1]
    if "." not in name:
        raise bad_data("file_name has no extension")
    text = str(given.get("text") or "")
    if len(text) > 512:
        raise bad_data("text is longer than 512")
    return Bubble("file", text, {"as": kind}, url, name)


def _location(given: Json) -> Bubble:
    place = given.get("location") or {}
    if not all(isinstance(place.get(name), int | float) for name in ("lat", "lon")):
        raise missing("location")
    return Bubble("place", "", {"latitude": place["lat"], "longitude": place["lon"]})


def _contact(given: Json) -> Bubble:
    contact = given.get("contact") or {}
    return Bubble("text", f"{words(contact, 'name', 28)}\n{words(contact, 'phone_number', 18)}")


def _url(given: Json) -> Bubble:
    return Bubble("link", "", {"url": words(given, "media", 2000)})


def _rich(given: Json) -> Bubble:
    if not isinstance(given.get("min_api_version"), int) or given["min_api_version"] < 2:
        raise bad_data("min_api_version")
    panel = given.get("rich_media")
    buttons = _buttons(panel, "rich_media")
    for name, most in (("ButtonsGroupColumns", 6), ("ButtonsGroupRows", 7)):
        value = panel.get(name, most) if isinstance(panel, dict) else None
        if not isinstance(value, int) or not 1 <= value <= most:
            raise bad_data(name)
    text = "\n".join(_plain(b) for b in buttons if b.get("ActionType") == "none")
    links = [button for button in buttons if button.get("ActionType") == "open-url"]
    if links:
        return Bubble("link", text, {"url": links[-1]["ActionBody"], "button": _plain(links[-1])})
    options = [option for button in buttons if (option := _option(button))]
    return Bubble("choices", text, {"options": options, "as": "rich_media"})


def _buttons(panel: Any, kind: str) -> list[Json]:
    buttons = panel.get("Buttons") if isinstance(panel, dict) and panel.get("Type") == kind else None
    if not isinstance(buttons, list) or not buttons:
        raise bad_data(f"{kind} has no buttons")
    for button in buttons:
        if not isinstance(button, dict) or button.get("ActionType", "reply") not in ACTIONS:
            raise bad_data("ActionType")
        words(button, "ActionBody", 2000)
        _plain(button)
        if not 1 <= button.get("Columns", 6) <= 6 or not 1 <= button.get("Rows", 1) <= 7:
            raise bad_data("Columns or Rows")
    return buttons


def _option(button: Json) -> Json | None:
    """Something to tap; the second line of its words goes below."""
    action = button.get("ActionType", "reply")
    if action not in ("reply", "location-picker"):
        return None
    title, _, detail = _plain(button).partition("\n")
    known = {"id": button["ActionBody"], "title": title, "subtitle": detail}
    return {**known, "action": action, "silent": bool(button.get("Silent"))}


def _plain(button: Json) -> str:
    """The words of a button: HTML of a few tags. Anything else with an angle bracket is refused."""
    text = re.sub(r"<br ?/?>", "\n", str(button.get("Text") or ""))
    text = _TAG.sub("", text)
    if "<" in text or ">" in text:
        raise bad_data("Text is not the HTML that Viber takes")
    return unescape(text)


MAKERS = {
    "text": _text,
    "picture": _file,
    "video": _file,
    "file": _file,
    "location": _location,
    "contact": _contact,
    "url": _url,
    "rich_media": _rich,
}
