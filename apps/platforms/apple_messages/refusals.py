"""What Apple would refuse about a card, with the fix, and the limits that it names.

Two to five quick replies (one is refused with 400 though the text of the specification allows it); every
string that Apple draws is printable and has at most 200 characters (enforced since 2026-08-21); the name of a
form's page has less than 20.
"""

from __future__ import annotations

from collections.abc import Iterator

from apps.platforms import cards
from apps.platforms.apple_messages import pictures
from apps.platforms.cards import Card, CardLimits, Form, Link, ListPicker, Option, QuickReplies, TimeSlots

LONGEST = 200
LONGEST_TEXT = 4096
LONGEST_PAGE = 19
QUICK_REPLIES = (2, 5)
CHOOSING = ("choice", "choices")  # types of fields that have options

LIMITS = {
    "quick_replies": CardLimits(
        fewest=QUICK_REPLIES[0], most=QUICK_REPLIES[1], title=LONGEST, choice=LONGEST, device="QUICK"
    ),
    "list_picker": CardLimits(
        most=0,
        sections=0,
        title=LONGEST,
        subtitle=LONGEST,
        section_title=LONGEST,
        choice=LONGEST,
        detail=LONGEST,
        multiple=True,
        images=True,
        pictures=(pictures.SHOWN,),
        device="LIST",
    ),
    "time_slots": CardLimits(most=0, title=LONGEST, subtitle=LONGEST, device="TIME"),
    "form": CardLimits(most=0, title=LONGEST, choice=LONGEST, id=LONGEST_PAGE, device="FORM"),
    "link": CardLimits(title=LONGEST, choice=LONGEST, images=True, pictures=(pictures.SHOWN,)),
    "contact": CardLimits(),
    "media_group": CardLimits(most=0, title=LONGEST_TEXT, images=True),
}


def fits(card: Card) -> bool:
    return not any(problems(card))


def problems(card: Card) -> Iterator[str]:
    """What Apple would refuse about a card, one sentence each with the field and the fix."""
    for field, value, required in _strings(card):
        yield from _string_problems(field, value, required)
    match card:
        case QuickReplies():
            yield from _quick_problems(card)
        case ListPicker():
            yield from _list_problems(card)
        case TimeSlots():
            yield from _time_problems(card)
        case Form():
            yield from _form_problems(card)


def option_title(option: Option) -> str:
    """A quick reply shows one line only, so a subtitle joins the title."""
    return f"{option.title} ({option.subtitle})" if option.subtitle else option.title


def link_title(card: Link) -> str:
    """A rich link is one surface to tap, so the words of the button join the text, on one line."""
    return f"{_one_line(card.text)} · {_one_line(card.button)}"


def _quick_problems(card: QuickReplies) -> Iterator[str]:
    fewest, most = QUICK_REPLIES
    number = len(card.options)
    yield from _id_problems("options", [option.id for option in card.options])
    if not fewest <= number <= most:
        yield f"options: {number} answers; Apple takes {fewest} to {most}. Use a list picker for more."


def _list_problems(card: ListPicker) -> Iterator[str]:
    yield from _id_problems("options", [option.id for option in cards.options(card)])
    if not all(section.options for section in card.sections):
        yield "sections: a section has no options. Add one or remove the section."
    if not card.sections:
        yield "sections: the list is empty. Add a section with options."


def _time_problems(card: TimeSlots) -> Iterator[str]:
    yield from _id_problems("slots", [slot.id for slot in card.slots])
    if not card.slots:
        yield "slots: there is no time to choose. Add one."
    if any(slot.start.second or slot.start.microsecond for slot in card.slots):
        yield "slots: a time has seconds, which Apple does not show. Use whole minutes."


def _form_problems(card: Form) -> Iterator[str]:
    yield from _id_problems("fields", [field.id for field in card.fields])
    if not card.fields:
        yield "fields: there is no question. Add one."
    for number, field in enumerate(card.fields):
        if len(field.id) > LONGEST_PAGE:
            yield f"fields[{number}].id: {len(field.id)} characters; Apple takes {LONGEST_PAGE}. Shorten it."
        if field.type in CHOOSING:
            yield from _id_problems(f"fields[{number}].options", [option.id for option in field.options])
            if not field.options:
                yield f"fields[{number}].options: there is nothing to choose. Add options."


def _id_problems(field: str, ids: list[str]) -> Iterator[str]:
    if len(set(ids)) < len(ids) or not all(ids):
        yield f"{field}: every id must be there and be different. Give each {field_word(field)} its own id."


def field_word(field: str) -> str:
    """One of what the field holds: "option" for options[2].options."""
    return field.rpartition(".")[2].removesuffix("s")


def _strings(card: Card) -> Iterator[tuple[str, str, bool]]:
    """Each string that Apple draws: its field, its value, and whether it may not be empty."""
    match card:
        case QuickReplies():
            yield "prompt", card.prompt, True
            for number, option in enumerate(card.options):
                yield f"options[{number}].title", option_title(option), True
        case ListPicker():
            yield from _list_strings(card)
        case TimeSlots():
            yield "title", card.title, True
            yield "place", card.place, False
        case Form():
            yield from _form_strings(card)
        case Link():
            yield "text", _one_line(card.text), True
            yield "button", _one_line(card.button), True
            yield "text and button", link_title(card), True


def _list_strings(card: ListPicker) -> Iterator[tuple[str, str, bool]]:
    yield "title", card.title, True
    yield "subtitle", card.subtitle, False
    yield "reply_title", card.reply_title, False
    for number, section in enumerate(card.sections):
        yield f"sections[{number}].title", section.title, False
        for place, option in enumerate(section.options):
            yield f"sections[{number}].options[{place}].title", option.title, True
            yield f"sections[{number}].options[{place}].subtitle", option.subtitle, False


def _form_strings(card: Form) -> Iterator[tuple[str, str, bool]]:
    yield "title", card.title, True
    yield "submit", card.submit, False
    for number, field in enumerate(card.fields):
        yield f"fields[{number}].label", field.label, True
        for place, option in enumerate(field.options):
            yield f"fields[{number}].options[{place}].title", option.title, True


def _string_problems(field: str, value: str, required: bool) -> Iterator[str]:
    if required and not value.strip():
        yield f"{field}: empty. Write something."
    if len(value) > LONGEST:
        yield f"{field}: {len(value)} characters; Apple shows at most {LONGEST}. Shorten it."
    if any(not letter.isprintable() and letter not in "\u00a0\u202f\u200d" for letter in value):
        yield f"{field}: a line break or another invisible character. Remove it."


def _one_line(text: str) -> str:
    return " ".join(text.split())
