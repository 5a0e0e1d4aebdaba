"""What the Send API takes (https://developers.facebook.com/docs/messenger-platform/reference/send-api), for
Messenger and, with its own lengths, Instagram."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked

TEXT = 2000  # characters; for years in force and no longer documented


def check(asked: Asked) -> None:
    checked(asked, lambda text: facts.words(text, TEXT), {"generic", "button"})


def checked(asked: Asked, text: Callable[[Any], Any], templates: set[str]) -> None:
    if asked.path.endswith("/message_attachments"):
        return
    given = asked.data
    about = "messaging_type tag persona_id reply_to notification_type filedata"
    message = facts.keys(given, "recipient", "message", may=about)["message"]
    facts.keys(message, may="text attachment quick_replies metadata")
    assert ("text" in message) != ("attachment" in message)
    if "text" in message:
        text(message["text"])
    assert len(message.get("metadata", "")) <= 1000
    if "quick_replies" in message:
        _replies(message["quick_replies"])
    if "attachment" in message:
        _attachment(message["attachment"], templates)


def _replies(replies: Any) -> None:
    for reply in facts.rows(replies, 1, 13):
        facts.keys(reply, "content_type", "title", "payload", may="image_url")
        assert reply["content_type"] == "text"
        facts.words(reply["title"], 20)
        facts.words(reply["payload"], 1000)
    facts.different([reply["payload"] for reply in replies])


def _attachment(attachment: Any, templates: set[str]) -> None:
    payload = attachment["payload"]
    if attachment["type"] != "template":
        assert attachment["type"] in ("image", "audio", "video", "file")
        return
    assert payload["template_type"] in templates
    if payload["template_type"] == "button":
        facts.keys(payload, "template_type", "text", "buttons", may="sharable")
        facts.words(payload["text"], 640)
        _buttons(payload["buttons"])
        return
    facts.keys(payload, "template_type", "elements", may="sharable image_aspect_ratio")
    for element in facts.rows(payload["elements"], 1, 10):
        facts.keys(element, "title", may="subtitle image_url buttons default_action")
        facts.words(element["title"], 80)
        facts.perhaps(element, "subtitle", 80)
        assert len(element) > 1, "an element wants more than a title"
        if "image_url" in element:
            facts.address(element["image_url"])
        if "buttons" in element:
            _buttons(element["buttons"])


def _buttons(buttons: Any) -> None:
    for button in facts.rows(buttons, 1, 3):
        facts.words(button["title"], 20)
        match button["type"]:
            case "postback":
                facts.words(facts.keys(button, "type", "title", "payload")["payload"], 1000)
            case "web_url":
                facts.address(facts.keys(button, "type", "title", "url")["url"])
            case kind:
                assert kind == "phone_number", kind
                number = facts.keys(button, "type", "title", "payload")["payload"]
                assert number.startswith("+") and number[1:].isascii() and number[1:].isdigit(), number
