"""What a customer answered: a button, a line of a list, a form of the business's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from apps.platforms.cards import CardAnswer
from apps.platforms.shared import choices
from apps.platforms.whatsapp.people import text

Fields = dict[str, Any]
Raw = Mapping[str, Any]

MOST_WORDS = 4000  # characters of an answered form that are shown as text


def interactive(content: Raw) -> Fields:
    kind = text(content.get("type"))
    given = content.get(kind)
    if isinstance(given, dict) and kind in ("button_reply", "list_reply"):
        return _choice(text(given["id"]), text(given.get("title")))
    if isinstance(given, dict) and kind == "nfm_reply":
        return _flow(given)
    return {"unsupported": kind or "interactive"}


def _choice(payload: str, title: str) -> Fields:
    """A card of ours answered; a button of other software says what stands on it."""
    answer = choices.answer(payload, title)
    said = title or (answer.selected[0].id if answer and answer.selected else payload)
    return {"text": said, "answer": answer} if answer else {"text": said}


def button(content: Raw) -> Fields:
    """A template's quick reply."""
    return _choice(text(content.get("payload")), text(content.get("text") or content.get("payload")))


def _flow(given: Raw) -> Fields:
    """What a form of the business's own was filled with; the token says which, when the business set one."""
    try:
        values = json.loads(text(given.get("response_json")) or "{}")
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return {"unsupported": "nfm_reply", "text": text(given.get("body"))}
    token = text(values.pop("flow_token", ""))
    filled = {name: tuple(_values(value)) for name, value in values.items()}
    words = "\n".join(f"{name}: {', '.join(said)}" for name, said in filled.items())
    shown = words[:MOST_WORDS] or text(given.get("body")) or "flow"
    return {"text": shown, "answer": CardAnswer(card_id=token or "flow", values=filled)}


def _values(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str | int | float) and not isinstance(each, bool):
            yield str(each)
        elif each is not None:
            yield json.dumps(each, ensure_ascii=False)
