"""Cards as Apple's interactive messages, and the linter that knows Apple's limits.

Limits: two to five quick replies (one is refused with 400 though the text of the specification allows it);
every string that Apple draws is printable and has at most 200 characters (enforced since 2026-08-21).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.platforms import cards
from apps.platforms.base import Rejected
from apps.platforms.cards import Card, ListPicker, Option, QuickReplies, Section

BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:"
    "com.apple.icloud.apps.messages.business.extension"
)
LONGEST = 200
QUICK_REPLIES = (2, 5)


def compile_card(card: Card) -> dict[str, Any]:
    """The `interactiveData` for a card. Raises Rejected with each field that Apple would refuse and the fix.

    `requestIdentifier` is the card's id: the answer brings it back.
    """
    found = list(problems(card))
    if found:
        raise Rejected(" ".join(found), code="card")
    if isinstance(card, QuickReplies):
        return _quick_replies(card)
    if isinstance(card, ListPicker):
        return _list_picker(card)
    raise Rejected(f"{card.kind}: Apple's message for it is not built.", code="card")


def problems(card: Card) -> Iterator[str]:
    """What Apple would refuse about a card, one sentence each with the field and the fix."""
    for field, value, required in _strings(card):
        yield from _string_problems(field, value, required)
    ids = [option.id for option in cards.options(card)]
    if len(set(ids)) < len(ids) or not all(ids):
        yield "options: every id must be there and be different. Give each option its own id."
    fewest, most = QUICK_REPLIES
    if isinstance(card, QuickReplies) and not fewest <= len(ids) <= most:
        yield f"options: {len(ids)} answers; Apple takes {fewest} to {most}. Use a list picker for more."
    if isinstance(card, ListPicker) and not all(section.options for section in card.sections):
        yield "sections: a section has no options. Add one or remove the section."
    if isinstance(card, ListPicker) and not card.sections:
        yield "sections: the list is empty. Add a section with options."


def option_title(option: Option) -> str:
    """A quick reply shows one line only, so a subtitle joins the title."""
    return f"{option.title} ({option.subtitle})" if option.subtitle else option.title


def _strings(card: Card) -> Iterator[tuple[str, str, bool]]:
    """Each string that Apple draws: its field, its value, and whether it may not be empty."""
    if isinstance(card, QuickReplies):
        yield "prompt", card.prompt, True
        for number, option in enumerate(card.options):
            yield f"options[{number}].title", option_title(option), True
    elif isinstance(card, ListPicker):
        yield from _list_strings(card)


def _list_strings(card: ListPicker) -> Iterator[tuple[str, str, bool]]:
    yield "title", card.title, True
    yield "subtitle", card.subtitle, False
    yield "reply_title", card.reply_title, False
    for number, section in enumerate(card.sections):
        yield f"sections[{number}].title", section.title, False
        for place, option in enumerate(section.options):
            yield f"sections[{number}].options[{place}].title", option.title, True
            yield f"sections[{number}].options[{place}].subtitle", option.subtitle, False


def _string_problems(field: str, value: str, required: bool) -> Iterator[str]:
    if required and not value.strip():
        yield f"{field}: empty. Write something."
    if len(value) > LONGEST:
        yield f"{field}: {len(value)} characters; Apple shows at most {LONGEST}. Shorten it."
    if any(not letter.isprintable() and letter not in "\u00a0\u202f\u200d" for letter in value):
        yield f"{field}: a line break or another invisible character. Remove it."


def _quick_replies(card: QuickReplies) -> dict[str, Any]:
    items = [{"identifier": option.id, "title": option_title(option)} for option in card.options]
    return _interactive(card.id, {"quick-reply": {"summaryText": card.prompt, "items": items}})


def _list_picker(card: ListPicker) -> dict[str, Any]:
    sections = [_section(section, order) for order, section in enumerate(card.sections)]
    received = {"title": card.title, "subtitle": card.subtitle, "style": "icon"}
    return _interactive(card.id, {"listPicker": {"sections": sections}}) | {
        "receivedMessage": {name: value for name, value in received.items() if value},
        "replyMessage": {"title": card.reply_title or card.title, "style": "icon"},
    }


def _section(section: Section, order: int) -> dict[str, Any]:
    return {
        "title": section.title,
        "order": order,
        "multipleSelection": section.multiple,
        "items": [_item(option, place) for place, option in enumerate(section.options)],
    }


def _item(option: Option, order: int) -> dict[str, Any]:
    item = {"identifier": option.id, "title": option.title, "order": order, "style": "default"}
    return item | ({"subtitle": option.subtitle} if option.subtitle else {})


def _interactive(request: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"bid": BID, "data": {"version": "1.0", "requestIdentifier": request, **payload}}
