"""Forms as Apple's `messageForms`: one page for each question, in the card's order.

A page is named after its field, and the answer names the page.
"""

from __future__ import annotations

import re
from typing import Any

from apps.platforms.apple_messages.refusals import CHOOSING
from apps.platforms.cards import Field, Form

VERSION, TEMPLATE = "1.2", "messageForms"
LINE, LINES = 120, 300  # characters that an answer may have
# Not documented: other ways of writing dates, and how far a calendar goes. Without a last day it ends today.
DATE_FORMAT, FIRST_DAY, LAST_DAY = "MM/dd/yyyy", "01/01/1900", "12/31/2099"
KEYBOARDS = {"email": "emailAddress", "phone": "phonePad", "number": "numbersAndPunctuation"}

_WRITTEN_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)

Json = dict[str, Any]


def dynamic(card: Form) -> Json:
    """`data.dynamic` for a card with at least one field."""
    pages = [_page(card, number) for number in range(len(card.fields))]
    data = {"startPageIdentifier": card.fields[0].id, "showSummary": True, "pages": pages}
    return {"version": VERSION, "template": TEMPLATE, "data": data}


def said(value: str, kind: str) -> str:
    """What an answer of a page says; a day becomes year, month, day, as from every other platform."""
    written = _WRITTEN_DATE.fullmatch(value) if "date" in kind.lower() else None
    return f"{written[3]}-{written[1]}-{written[2]}" if written else value


def _page(card: Form, number: int) -> Json:
    field, following = card.fields[number], card.fields[number + 1 : number + 2]
    page = {"pageIdentifier": field.id, "title": field.label, "subtitle": card.title, **_asked(field)}
    return {**page, "nextPageIdentifier": following[0].id} if following else {**page, "submitForm": True}


def _asked(field: Field) -> Json:
    if field.type in CHOOSING:
        items = [{"identifier": o.id, "title": o.title, "value": o.id} for o in field.options]
        return {"type": "select", "multipleSelection": field.type == "choices", "items": items}
    if field.type == "date":
        days = {"dateFormat": DATE_FORMAT, "minimumDate": FIRST_DAY, "maximumDate": LAST_DAY}
        return {"type": "datePicker", "options": days}
    return {"type": "input", "options": _typed(field)}


def _typed(field: Field) -> Json:
    long = field.type == "long_text"
    options: Json = {
        "required": field.required,
        "inputType": "multiline" if long else "singleline",
        "maximumCharacterCount": LINES if long else LINE,
    }
    if keyboard := KEYBOARDS.get(field.type):
        options["keyboardType"] = keyboard
    return {**options, "textContentType": "emailAddress"} if field.type == "email" else options
