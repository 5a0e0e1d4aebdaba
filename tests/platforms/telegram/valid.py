"""What the Bot API takes (https://core.telegram.org/bots/api), by python-telegram-bot’s types and limits."""

from __future__ import annotations

from typing import Any

import telegram
from telegram.constants import (
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    MediaGroupLimit,
    MessageLimit,
)

from tests.platforms import facts
from tests.platforms.handset import Asked

TARGET = "chat_id"
ALSO = "reply_parameters reply_markup disable_notification protect_content link_preview_options"


def check(asked: Asked) -> None:
    method = asked.path.rsplit("/", 1)[-1]
    given = asked.data
    METHODS[method](given, [file.field for file in asked.files])
    assert isinstance(int(given["chat_id"]), int)
    _markup(given.get("reply_markup"))


def _message(given: Any, files: list[str]) -> None:
    facts.keys(given, TARGET, "text", may=ALSO)
    facts.words(given["text"], MessageLimit.MAX_TEXT_LENGTH)


def _location(given: Any, files: list[str]) -> None:
    facts.keys(given, TARGET, "latitude", "longitude", may=ALSO)
    facts.place(given)


def _venue(given: Any, files: list[str]) -> None:
    facts.keys(given, TARGET, "latitude", "longitude", "title", "address", may=ALSO)
    facts.place(given)
    assert given["title"].strip() and given["address"].strip()


def _contact(given: Any, files: list[str]) -> None:
    facts.keys(given, TARGET, "phone_number", "first_name", may=f"{ALSO} last_name vcard")
    assert given["phone_number"].strip() and given["first_name"].strip()


def _file(given: Any, files: list[str]) -> None:
    facts.keys(given, TARGET, may=f"{ALSO} caption photo document animation voice audio video")
    facts.perhaps(given, "caption", MessageLimit.CAPTION_LENGTH)


def _album(given: Any, files: list[str]) -> None:
    facts.keys(given, TARGET, "media", may=ALSO)
    media = facts.rows(given["media"], MediaGroupLimit.MIN_MEDIA_LENGTH, MediaGroupLimit.MAX_MEDIA_LENGTH)
    kinds = {each["type"] for each in media}
    assert kinds <= {"photo", "video"} or len(kinds) == 1, kinds
    for each in media:
        facts.keys(each, "type", "media", may="caption")
        facts.perhaps(each, "caption", MessageLimit.CAPTION_LENGTH)
        assert each["media"].removeprefix("attach://") in files


METHODS = {
    "sendMessage": _message,
    "sendLocation": _location,
    "sendVenue": _venue,
    "sendContact": _contact,
    "sendMediaGroup": _album,
    **dict.fromkeys(
        ("sendPhoto", "sendDocument", "sendAnimation", "sendVoice", "sendAudio", "sendVideo"), _file
    ),
}


def _markup(markup: Any) -> None:
    if not isinstance(markup, dict):
        assert markup is None
    elif "inline_keyboard" in markup:
        _inline(markup)
    elif "keyboard" in markup:
        assert telegram.ReplyKeyboardMarkup.de_json(markup, None).to_dict()["keyboard"] == markup["keyboard"]
        for button in (button for row in markup["keyboard"] for button in row):
            assert button["text"].strip()
    else:
        assert markup in ({"remove_keyboard": True}, {"force_reply": True}), markup


def _inline(markup: Any) -> None:
    assert telegram.InlineKeyboardMarkup.de_json(markup, None).to_dict() == markup
    lines = markup["inline_keyboard"]
    buttons = [button for line in lines for button in line]
    assert 0 < len(buttons) <= InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    assert [line for line in lines if not 0 < len(line) <= InlineKeyboardMarkupLimit.BUTTONS_PER_ROW] == []
    for button in buttons:
        assert len(set(button) - {"text"}) == 1, button
        assert button["text"].strip()
        if "callback_data" in button:
            facts.words(button["callback_data"], InlineKeyboardButtonLimit.MAX_CALLBACK_DATA, facts.utf8)
        if "url" in button:
            facts.address(button["url"])
