"""Cards as Block Kit (https://docs.slack.dev/reference/block-kit) and what a tap on one says.

A quick reply is a row of buttons, a list or times a menu below its words, a link a button that opens it. Each
choice carries a payload of shared/choices.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.platforms.cards import (
    Card,
    CardAnswer,
    CardLimits,
    Link,
    ListPicker,
    Option,
    QuickReplies,
    Section,
    TimeSlots,
    slot_text,
)
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import choose, prompt

# Lengths in characters as Slack's reference of blocks and objects names them; MENU_VALUE is 150 there and was
# 75 for years.
WORDS = 3000
BUTTONS, BUTTON, BUTTON_VALUE = 25, 75, 2000
OPTIONS, OPTION, DETAIL, MENU_VALUE = 100, 75, 75, 150
PACKED = 24 + 20  # bytes that card and time take of an id, see shared/choices.py

LIMITS = {
    "quick_replies": CardLimits(most=BUTTONS, title=WORDS, choice=BUTTON, id=BUTTON_VALUE - PACKED),
    "list_picker": CardLimits(
        most=OPTIONS,
        sections=OPTIONS,
        title=WORDS,
        subtitle=WORDS,
        section_title=OPTION,
        choice=OPTION,
        detail=DETAIL,
        id=MENU_VALUE - PACKED,
        multiple=True,
    ),
    "time_slots": CardLimits(most=OPTIONS, title=WORDS, subtitle=WORDS, id=MENU_VALUE - PACKED),
    "link": CardLimits(title=WORDS, choice=BUTTON),
}
MENU = "menu"
LINK = "link"

Json = dict[str, Any]
Raw = Mapping[str, Any]


def fits(card: Card) -> bool:
    """What is no capability: the words above the choices together, titles of sections, payloads."""
    if not 0 < len(words(card)) <= WORDS:
        return False
    if isinstance(card, ListPicker) and not _can_group(card):
        return False
    most = BUTTON_VALUE if isinstance(card, QuickReplies) else MENU_VALUE
    return all(len(value.encode()) <= most for value in _payloads(card))


def words(card: Card) -> str:
    """What stands above the choices, and what a notification shows."""
    match card:
        case Link():
            return card.text.strip()
        case ListPicker():
            return "\n".join(line for line in (card.title, card.subtitle) if line).strip()
        case _:
            return prompt(card).strip()


def blocks(card: Card, locale: str) -> list[Json]:
    """For a card that `fits`."""
    section = {"type": "section", "text": _plain(words(card))}
    return [section, {"type": "actions", "elements": _elements(card, locale)}]


def answer(action: Raw) -> tuple[str, CardAnswer | None]:
    """What a tap says, in words, and the answer when the choice is one of ours; ("", None) for a tap that
    says nothing (a link that opens, a choice taken back)."""
    if action.get("type") == "multi_static_select":
        return _several(action.get("selected_options"))
    option = action.get("selected_option")
    chosen = option if isinstance(option, dict) else action
    title = text_of(chosen.get("text"))
    value = chosen.get("value")
    if action.get("action_id") == LINK or "url" in chosen or not isinstance(value, str):
        return "", None
    found = choices.answer(value, title)
    return (title or value, found)


def text_of(shown: object) -> str:
    """The words of a text object; Slack escapes them in messages that it gives back."""
    text = shown.get("text") if isinstance(shown, dict) else None
    return (
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if isinstance(text, str) else ""
    )


def _several(selected: object) -> tuple[str, CardAnswer | None]:
    rows = [row for row in selected if isinstance(row, dict)] if isinstance(selected, list) else []
    said = ", ".join(text_of(row.get("text")) for row in rows)
    answers = [choices.answer(str(row.get("value", "")), text_of(row.get("text"))) for row in rows]
    ours = [each for each in answers if each is not None]
    if not ours:
        return said, None
    chosen = tuple(option for each in ours for option in each.selected)
    return said, CardAnswer(card_id=ours[0].card_id, selected=chosen)


def _elements(card: Card, locale: str) -> list[Json]:
    match card:
        case QuickReplies():
            return [_button(card.id, number, option) for number, option in enumerate(card.options)]
        case Link():
            return [{"type": "button", "action_id": LINK, "text": _plain(card.button), "url": card.url}]
        case TimeSlots():
            rows = [
                _row(choices.slot_payload(card.id, slot), slot_text(slot, card.timezone))
                for slot in card.slots
            ]
            return [_menu(locale, {"options": rows})]
        case ListPicker():
            return [_list(card, locale)]
        case _:
            return []


def _button(card_id: str, number: int, option: Option) -> Json:
    value = choices.payload(card_id, option.id)
    return {"type": "button", "action_id": f"choice-{number}", "text": _plain(option.title), "value": value}


def _list(card: ListPicker, locale: str) -> Json:
    several = any(section.multiple for section in card.sections)
    if any(section.title.strip() for section in card.sections):
        groups = [
            {"label": _plain(section.title), "options": _rows(card, section)} for section in card.sections
        ]
        return _menu(locale, {"option_groups": groups}, several=several)
    return _menu(locale, {"options": _rows(card, card.sections[0])}, several=several)


def _menu(locale: str, content: Json, *, several: bool = False) -> Json:
    kind = "multi_static_select" if several else "static_select"
    placeholder = _plain(choose(locale))
    return {"type": kind, "action_id": MENU, "placeholder": placeholder, **content}


def _rows(card: ListPicker, section: Section) -> list[Json]:
    return [
        _row(choices.payload(card.id, option.id), option.title, option.subtitle) for option in section.options
    ]


def _row(value: str, title: str, detail: str = "") -> Json:
    shown = {"description": _plain(detail)} if detail.strip() else {}
    return {"text": _plain(title), "value": value, **shown}


def _plain(text: str) -> Json:
    """Not documented: whether plain text may hold &, < and > as they are. It may."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _can_group(card: ListPicker) -> bool:
    """A menu has titles above all of its sections or above none; one kind of choosing for the whole list."""
    sections: Sequence[Section] = card.sections
    titled = [bool(section.title.strip()) for section in sections]
    one_way = len({section.multiple for section in sections}) == 1
    return one_way and (all(titled) or len(sections) == 1)


def _payloads(card: Card) -> Iterable[str]:
    match card:
        case QuickReplies():
            return [choices.payload(card.id, option.id) for option in card.options]
        case ListPicker():
            return [choices.payload(card.id, option.id) for each in card.sections for option in each.options]
        case TimeSlots():
            return [choices.slot_payload(card.id, slot) for slot in card.slots]
        case _:
            return ()
