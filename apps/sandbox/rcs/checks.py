"""What RBM checks of a message before it takes it (8.8)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from apps.sandbox.rcs.errors import invalid

MOST_TEXT = 3072
MOST_SUGGESTIONS = 11
MOST_BYTES = 250 * 1024
KINDS = ("text", "richCard", "contentInfo", "uploadedRbmFile")
ACTIONS = (
    *(
        "openUrlAction",
        "dialAction",
        "viewLocationAction",
        "shareLocationAction",
        "createCalendarEventAction",
    ),
)
Json = dict[str, Any]


def message(given: Json) -> tuple[str, Json]:
    """Kind and content of a well-formed message."""
    content = thing(given, "contentMessage")
    if len(json.dumps(content).encode()) > MOST_BYTES:
        raise invalid("The message is larger than 250 KB.")
    kinds = [kind for kind in KINDS if kind in content]
    if len(kinds) != 1:
        raise invalid("contentMessage must have exactly one of text, richCard, contentInfo, uploadedRbmFile.")
    CHECKS[kinds[0]](content[kinds[0]])
    for each in suggestions(content, MOST_SUGGESTIONS):
        suggestion(each)
    return kinds[0], content


def thing(given: Json, name: str) -> Json:
    found = given.get(name)
    if not isinstance(found, dict):
        raise invalid(f"{name} is missing.")
    return found


def suggestions(content: Json, most: int) -> list[Json]:
    found = content.get("suggestions", [])
    if not isinstance(found, list) or len(found) > most:
        raise invalid(f"There may be at most {most} suggestions.")
    return found


def suggestion(each: Json) -> None:
    if set(each) not in ({"reply"}, {"action"}):
        raise invalid("A suggestion is either a reply or an action.")
    what = each.get("reply") or thing(each, "action")
    words(what.get("text"), 25, "suggestion.text")
    words(what.get("postbackData"), 2048, "suggestion.postbackData")
    if "action" in each:
        actions = [name for name in ACTIONS if name in what]
        if len(actions) != 1:
            raise invalid("An action needs exactly one kind.")
        if "openUrlAction" in what:
            url(what["openUrlAction"].get("url"))


def words(value: object, most: int, where: str) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise invalid(f"{where} must have 1 to {most} characters.")


def url(value: object) -> None:
    if not isinstance(value, str) or urlsplit(value).scheme not in ("http", "https") or len(value) > 2048:
        raise invalid("This is not an address.")


def _content_info(info: Json) -> None:
    url(info.get("fileUrl"))


def _rich(rich: Json) -> None:
    if set(rich) == {"standaloneCard"}:
        if rich["standaloneCard"].get("cardOrientation") not in ("VERTICAL", "HORIZONTAL"):
            raise invalid("cardOrientation is missing.")
        _card(thing(rich["standaloneCard"], "cardContent"))
        return
    carousel = thing(rich, "carouselCard")
    contents = carousel.get("cardContents")
    if not isinstance(contents, list) or not 2 <= len(contents) <= 10:
        raise invalid("A carousel has 2 to 10 cards.")
    if carousel.get("cardWidth") not in ("SMALL", "MEDIUM"):
        raise invalid("cardWidth is missing.")
    for content in contents:
        _card(content)


def _card(content: Json) -> None:
    if "title" in content:
        words(content["title"], 200, "title")
    if "description" in content:
        words(content["description"], 2000, "description")
    if "media" in content:
        if content["media"].get("height") not in ("SHORT", "MEDIUM", "TALL"):
            raise invalid("media.height is missing.")
        _content_info(thing(content["media"], "contentInfo"))
    for each in suggestions(content, 10):
        suggestion(each)


CHECKS: dict[str, Any] = {
    "text": lambda text: words(text, MOST_TEXT, "text"),
    "richCard": _rich,
    "contentInfo": _content_info,
    "uploadedRbmFile": lambda file: words(file.get("fileName"), 1000, "fileName"),
}
