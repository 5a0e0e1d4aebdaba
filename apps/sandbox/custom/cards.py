"""Cards as bubbles of the phone; what a tap or a filled-in form says. See docs/custom-channel.md."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.sandbox.models import SandboxMessage

# A form's types and the inputs of the page; "choice" and "choices" are lists.
INPUTS = {"long_text": "textarea", "email": "email", "phone": "tel", "date": "date"}
ASKS = {"choice": "one", "choices": "several"}
EIFFEL = {"latitude": 48.8584, "longitude": 2.2945}
HERE = "here"

Json = dict[str, Any]


def bubble(card: Json, words: str) -> Json:
    """`words` say the same, for what the phone has no shape for."""
    match card["kind"]:
        case "link":
            return {"kind": "link", "text": card["text"], "data": {"url": card["url"]}}
        case "location":
            place = {name: card[name] for name in ("latitude", "longitude", "address")}
            return {"kind": "place", "text": card["title"], "data": place}
        case "contact":
            return {"kind": "contact", "text": card["name"], "data": {"phone": card["phone"]}}
        case "form":
            data = {"card_id": card["id"], "questions": [_question(field) for field in card["fields"]]}
            return {"kind": "form", "text": card["title"], "data": data}
    options = _options(card)
    if not options:
        return {"kind": "text", "text": words}
    asked = str(card.get("prompt") or card.get("title") or words)
    return {"kind": "choices", "text": asked, "data": {"options": options, "card_id": card["id"]}}


def answer(message: SandboxMessage, chosen: list[str]) -> tuple[str, Json]:
    """What stands on the phone then, and the fields that say it; ("", {}) for what is no answer."""
    card_id = message.data.get("card_id", "")
    if "questions" in message.data:
        return _filled(message.data["questions"], card_id, chosen)
    offered = {option["id"]: option for option in message.data.get("options", [])}
    taken = [offered[item] for item in chosen if item in offered]
    words = ", ".join(option["title"] for option in taken)
    if not taken:
        return "", {}
    if taken[0]["id"] == HERE and taken[0].get("place"):
        return words, {"place": EIFFEL}
    if taken[0].get("slot"):
        return words, {"answer": {"card_id": card_id, "slot": taken[0]["slot"]}}
    selected = [{"id": option["id"], "title": option["title"]} for option in taken]
    return words, {"answer": {"card_id": card_id, "selected": selected}}


def _filled(questions: list[Json], card_id: str, chosen: list[str]) -> tuple[str, Json]:
    """`chosen` are "field=value"; a question of several has several."""
    known = {question["name"].partition(".")[2] for question in questions}
    values: dict[str, list[str]] = {}
    for each in chosen:
        name, _equals, value = each.partition("=")
        if name in known and value:
            values.setdefault(name, []).append(value)
    words = ", ".join(value for filled in values.values() for value in filled)
    return words, {"answer": {"card_id": card_id, "values": values}} if values else {}


def _question(field: Json) -> Json:
    choices = [{"value": option["id"], "title": option["title"]} for option in field["options"]]
    asks = ASKS.get(field["type"]) or INPUTS.get(field["type"], "text")
    named = {"name": f"field.{field['id']}", "title": field["label"], "required": field["required"]}
    return {**named, "asks": asks, "choices": choices}


def _options(card: Json) -> list[Json]:
    if card["kind"] == "location_request":
        return [{"id": HERE, "title": _("Share my location"), "place": True}]
    if card["kind"] == "time_slots":
        return [{"id": slot["id"], "title": slot["start"][:16], "slot": slot} for slot in card["slots"]]
    sections = card.get("sections") or [card]
    rows = [row for section in sections for row in section.get("options", [])]
    return [{name: row[name] for name in ("id", "title", "subtitle")} for row in rows]
