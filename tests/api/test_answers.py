"""Answers to cards reach programs typed, the same for every kind, as openapi.json says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import MessageReceived, Place
from tests.api.conftest import Program
from tests.api.test_sending import EVERY_CARD
from tests.worlds import World, said

START = datetime(2097, 1, 4, 8, tzinfo=UTC)
NOTHING: dict[str, Any] = {"card_id": "c", "selected": [], "slot": None, "values": {}}
AFTERNOON = {"id": "pm", "title": "Soir", "subtitle": "", "image": None}
ORANGE = {"id": "a", "title": "Orange", "subtitle": "", "image": None}
TIME = {"id": "a", "start": "2097-01-04T08:00:00+00:00", "minutes": 30}
# What the platform reports, ids alone, and what programs read.
ANSWERS: dict[str, tuple[CardAnswer, dict[str, Any]]] = {
    "quick_replies": (
        CardAnswer(card_id="c", selected=(Option(id="pm", title=""),)),
        {**NOTHING, "selected": [AFTERNOON]},
    ),
    "list_picker": (
        CardAnswer(card_id="c", selected=(Option(id="a", title=""),)),
        {**NOTHING, "selected": [ORANGE]},
    ),
    "time_slots": (
        CardAnswer(card_id="c", slot=Slot(id="a", start=START, minutes=30)),
        {**NOTHING, "slot": TIME},
    ),
    "form": (CardAnswer(card_id="c", values={"n": ("Ana",)}), {**NOTHING, "values": {"n": ["Ana"]}}),
    "location_request": (CardAnswer(card_id="c"), NOTHING),
}


def answered(kind: str, event: MessageReceived) -> MessageReceived:
    if kind == "location_request":
        return replace(event, place=Place(latitude=48.85, longitude=2.35))
    return replace(event, answer=ANSWERS[kind][0])


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_answer_is_typed(
    world: World, program_of: Callable[..., Program], document: dict[str, Any], kind: str
) -> None:
    here, crm = world.filante, program_of(world.filante)
    path = f"/conversations/{here.conversation.pk}/messages/"
    card = {**EVERY_CARD[kind], "kind": kind, "id": "c"}
    sent = crm.post(path, {"card": card}, key=kind).json()
    with tenancy.scope(here.id):
        receive(here.channel, answered(kind, said("", to=here.channel.address)))
    page = crm.get(path).json()
    ours, theirs = page["results"][-2:]
    expected = ANSWERS[kind][1]
    assert (ours["id"], ours["content"]["answer"]) == (sent["id"], expected)
    assert (theirs["reply_to"], theirs["content"]["answer"]) == (sent["id"], expected)
    schemas = document["components"]["schemas"]
    assert set(schemas["AnswerFacts"]["required"]) == set(expected)
    schema = {**schemas["MessageFactsPage"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(page)
