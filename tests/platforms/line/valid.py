"""What the Messaging API takes (LINE's OpenAPI description), read with line-bot-sdk's own types."""

from __future__ import annotations

import json
import warnings
from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from linebot.v3 import messaging

COMMON = "quickReply sender"
REQUESTS = {"push": messaging.PushMessageRequest, "reply": messaging.ReplyMessageRequest}


def check(asked: Asked) -> None:
    kind = asked.path.rsplit("/", 1)[-1]
    read = REQUESTS[kind].from_dict(asked.json)
    assert read is not None
    assert len(json.dumps(asked.json).encode()) <= 2_000_000
    for message in facts.rows(asked.json["messages"], 1, 5):
        MESSAGES[message["type"]](message)
        if "quickReply" in message:
            for item in facts.rows(message["quickReply"]["items"], 1, 13):
                facts.keys(item, "type", "action", may="imageUrl")
                _action(item["action"], label=True, quick=True)
        if "sender" in message:
            facts.words(message["sender"]["name"], 20, facts.utf16)


def _text(message: Any) -> None:
    facts.keys(message, "type", "text", may=f"{COMMON} quoteToken emojis")
    facts.words(message["text"], 5000, facts.utf16)


def _file(message: Any) -> None:
    facts.keys(message, "type", "originalContentUrl", may=f"{COMMON} previewImageUrl duration")
    facts.address(message["originalContentUrl"])
    assert "duration" in message or "previewImageUrl" in message


def _location(message: Any) -> None:
    facts.keys(message, "type", "title", "address", "latitude", "longitude", may=COMMON)
    facts.words(message["title"], 100, facts.utf16)
    facts.words(message["address"], 1000, facts.utf16)
    facts.place(message)


def _template(message: Any) -> None:
    facts.keys(message, "type", "altText", "template", may=COMMON)
    facts.words(message["altText"], 400, facts.utf16)
    template = message["template"]
    assert template["type"] == "confirm", template["type"]
    facts.keys(template, "type", "text", "actions")
    facts.words(template["text"], 240, facts.utf16)
    for action in facts.rows(template["actions"], 2, 2):
        _action(action, label=True)


def _flex(message: Any) -> None:
    facts.keys(message, "type", "altText", "contents", may=COMMON)
    facts.words(message["altText"], 400, facts.utf16)
    bubble = message["contents"]
    assert len(json.dumps(bubble, ensure_ascii=False).encode()) <= 30_000
    facts.keys(bubble, "type", "body", may="hero footer")
    assert bubble["type"] == "bubble"
    for name in ("hero", "body", "footer"):
        if name in bubble:
            _component(bubble[name])


def _component(component: Any) -> None:
    match component["type"]:
        case "box":
            assert component["layout"] in ("vertical", "horizontal", "baseline")
            for each in facts.rows(component["contents"], 1, 200):
                _component(each)
        case "text":
            facts.words(component["text"], 30_000)  # no limit of its own is documented
        case "image":
            facts.address(component["url"])
        case kind:
            assert kind == "button", kind
            assert "action" in component
    if "action" in component:
        _action(component["action"], label=component["type"] == "button")


def _action(action: Any, *, label: bool, quick: bool = False) -> None:
    if label:
        facts.words(action["label"], 20, facts.utf16)
    match action["type"]:
        case "postback":
            facts.keys(action, "type", "data", may="label displayText")
            facts.words(action["data"], 300, facts.utf16)
            facts.perhaps(action, "displayText", 300, facts.utf16)
        case "uri":
            facts.keys(action, "type", "uri", may="label")
            facts.address(action["uri"], 1000)
        case kind:
            assert kind == "location" and quick, kind


MESSAGES = {
    "text": _text,
    "image": _file,
    "video": _file,
    "audio": _file,
    "location": _location,
    "template": _template,
    "flex": _flex,
}
