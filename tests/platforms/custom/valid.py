"""What docs/custom-channel.md promises to the other system."""

from __future__ import annotations

import json

from tests.platforms import facts
from tests.platforms.handset import Asked

CHOICES = {"quick_replies": "options", "list_picker": "sections", "time_slots": "slots", "form": "fields"}


def check(asked: Asked) -> None:
    message = json.loads(asked.body)
    about = "file card files reply_to agent locale"
    facts.keys(message, "account", "type", "id", "to", "text", "automatic", may=about)
    assert message["type"] == "message" and message["id"] == asked.headers["webhook-id"]
    assert message["text"] or "file" in message or "card" in message
    card = message.get("card")
    if card is not None:
        assert card["id"] and card["kind"]
        assert isinstance(card.get(CHOICES.get(card["kind"], ""), []), list)
        assert {str(place) for place in _pictures(card)} <= set(message["files"])


def _pictures(card: object) -> set[int]:
    if isinstance(card, list):
        return {place for each in card for place in _pictures(each)}
    if isinstance(card, dict):
        own = {card["image"]} if card.get("image") is not None else set(card.get("images", []))
        return own | {place for value in card.values() for place in _pictures(value)}
    return set()
