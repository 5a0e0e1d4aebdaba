"""What chat.postMessage takes (https://docs.slack.dev/reference/block-kit), by slack_sdk’s own models."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks import Block

from tests.platforms import facts
from tests.platforms.handset import Asked

MENU = "type action_id placeholder"


def check(asked: Asked) -> None:
    if not asked.path.endswith("/chat.postMessage"):
        assert (
            asked.path.rsplit("/", 1)[-1] in ("files.getUploadURLExternal", "files.completeUploadExternal")
            or asked.body
        )
        return
    given = asked.data
    facts.keys(given, "channel", "text", may="blocks thread_ts mrkdwn metadata username unfurl_links")
    facts.words(given["text"], 40_000)
    assert "<" not in given["text"], "an address or a mention"
    for block in facts.rows(given.get("blocks", []), 0, 50):
        read = Block.parse(block)
        assert read is not None
        read.validate_json()
        BLOCKS[block["type"]](block)


def _section(block: Any) -> None:
    facts.keys(block, "type", "text")
    _plain(block["text"], 3000)


def _actions(block: Any) -> None:
    elements = facts.rows(facts.keys(block, "type", "elements")["elements"], 1, 25)
    facts.different([facts.words(element["action_id"], 255) for element in elements])
    for element in elements:
        ELEMENTS[element["type"]](element)


def _button(element: Any) -> None:
    facts.keys(element, "type", "action_id", "text", may="value url")
    _plain(element["text"], 75)
    facts.perhaps(element, "value", 2000)
    if "url" in element:
        facts.address(element["url"], 3000)


def _menu(element: Any) -> None:
    assert ("options" in element) != ("option_groups" in element)
    facts.keys(element, *MENU.split(), may="options option_groups")
    _plain(element["placeholder"], 150)
    groups = facts.rows(element.get("option_groups", [element]), 1, 100)
    for group in groups:
        if "label" in group:
            _plain(group["label"], 75)
        for option in facts.rows(group["options"], 1, 100):
            facts.keys(option, "text", "value", may="description")
            _plain(option["text"], 75)
            facts.words(option["value"], 150)
            if "description" in option:
                _plain(option["description"], 75)
    facts.different([option["value"] for group in groups for option in group["options"]])


def _plain(text: Any, most: int) -> None:
    assert facts.keys(text, "type", "text", may="emoji")["type"] == "plain_text"
    facts.words(text["text"], most)


BLOCKS = {"section": _section, "actions": _actions}
ELEMENTS = {"button": _button, "static_select": _menu, "multi_static_select": _menu}
