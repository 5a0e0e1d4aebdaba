"""What makes a card one that no customer could answer, on whichever platform: it is not sent at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from apps.platforms.cards.limits import Finding, Limit
from apps.platforms.cards.model import Card, Form, TimeSlots

CHOSEN = ("choice", "choices")  # types of a form's fields


def faults(card: Card, now: datetime) -> Iterator[Finding]:
    """Times that are over at `now`, and questions to choose from without choices."""
    if isinstance(card, TimeSlots):
        for number, slot in enumerate(card.slots):
            if slot.start <= now:
                yield Finding(limit_kind=Limit.PAST, where=f"slots.{number}.start")
    if isinstance(card, Form):
        for number, field in enumerate(card.fields):
            if field.type in CHOSEN and not field.options:
                yield Finding(limit_kind=Limit.NO_CHOICES, where=f"fields.{number}.options")
