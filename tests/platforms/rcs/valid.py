"""What `agentMessages` takes (https://developers.google.com/business-communications/rcs-business-messaging)."""

from __future__ import annotations

import json
from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked

ACTIONS = "openUrlAction dialAction viewLocationAction shareLocationAction createCalendarEventAction"


def check(asked: Asked) -> None:
    if not asked.path.endswith("/agentMessages"):
        return  # a token, or what the phone can show
    assert asked.query["messageId"]
    facts.keys(asked.json, "contentMessage", may="messageTrafficType ttl")
    assert facts.utf8(json.dumps(asked.json)) <= 250 * 1024
    content = facts.keys(asked.json["contentMessage"], may="text richCard contentInfo suggestions")
    assert len(set(content) - {"suggestions"}) == 1, content
    facts.perhaps(content, "text", 3072)
    _suggestions(content.get("suggestions", []), 11)
    if "contentInfo" in content:
        _file(content["contentInfo"])
    if "richCard" in content:
        _rich(content["richCard"])


def _rich(rich: Any) -> None:
    assert len(rich) == 1
    if "standaloneCard" in rich:
        facts.keys(rich["standaloneCard"], "cardOrientation", "cardContent")
        _card(rich["standaloneCard"]["cardContent"])
        return
    carousel = facts.keys(rich["carouselCard"], "cardWidth", "cardContents")
    assert carousel["cardWidth"] in ("SMALL", "MEDIUM")
    for card in facts.rows(carousel["cardContents"], 2, 10):
        _card(card)


def _card(card: Any) -> None:
    facts.keys(card, may="title description media suggestions")
    facts.perhaps(card, "title", 200)
    facts.perhaps(card, "description", 2000)
    _suggestions(card.get("suggestions", []), 4)
    assert {"title", "description", "media"} & set(card)
    if "media" in card:
        assert card["media"]["height"] in ("SHORT", "MEDIUM", "TALL")
        _file(card["media"]["contentInfo"])


def _file(file: Any) -> None:
    facts.address(facts.keys(file, "fileUrl", may="thumbnailUrl forceRefresh")["fileUrl"])


def _suggestions(suggestions: Any, most: int) -> None:
    for suggestion in facts.rows(suggestions, 0, most):
        assert len(suggestion) == 1
        if "reply" in suggestion:
            _chip(facts.keys(suggestion["reply"], "text", "postbackData"))
        else:
            action = facts.keys(suggestion["action"], "text", "postbackData", may=f"{ACTIONS} fallbackUrl")
            _chip(action)
            (kind,) = set(action) & set(ACTIONS.split())
            _action(kind, action[kind])


def _chip(chip: Any) -> None:
    facts.words(chip["text"], 25)
    facts.words(chip["postbackData"], 2048)


def _action(kind: str, action: Any) -> None:
    if kind == "openUrlAction":
        facts.address(action["url"], 2048)
    if kind == "dialAction":
        number = action["phoneNumber"]
        assert number.startswith("+") and number[1:].isascii() and number[1:].isdigit(), number
    if kind == "viewLocationAction":
        facts.place(action["latLong"])
