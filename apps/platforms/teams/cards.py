"""Cards as Adaptive Cards (https://adaptivecards.io/explorer) and what a tap on one says.

A quick reply is a row of buttons, a list or times a choice with a button below, a form what it is, a link a
button that opens it. What is chosen comes back in the message's `value`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from apps.platforms.cards import (
    Card,
    CardAnswer,
    CardLimits,
    Field,
    Form,
    Link,
    ListPicker,
    Option,
    QuickReplies,
    TimeSlots,
    options,
    slot_text,
)
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import choose, prompt

TYPE = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.4"  # what Teams' desktop and mobile apps all show
BYTES = 24_000  # of a card as JSON: Teams takes messages of about 28 KB
# Teams shows six buttons; the other numbers are not documented: above them nobody would choose.
LIMITS = {
    "quick_replies": CardLimits(most=6, title=4000, choice=80, id=500),
    "list_picker": CardLimits(
        most=60,
        sections=20,
        title=2000,
        subtitle=2000,
        section_title=500,
        choice=200,
        detail=500,
        id=500,
        multiple=True,
    ),
    "time_slots": CardLimits(most=60, title=2000, subtitle=2000, id=500),
    "form": CardLimits(most=30, title=2000, choice=500, id=200),
    "link": CardLimits(title=4000, choice=80),
}
# Names in `value`, ours alone.
CHOICE, CHOICES, FORM, FIELD = "choice", "choices", "form", "f."
SEND = {"fr": "Envoyer", "de": "Senden", "es": "Enviar", "it": "Invia", "pt": "Enviar", "ar": "إرسال"}

Json = dict[str, Any]


def fits(card: Card) -> bool:
    """What is no capability: the size of the whole, and one way of choosing for a whole list."""
    if isinstance(card, ListPicker) and len({section.multiple for section in card.sections}) > 1:
        return False
    return len(json.dumps(adaptive(card, ""), ensure_ascii=False).encode("utf-8", "replace")) <= BYTES


def attachment(card: Card, locale: str) -> Json:
    """For a card of LIMITS that `fits`."""
    return {"contentType": TYPE, "content": adaptive(card, locale)}


def adaptive(card: Card, locale: str) -> Json:
    words = {"type": "TextBlock", "text": _plain(heading(card)), "wrap": True}
    body = [words, *_inputs(card, locale)]
    shown = {"$schema": SCHEMA, "type": "AdaptiveCard", "version": VERSION}
    return {**shown, "body": body, "actions": _actions(card, locale)}


def file_link(name: str, url: str) -> Json:
    """A file that is not shown in the chat: its name as a button that opens it."""
    shown = {"$schema": SCHEMA, "type": "AdaptiveCard", "version": VERSION, "body": []}
    action = {"type": "Action.OpenUrl", "title": f"📎 {name}"[:200], "url": url}
    return {"contentType": TYPE, "content": {**shown, "actions": [action]}}


def heading(card: Card) -> str:
    """What stands above the choices."""
    match card:
        case Link():
            return card.text
        case Form():
            return card.title
        case _:
            return prompt(card)


def answer(value: object, text: str) -> CardAnswer | None:
    """What was chosen; None when the value is not one of ours. `text` is what the button said."""
    if not isinstance(value, Mapping):
        return None
    form, chosen, several = (value.get(name) for name in (FORM, CHOICE, CHOICES))
    if isinstance(form, str) and form:
        return CardAnswer(card_id=form, values=_values(value))
    if isinstance(chosen, str):
        return choices.answer(chosen, text)
    if isinstance(several, str):
        return _several(several)
    return None


def _several(several: str) -> CardAnswer | None:
    found = [choices.answer(unquote(each), "") for each in several.split(",") if each]
    ours = [each for each in found if each is not None]
    if not ours or len({each.card_id for each in ours}) > 1:
        return None
    if ours[0].slot:
        return ours[0]
    selected = tuple(option for each in ours for option in each.selected)
    return CardAnswer(card_id=ours[0].card_id, selected=selected)


def _values(value: Mapping[Any, Any]) -> dict[str, tuple[str, ...]]:
    """Several choices come with commas between them, each quoted by us."""
    found = {}
    for name, given in value.items():
        if isinstance(name, str) and name.startswith(FIELD) and isinstance(given, str | int | float):
            kind, _, field = name.removeprefix(FIELD).partition(".")
            text = str(given)
            chosen = tuple(unquote(each) for each in text.split(",") if each)
            found[field] = chosen if kind == "c" else (text,) if text else ()
    return {field: said for field, said in found.items() if field and said}


def _inputs(card: Card, locale: str) -> list[Json]:
    match card:
        case ListPicker():
            several = card.sections[0].multiple
            rows = [(choices.payload(card.id, option.id), option.title) for option in options(card)]
            return [_set(CHOICES, rows, locale, several=several)]
        case TimeSlots():
            slots = [(choices.slot_payload(card.id, s), slot_text(s, card.timezone)) for s in card.slots]
            return [_set(CHOICES, slots, locale)]
        case Form():
            return [_field(field, locale) for field in card.fields]
        case _:
            return []


def _set(name: str, rows: Iterable[tuple[str, str]], locale: str, *, several: bool = False) -> Json:
    """Values without commas, which stand between several chosen ones."""
    shown = [{"title": title, "value": quote(value, safe="")} for value, title in rows]
    style = "expanded" if several or len(shown) <= 5 else "compact"
    about = {"id": name, "style": style, "isMultiSelect": several, "wrap": True, "choices": shown}
    needed = {"isRequired": True, "errorMessage": choose(locale)} if name == CHOICES else {}
    return {"type": "Input.ChoiceSet", "placeholder": choose(locale), **about, **needed}


def _field(field: Field, locale: str) -> Json:
    label: Json = {"label": field.label, "isRequired": field.required}
    label |= {"errorMessage": field.label} if field.required else {}
    if field.type in ("choice", "choices"):
        rows = [(option.id, option.title) for option in field.options]
        several = field.type == "choices"
        return {**_set(f"{FIELD}c.{field.id}", rows, locale, several=several), **label}
    name = {"id": f"{FIELD}t.{field.id}", **label}
    match field.type:
        case "number":
            return {"type": "Input.Number", **name}
        case "date":
            return {"type": "Input.Date", **name}
        case "email" | "phone":
            return {"type": "Input.Text", "style": {"email": "email", "phone": "tel"}[field.type], **name}
        case _:
            return {"type": "Input.Text", "isMultiline": field.type == "long_text", **name}


def _actions(card: Card, locale: str) -> list[Json]:
    match card:
        case QuickReplies():
            return [_button(card.id, option) for option in card.options]
        case Link():
            return [{"type": "Action.OpenUrl", "title": card.button, "url": card.url}]
        case Form():
            title = card.submit.strip() or _send(locale)
            return [{"type": "Action.Submit", "title": title, "data": {FORM: card.id}}]
        case ListPicker() | TimeSlots():
            return [{"type": "Action.Submit", "title": _send(locale)}]
        case _:
            return []


def _button(card_id: str, option: Option) -> Json:
    """With messageBack the chat shows what was tapped. Not documented: whether what stands beside `msteams`
    comes in `value` too; it does."""
    back = {"type": "messageBack", "displayText": option.title, "text": option.title}
    data = {CHOICE: choices.payload(card_id, option.id), "msteams": back}
    return {"type": "Action.Submit", "title": option.title, "data": data}


def _send(locale: str) -> str:
    return SEND.get(locale.split("-")[0].lower(), "Send")


def _plain(text: str) -> str:
    """A TextBlock reads some Markdown; a backslash keeps the signs that it would take."""
    return "".join(f"\\{each}" if each in "\\*_[]`#" else each for each in text).replace("\n", "\n\n")
