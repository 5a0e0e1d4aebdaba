"""What Slack checks of blocks before it takes them (docs.slack.dev/reference/block-kit)."""

from __future__ import annotations

from typing import Any

from apps.sandbox.slack.errors import SlackError, invalid_blocks

BLOCKS, ELEMENTS, OPTIONS, GROUPS = 50, 25, 100, 100
SECTION, LABEL, BUTTON_VALUE, OPTION_VALUE, ACTION_ID, ADDRESS = 3000, 75, 2000, 150, 255, 3000
MENUS = ("static_select", "multi_static_select")
Json = dict[str, Any]


def blocks(given: Any) -> list[Json]:
    """The blocks, [] for none. Raises SlackError as Slack refuses."""
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > BLOCKS:
        raise SlackError("invalid_blocks_format")
    for block in given:
        _block(block)
    return given


def _block(block: Any) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind == "section":
        _text(block.get("text"), SECTION, kinds=("plain_text", "mrkdwn"))
    elif kind == "actions":
        _actions(block.get("elements"))
    elif kind not in ("divider", "context", "header", "image"):
        raise invalid_blocks(f"unsupported type: {kind}")


def _actions(elements: Any) -> None:
    if not isinstance(elements, list) or not 1 <= len(elements) <= ELEMENTS:
        raise invalid_blocks(f"actions must have 1 to {ELEMENTS} elements")
    names = [element.get("action_id") for element in elements if isinstance(element, dict)]
    if len(set(names)) < len(elements):
        raise invalid_blocks("action_id must be unique")
    for element in elements:
        _element(element)


def _element(element: Json) -> None:
    _short("action_id", element.get("action_id", "x"), ACTION_ID)
    if element.get("type") == "button":
        _text(element.get("text"), LABEL)
        _short("value", element.get("value", "x"), BUTTON_VALUE)
        if "url" in element:
            _short("url", element["url"], ADDRESS)
    elif element.get("type") in MENUS:
        _text(element.get("placeholder"), 150)
        _menu(element)
    else:
        raise invalid_blocks(f"unsupported element: {element.get('type')}")


def _menu(element: Json) -> None:
    """Options or groups of them, not both."""
    groups = element.get("option_groups")
    if (groups is None) == (element.get("options") is None):
        raise invalid_blocks("a menu has options or option_groups")
    if groups is None:
        _options(element["options"])
        return
    if not isinstance(groups, list) or not 1 <= len(groups) <= GROUPS:
        raise invalid_blocks(f"1 to {GROUPS} option_groups")
    for group in groups:
        _text(group.get("label"), LABEL)
        _options(group.get("options"))


def _options(given: Any) -> None:
    if not isinstance(given, list) or not 1 <= len(given) <= OPTIONS:
        raise invalid_blocks(f"1 to {OPTIONS} options")
    for option in given:
        _text(option.get("text"), LABEL)
        _short("value", option.get("value"), OPTION_VALUE)
        if "description" in option:
            _text(option["description"], LABEL)


def _text(given: Any, most: int, *, kinds: tuple[str, ...] = ("plain_text",)) -> None:
    if not isinstance(given, dict) or given.get("type") not in kinds:
        raise invalid_blocks(f"a text object of {' or '.join(kinds)} is missing")
    _short("text", given.get("text"), most)


def _short(name: str, given: Any, most: int) -> None:
    if not isinstance(given, str) or not 1 <= len(given) <= most:
        raise invalid_blocks(f"{name} must have 1 to {most} characters")
