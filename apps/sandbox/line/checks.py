"""What LINE checks of a message before it takes it, and what the phone shows of it (2.5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from apps.sandbox.line.errors import invalid

Json = dict[str, Any]


class Bubble(NamedTuple):
    kind: str
    text: str = ""
    data: Json = {}  # noqa: RUF012
    url: str = ""  # of a file that LINE fetches
    preview: str = ""  # of the picture that it shows of that file


def bubble(message: Any, where: str) -> Bubble:
    """What the phone shows. Raises Refused as LINE refuses."""
    if not isinstance(message, dict):
        raise invalid(where, "must be an object")
    make = MAKERS.get(str(message.get("type")))
    if make is None:
        raise invalid(f"{where}.type", "must be one of the following values: text, image, video, ...")
    sender = message.get("sender") or {}
    if sender:
        words(sender, "name", 20, f"{where}.sender")
        if "line" in sender["name"].lower():
            raise invalid(f"{where}.sender.name", "must not contain a reserved word")
    made: Bubble = make(message, where)
    replies = [_option(item.get("action"), where, 20) for item in _items(message, where)]
    if replies:
        return Bubble("choices", made.text, {**made.data, "options": replies, "as": "quickReply"})
    return made


def words(given: Json, name: str, most: int, where: str) -> str:
    text = given.get(name)
    if not isinstance(text, str) or not text.strip():
        raise invalid(f"{where}.{name}", "May not be empty")
    if len(text.encode("utf-16-le")) // 2 > most:
        raise invalid(f"{where}.{name}", f"Length must be between 0 and {most}")
    return text


def _items(message: Json, where: str) -> list[Json]:
    given = message.get("quickReply")
    if given is None:
        return []
    items = given.get("items") if isinstance(given, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= 13:
        raise invalid(f"{where}.quickReply.items", "Size must be between 1 and 13")
    return [item if isinstance(item, dict) else {} for item in items]


def _option(action: Any, where: str, most_label: int, label: str = "") -> Json:
    """An action as something to tap. In flex boxes the words are beside it."""
    action = action if isinstance(action, dict) else {}
    title = label or words(action, "label", most_label, f"{where}.action")
    match action.get("type"):
        case "postback":
            data = words(action, "data", 300, f"{where}.action")
            return {"id": data, "title": title, "says": str(action.get("displayText") or "")}
        case "location":
            return {"id": "place", "title": title, "place": True}
        case "uri":
            uri = words(action, "uri", 1000, f"{where}.action")
            if urlsplit(uri).scheme not in ("http", "https", "tel", "line"):
                raise invalid(f"{where}.action.uri", "invalid uri scheme")
            return {"id": uri, "title": title, "uri": uri}
        case _:
            raise invalid(f"{where}.action.type", "unknown action type")


def _text(message: Json, where: str) -> Bubble:
    return Bubble("text", words(message, "text", 5000, where))


def _file(message: Json, where: str) -> Bubble:
    url = words(message, "originalContentUrl", 5000, where)
    if message["type"] == "audio" and not isinstance(message.get("duration"), int):
        raise invalid(f"{where}.duration", "must be specified")
    silent = message["type"] != "audio"
    preview = words(message, "previewImageUrl", 5000, where) if silent else ""
    return Bubble("file", "", {"as": message["type"]}, url, preview)


def _sticker(message: Json, where: str) -> Bubble:
    package, number = (words(message, name, 20, where) for name in ("packageId", "stickerId"))
    return Bubble("text", f"[{package}:{number}]")


def _location(message: Json, where: str) -> Bubble:
    title = words(message, "title", 100, where)
    words(message, "address", 1000, where)
    place = {name: message.get(name) for name in ("latitude", "longitude")}
    if not all(isinstance(value, int | float) for value in place.values()):
        raise invalid(f"{where}.latitude", "must be a number")
    return Bubble("place", title, place)


def _template(message: Json, where: str) -> Bubble:
    words(message, "altText", 1500, where)
    template = message.get("template")
    if not isinstance(template, dict) or template.get("type") not in ("confirm", "buttons"):
        raise invalid(f"{where}.template", "unknown template type")
    kind, actions = template["type"], template.get("actions")
    fewest, most = (2, 2) if kind == "confirm" else (1, 4)
    if not isinstance(actions, list) or not fewest <= len(actions) <= most:
        raise invalid(f"{where}.template.actions", f"Size must be between {fewest} and {most}")
    text = words(template, "text", 240 if kind == "confirm" else 160, f"{where}.template")
    return Bubble("choices", text, {"as": kind, "options": [_option(each, where, 20) for each in actions]})


def _flex(message: Json, where: str) -> Bubble:
    words(message, "altText", 1500, where)
    contents = message.get("contents")
    if not isinstance(contents, dict) or contents.get("type") != "bubble":
        raise invalid(f"{where}.contents", "must be a bubble")
    if len(json.dumps(contents, ensure_ascii=False).encode()) > 30_000:
        raise invalid(f"{where}.contents", "bubble is too large")
    parts = list(_parts(contents, where))
    said = [part["text"] for part in parts if part.get("type") == "text"]
    options = [_option(p["action"], where, 20, _label(p)) for p in parts if "action" in p]
    for option in options:
        if "uri" in option:
            return Bubble("link", said[0], {"url": option["uri"], "button": option["title"]})
    titles = {option["title"] for option in options}
    text = "\n".join(text for text in said if text not in titles)
    return Bubble("choices", text, {"as": "flex", "options": options})


def _parts(node: Any, where: str) -> Iterator[Json]:
    """Every component of a bubble, checked, in reading order."""
    if not isinstance(node, dict):
        return
    if node.get("type") == "text":
        words(node, "text", 5000, where)
    if node.get("type") == "box" and not isinstance(node.get("contents"), list):
        raise invalid(f"{where}.contents", "must be specified")
    yield node
    inner = node.get("contents", []) if node.get("type") == "box" else []
    for each in [*inner, *(node.get(name) for name in ("hero", "body", "footer"))]:
        yield from _parts(each, where)


def _label(part: Json) -> str:
    """A box is called by its first words, a button by its label."""
    return str(part["contents"][0].get("text", "")) if part.get("type") == "box" else ""


MAKERS = {
    "text": _text,
    "sticker": _sticker,
    "image": _file,
    "video": _file,
    "audio": _file,
    "location": _location,
    "template": _template,
    "flex": _flex,
}
