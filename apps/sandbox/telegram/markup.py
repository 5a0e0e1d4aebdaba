"""Keyboards under a message, and in place of the customer's own: what Telegram checks (1.5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from apps.sandbox.telegram.errors import bad_request

MOST_BUTTONS = 100
MOST_IN_ROW = 8
MOST_DATA = 64  # bytes
ACTIONS = ("url", "callback_data", "web_app", "login_url", "copy_text", "pay", "switch_inline_query")

Rows = list[list[dict[str, Any]]]


def inline_keyboard(markup: Any) -> Rows:
    """The rows of an inline keyboard, [] for none or another kind. Raises BotApiError as Telegram refuses."""
    if markup is None:
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array')
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS or any(len(row) > MOST_IN_ROW for row in rows):
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check(button)
    return rows


def reply_keyboard(markup: Any) -> Rows:
    """The rows of a keyboard in place of the customer's own, [] for none or another kind."""
    rows = markup.get("keyboard", []) if isinstance(markup, dict) else []
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    buttons = [{"text": each} if isinstance(each, str) else each for row in rows for each in row]
    if any(not isinstance(button, dict) or not button.get("text") for button in buttons):
        raise bad_request('can\'t parse keyboard button: field "text" must be non-empty')
    return [[{"text": each} if isinstance(each, str) else each for each in row] for row in rows]


def _check(button: Any) -> None:
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request('can\'t parse inline keyboard button: field "text" is empty')
    if sum(action in button for action in ACTIONS) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= MOST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        _check_url(str(button["url"]))


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    dotted = "." in (parts.hostname or "")
    if parts.scheme not in ("http", "https", "tg") or not dotted or any(c.isspace() for c in url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
