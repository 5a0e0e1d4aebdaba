"""Pieces of flex messages: LINE's own layout language, which wraps long words and has no limit on rows."""

from __future__ import annotations

from typing import Any

from apps.platforms.cards import Unit
from apps.platforms.compose import cut

Json = dict[str, Any]

# Not documented for certain.
BUBBLE_BYTES = 30_000
ALT_TEXT = 400  # characters; newer documents say 1,500


def message(alt: str, body: list[Json], *, hero: str = "", footer: list[Json] | None = None) -> Json:
    """One bubble. `alt` is what a list of chats shows, `hero` the https address of a picture."""
    bubble: Json = {"type": "bubble", "body": box(body)}
    if hero:
        picture = {"type": "image", "url": hero, "size": "full", "aspectMode": "cover"}
        bubble["hero"] = {**picture, "aspectRatio": "20:13"}
    if footer:
        bubble["footer"] = box(footer)
    return {"type": "flex", "altText": beginning(alt, ALT_TEXT), "contents": bubble}


def beginning(text: str, most: int) -> str:
    """As much of it as LINE takes, in UTF-16 units; never only spaces unless the whole text is."""
    return next(cut(text.strip(), most, Unit.UTF16), "")


def box(contents: list[Json], **more: Any) -> Json:
    return {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents, **more}


def words(text: str, **more: Any) -> Json:
    return {"type": "text", "text": text, "wrap": True, **more}


def heading(text: str) -> Json:
    return words(text, weight="bold", size="lg")


def small(text: str) -> Json:
    return words(text, size="sm", color="#666666")


def row(title: str, detail: str, action: Json) -> Json:
    """A line that can be tapped as a whole: unlike on a button, its words may be long."""
    lines = [words(title), *([small(detail)] if detail.strip() else [])]
    look = {"paddingAll": "md", "borderWidth": "light", "borderColor": "#cccccc", "cornerRadius": "md"}
    return box(lines, **look, action=action)


def button(action: Json) -> Json:
    return {"type": "button", "style": "primary", "action": action}
