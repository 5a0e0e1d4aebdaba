"""What send_message takes (https://developers.viber.com/docs/api/rest-bot-api/)."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked

COMMON = "receiver min_api_version sender tracking_data type keyboard"
TAGS = re.compile(r"</?(?:b|i|u)>|<br ?/?>|<font [^<>]*>|</font>")


def check(asked: Asked) -> None:
    message = asked.json
    assert asked.path.endswith("send_message")
    assert facts.utf8(json.dumps(message, ensure_ascii=False)) <= 30 * 1024
    facts.words(message["sender"]["name"], 28)
    assert facts.words(message["receiver"], 100)
    MESSAGES[message["type"]](message)
    if "keyboard" in message:
        keyboard = facts.keys(
            message["keyboard"], "Type", "Buttons", may="DefaultHeight BgColor InputFieldState"
        )
        assert keyboard["Type"] == "keyboard"
        for button in facts.rows(keyboard["Buttons"], 1, 24):
            _button(button, rows=2)
            assert button["ActionType"] != "location-picker" or message["min_api_version"] >= 3


def _text(message: Any) -> None:
    facts.keys(message, "receiver", "sender", "type", "text", may=COMMON)
    facts.words(message["text"], 7000)


def _file(message: Any) -> None:
    facts.address(message["media"])
    facts.keys(
        message, "receiver", "sender", "type", "media", may=f"{COMMON} text size file_name thumbnail duration"
    )
    assert len(message.get("text", "")) <= 512
    assert message["type"] == "picture" or isinstance(message["size"], int)


def _location(message: Any) -> None:
    facts.keys(message, "receiver", "sender", "type", "location", may=COMMON)
    facts.place(facts.keys(message["location"], "lat", "lon"), "lat", "lon")


def _contact(message: Any) -> None:
    facts.keys(message, "receiver", "sender", "type", "contact", may=COMMON)
    contact = facts.keys(message["contact"], "name", "phone_number")
    facts.words(contact["name"], 28)
    facts.words(contact["phone_number"], 18)


def _rich(message: Any) -> None:
    facts.keys(message, "receiver", "sender", "type", "rich_media", may=f"{COMMON} alt_text")
    assert message["min_api_version"] >= 2
    facts.perhaps(message, "alt_text", 7000)
    media = facts.keys(
        message["rich_media"], "Type", "ButtonsGroupColumns", "ButtonsGroupRows", "Buttons", may="BgColor"
    )
    assert media["Type"] == "rich_media"
    assert 1 <= media["ButtonsGroupColumns"] <= 6 and 1 <= media["ButtonsGroupRows"] <= 7
    for button in facts.rows(media["Buttons"], 1, 6 * 7 * 6):
        _button(button, rows=7)


def _button(button: Any, *, rows: int) -> None:
    may = "Text TextSize TextHAlign TextVAlign BgColor Image Silent"
    facts.keys(button, "Columns", "Rows", "ActionType", "ActionBody", may=may)
    assert 1 <= button["Columns"] <= 6 and 1 <= button["Rows"] <= rows
    assert button["ActionType"] in ("reply", "open-url", "location-picker", "share-phone", "none")
    if button["ActionType"] == "open-url":
        facts.address(button["ActionBody"])
    facts.words(button["ActionBody"], 2000)
    if "Text" in button:
        plain = TAGS.sub("", button["Text"])
        assert "<" not in plain, plain
        facts.words(unescape(plain), 250)
    else:
        facts.address(button["Image"])


MESSAGES = {
    "text": _text,
    "picture": _file,
    "video": _file,
    "file": _file,
    "location": _location,
    "contact": _contact,
    "rich_media": _rich,
}
