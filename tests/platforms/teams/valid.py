"""What the Bot Connector takes, and Adaptive Cards 1.4 (https://adaptivecards.io/explorer) inside."""

from __future__ import annotations

import json
from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked

INPUT = "label isRequired errorMessage"


def check(asked: Asked) -> None:
    if not asked.path.endswith("/activities"):
        return  # asking for a token
    activity = facts.keys(asked.json, "type", may="text textFormat attachments summary replyToId")
    assert facts.utf8(json.dumps(activity, ensure_ascii=False)) <= 28 * 1024
    assert activity["type"] == "message" and ("text" in activity or "attachments" in activity)
    facts.perhaps(activity, "text", 28 * 1024, facts.utf8)
    for attachment in activity.get("attachments", []):
        if "content" in attachment:
            assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
            _card(attachment["content"])
        else:
            facts.address(attachment["contentUrl"])


def _card(card: Any) -> None:
    facts.keys(card, "$schema", "type", "version", "body", may="actions")
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    names = [element["id"] for element in card["body"] if element["type"].startswith("Input.")]
    facts.different(names)
    assert [name for name in names if not name] == []
    for element in card["body"]:
        ELEMENTS[element["type"]](element)
    for action in facts.rows(card.get("actions", []), 0, 6):
        facts.words(facts.keys(action, "type", "title", may="data url")["title"], 1000)
        assert action["type"] in ("Action.Submit", "Action.OpenUrl")
        if action["type"] == "Action.OpenUrl":
            facts.address(action["url"])


def _words(element: Any) -> None:
    facts.words(facts.keys(element, "type", "text", may="wrap weight size")["text"], 28 * 1024)


def _text(element: Any) -> None:
    facts.keys(element, "type", "id", may=f"{INPUT} style isMultiline placeholder")
    assert element.get("style", "text") in ("text", "tel", "url", "email", "password")
    _label(element)


def _plain(element: Any) -> None:
    facts.keys(element, "type", "id", may=f"{INPUT} placeholder")
    _label(element)


def _choices(element: Any) -> None:
    facts.keys(element, "type", "id", "choices", may=f"{INPUT} style isMultiSelect wrap placeholder")
    assert element["style"] in ("compact", "expanded")
    _label(element)
    choices = facts.rows(element["choices"], 1, 1000)
    for choice in choices:
        facts.words(facts.keys(choice, "title", "value")["title"], 1000)
        assert choice["value"] and "," not in choice["value"], "a comma stands between several values"
    facts.different([choice["value"] for choice in choices])


def _label(element: Any) -> None:
    """Validation was added with labels, and wants the words of an error."""
    facts.perhaps(element, "label", 1000)
    assert not element.get("isRequired") or element.get("errorMessage", "").strip()


ELEMENTS = {
    "TextBlock": _words,
    "Input.Text": _text,
    "Input.Number": _plain,
    "Input.Date": _plain,
    "Input.ChoiceSet": _choices,
}
