"""What Meta checks of a message before it takes it (apple-messenger-whatsapp.md 2.5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from apps.sandbox.meta.errors import GraphError, invalid
from apps.sandbox.meta.products import Product

FILES = ("image", "audio", "video", "file")
BUTTON_TYPES = ("web_url", "postback", "phone_number")
Json = dict[str, Any]


def message(given: Json, product: Product, *, has_file: bool) -> None:
    """Raises GraphError as Meta refuses."""
    contents = [name for name in ("text", "attachment", "sticker_id") if given.get(name)]
    if len(contents) != 1:
        words = "Message cannot be empty, must provide valid attachment or text"
        raise invalid(words, subcode=2018034)
    _short("message[text]", str(given.get("text", "")), product.text_limit, count_bytes=product.bytes)
    _short("message[metadata]", str(given.get("metadata", "")), 1000)
    _quick_replies(given.get("quick_replies", []))
    if "attachment" in given:
        _attachment(given["attachment"], product, has_file=has_file)


def window_tag(kind: str, tag: str) -> None:
    """Only HUMAN_AGENT is left of the tags: the others were retired in April 2026."""
    if kind not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
        raise invalid("Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
    if (kind == "MESSAGE_TAG") != bool(tag) or tag not in ("", "HUMAN_AGENT"):
        raise invalid("Invalid parameter")


def _quick_replies(given: Any) -> None:
    if not isinstance(given, list) or len(given) > 13:
        raise invalid("Param message[quick_replies] must have at most 13 items")
    for reply in given:
        if not isinstance(reply, dict) or reply.get("content_type") not in ("text", "user_email"):
            raise invalid("Param message[quick_replies][content_type] is invalid")
        _filled("message[quick_replies][title]", reply.get("title"), 20)
        _filled("message[quick_replies][payload]", reply.get("payload"), 1000)


def _attachment(given: Any, product: Product, *, has_file: bool) -> None:
    payload = given.get("payload") if isinstance(given, dict) else None
    if not isinstance(payload, dict):
        raise invalid("Param message[attachment] must be a JSON object with a payload")
    if given.get("type") == "template":
        _template(payload, product)
        return
    if given.get("type") not in FILES:
        raise invalid("Param message[attachment][type] is invalid")
    if has_file and not product.uploads:
        raise invalid("Param message[attachment][payload][url] is required")
    if not has_file and not payload.get("attachment_id"):
        _address(payload.get("url"), schemes=("https", "http"))


def _template(payload: Json, product: Product) -> None:
    kind = payload.get("template_type")
    if kind not in product.templates:
        raise invalid("Param message[attachment][payload][template_type] is invalid")
    if kind == "button":
        _filled("message[attachment][payload][text]", payload.get("text"), 640)
        _buttons(payload.get("buttons"), fewest=1)
        return
    elements = payload.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
        raise invalid("Param message[attachment][payload][elements] must have 1 to 10 items")
    for element in elements:
        _element(element)


def _element(element: Any) -> None:
    if not isinstance(element, dict):
        raise invalid("An element must be a JSON object")
    _filled("elements[title]", element.get("title"), 80)
    _short("elements[subtitle]", str(element.get("subtitle", "")), 80)
    _buttons(element.get("buttons", []), fewest=0)
    if element.get("image_url"):
        _address(element["image_url"], schemes=("https", "http"))
    if not any(element.get(name) for name in ("subtitle", "image_url", "buttons", "default_action")):
        raise invalid("An element needs more than a title")


def _buttons(given: Any, *, fewest: int) -> None:
    if not isinstance(given, list) or not fewest <= len(given) <= 3:
        raise invalid(f"Param buttons must have {fewest} to 3 items")
    for button in given:
        if not isinstance(button, dict) or button.get("type") not in BUTTON_TYPES:
            raise invalid("Param buttons[type] is invalid")
        _filled("buttons[title]", button.get("title"), 20)
        if button["type"] == "web_url":
            _address(button.get("url"), schemes=("https", "http"))
        else:
            _filled("buttons[payload]", button.get("payload"), 1000)


def _address(url: Any, *, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(str(url or ""))
    except ValueError:
        raise invalid("Invalid URL") from None
    if parts.scheme not in schemes or not parts.hostname:
        raise invalid(f"{str(url)[:80]!r} is not a valid URL")


def _filled(name: str, value: Any, most: int) -> None:
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"Param {name} must be a non-empty string")
    _short(name, value, most)


def _short(name: str, text: str, most: int, *, count_bytes: bool = False) -> None:
    if (len(text.encode()) if count_bytes else len(text)) > most:
        raise GraphError(100, f"Length of param {name} must be less than or equal to {most}")
