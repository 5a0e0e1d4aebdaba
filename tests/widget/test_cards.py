"""Every card as a panel gets it, and what a panel may answer to it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.conversations.models import Conversation, Message
from apps.core import tenancy
from apps.platforms import cards
from apps.platforms.cards import Card, Option, QuickReplies
from apps.widget.limits import buckets
from tests.platforms.every_card import FILLED, LABELS, every_card, form
from tests.security.active import CORPUS
from tests.widget.panels import Panel, agent_says, conversation_of, panel, png
from tests.worlds import Side

HERE = {"latitude": 48.5, "longitude": -2.25}


def asked(side: Side, card: Card, *, device: Panel | None = None) -> tuple[Panel, Message]:
    """A visitor who was sent `card` with two pictures."""
    device = device or panel(side)
    device.say("bonjour")
    message = agent_says(side, conversation_of(side, "bonjour"), card=card, more=[png(), png(8, 4)])
    return device, message


def answer(device: Panel, message: Message, *, client_id: str = "", **given: Any) -> Any:
    return device.post(
        "answers/", {"client_id": client_id or str(uuid4()), "message": str(message.pk), **given}
    )


def told(device: Panel, message: Message) -> dict[str, Any]:
    found = [each for each in device.start().json()["messages"] if each["id"] == str(message.pk)]
    assert len(found) == 1
    return dict(found[0])


def stored(side: Side, message: Message) -> dict[str, Any]:
    with tenancy.scope(side.id):
        return dict(Message.objects.get(pk=message.pk).content)


@pytest.mark.parametrize("kind", cards.KINDS)
def test_every_kind_is_told_as_it_was_sent(filante: Side, kind: str) -> None:
    card = every_card()[kind]
    device, message = asked(filante, card)
    found = told(device, message)
    assert (found["card"], found["text"]) == (json.loads(json.dumps(cards.to_json(card))), "")
    assert [file["state"] for file in found["files"]] == ["stored", "stored"]
    assert "card_as_text" not in stored(filante, message)


def answers_to(card: Card) -> dict[str, Any]:
    """What a panel sends for each kind that asks something, and what is stored of it."""
    known: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
        "quick_replies": ({"selected": ["n"]}, {}, "Non"),
        "list_picker": ({"selected": ["maxi", "tv", "tel"]}, {}, "Box Maxi, Télévision, Téléphone"),
        "time_slots": ({"slot": "s2"}, {}, ""),
        "form": ({"values": FILLED}, {**FILLED, "number": ["12.5"]}, ""),
        "location_request": ({"place": {"address": "12, rue du Port"}}, {"address": ["12, rue du Port"]}, ""),
    }
    given, values, preview = known[card.kind]
    return {"given": given, "values": values, "preview": preview}


@pytest.mark.parametrize("kind", ["quick_replies", "list_picker", "time_slots", "form", "location_request"])
def test_an_answer_is_typed_and_stands_on_the_card(filante: Side, kind: str) -> None:
    card = every_card()[kind]
    device, message = asked(filante, card)
    expected = answers_to(card)
    client_id = str(uuid4())
    replies = [answer(device, message, client_id=client_id, **expected["given"]) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].json()["message"]["id"] == replies[1].json()["message"]["id"]
    said = replies[0].json()["message"]
    assert (said["answer"], said["reply_to"]) == (stored(filante, message)["answer"], str(message.pk))
    assert said["answer"]["card_id"] == card.id
    assert [each["id"] for each in said["answer"]["selected"]] == expected["given"].get("selected", [])
    assert said["answer"]["values"] == expected["values"]
    assert (said["answer"]["slot"] or {}).get("id") == expected["given"].get("slot")
    assert told(device, message)["answer"] == said["answer"]


def test_a_place_comes_as_a_place(filante: Side) -> None:
    device, message = asked(filante, every_card()["location_request"])
    client_id = str(uuid4())
    first = answer(device, message, client_id=client_id, place=HERE)
    assert first.status_code == 201
    assert first.json()["message"]["place"] == {**HERE, "title": "", "address": ""}
    assert "answer" in stored(filante, message)
    moved = answer(device, message, client_id=client_id, place={**HERE, "latitude": 1})
    assert (moved.status_code, moved.json()["error"]) == (409, "client_id_reused")
    assert answer(device, message, client_id=client_id, place=HERE).status_code == 201


PREVIEWS = {
    "time_slots": ({"slot": "s1"}, "(30 min)"),
    "form": (
        {"values": FILLED},
        "Ana Lopez, Elle clignote\nen rouge., ana@example.com, 01 02 03 04 05, 12.5",
    ),
    "location_request": ({"place": {"address": "Nantes"}}, "Nantes"),
}


@pytest.mark.parametrize(("kind", "given", "words"), [(kind, *rest) for kind, rest in PREVIEWS.items()])
def test_the_list_says_what_was_answered(filante: Side, kind: str, given: dict[str, Any], words: str) -> None:
    """Choices of a form by their titles, times where they take place."""
    card = every_card()[kind]
    device, message = asked(filante, card)
    answer(device, message, **given)
    with tenancy.scope(filante.id):
        preview = Conversation.objects.get(pk=message.conversation_id).preview
    assert words in preview
    if isinstance(card, cards.TimeSlots):
        assert preview == cards.slot_text(card.slots[0], "Europe/Paris")
    if kind == "form":
        assert "Box Maxi" in preview


def test_the_list_says_that_a_place_came(filante: Side) -> None:
    device, message = asked(filante, every_card()["location_request"])
    answer(device, message, place=HERE)
    with tenancy.scope(filante.id):
        row = Conversation.objects.get(pk=message.conversation_id)
    assert (row.preview, row.preview_kind) == ("", "place")


def without(name: str) -> dict[str, list[str]]:
    return {key: said for key, said in FILLED.items() if key != name}


WRONG: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "no such option": ("list_picker", {"selected": ["z"]}, {"field": "selected", "fault": "unknown"}),
    "nothing chosen": ("quick_replies", {}, {"field": "selected", "fault": "required"}),
    "two of one": ("quick_replies", {"selected": ["y", "n"]}, {"field": "selected", "fault": "too_many"}),
    "no such time": ("time_slots", {"slot": "s99"}, {"field": "slot", "fault": "unknown"}),
    "no such question": ("form", {"values": {**FILLED, "x": ["y"]}}, {"field": "x", "fault": "unknown"}),
    "left out": ("form", {"values": without("email")}, {"field": "email", "fault": "required"}),
    "no address": (
        "form",
        {"values": {**FILLED, "email": ["ana at example"]}},
        {"field": "email", "fault": "malformed"},
    ),
    "no such choice": (
        "form",
        {"values": {**FILLED, "choice": ["Box Maxi"]}},
        {"field": "choice", "fault": "unknown"},
    ),
    "nowhere": ("location_request", {"place": {"address": " "}}, {"field": "address", "fault": "required"}),
}


@pytest.mark.parametrize(("kind", "given", "wrong"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_named_and_may_be_mended(
    filante: Side, kind: str, given: dict[str, Any], wrong: dict[str, str]
) -> None:
    """Under the same client_id, even: nothing was stored."""
    card = every_card()[kind]
    device, message = asked(filante, card)
    client_id = str(uuid4())
    refused = answer(device, message, client_id=client_id, **given)
    assert refused.status_code == 422
    assert {key: refused.json()[key] for key in ("error", "field", "fault")} == {
        "error": "bad_answer",
        **wrong,
    }
    assert "answer" not in stored(filante, message)
    good = answers_to(card)["given"]
    assert answer(device, message, client_id=client_id, **good).status_code == 201


def come_true(side: Side, message: Message, *, first: int) -> None:
    """The first times of a card that was sent have come."""
    content = stored(side, message)
    for slot in content["card"]["slots"][:first]:
        slot["start"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    with tenancy.scope(side.id):
        Message.objects.filter(pk=message.pk).update(content=content)


def test_a_time_that_has_come_is_refused_by_name(filante: Side) -> None:
    device, message = asked(filante, every_card()["time_slots"])
    come_true(filante, message, first=1)
    client_id = str(uuid4())
    refused = answer(device, message, client_id=client_id, slot="s1")
    assert refused.status_code == 422
    assert [refused.json()[key] for key in ("error", "field", "fault")] == ["bad_answer", "slot", "past"]
    assert "answer" not in stored(filante, message)
    assert answer(device, message, client_id=client_id, slot="s2").status_code == 201


def test_a_time_chosen_before_it_came_may_be_repeated_after(filante: Side) -> None:
    """The answer to the first request was lost on its way."""
    device, message = asked(filante, every_card()["time_slots"])
    client_id = str(uuid4())
    first = answer(device, message, client_id=client_id, slot="s1")
    with tenancy.scope(filante.id):
        said = Message.objects.get(pk=first.json()["message"]["id"])
        asked_at = datetime.now(UTC) - timedelta(minutes=5)
        for each in (said, message):
            each.refresh_from_db()
            each.content["answer"]["slot"]["start"] = asked_at.isoformat()
            if "card" in each.content:
                each.content["card"]["slots"][0]["start"] = asked_at.isoformat()
            each.save(update_fields=["content"])
    again = answer(device, message, client_id=client_id, slot="s1")
    assert (again.status_code, again.json()["message"]["id"]) == (201, str(said.pk))


SHAPELESS: dict[str, tuple[dict[str, Any], str]] = {
    "a list of values": ({"values": [1]}, "values"),
    "a value that is no list": ({"values": {"text": "x"}}, "values"),
    "a number": ({"values": {"text": [1]}}, "values"),
    "too many values": ({"values": {str(n): [] for n in range(51)}}, "values"),
    "half a letter": ({"values": {"text": ["\ud800"]}}, "values"),
    "half a letter as a name": ({"values": {"\ud800": []}}, "values"),
    "options that are no list": ({"selected": "a"}, "selected"),
    "a time that is none": ({"slot": 1}, "slot"),
    "a place that is none": ({"place": "here"}, "place"),
    "half a place": ({"place": {"latitude": 1}}, "place"),
    "off the Earth": ({"place": {"latitude": 91, "longitude": 0}}, "place"),
    "nowhere": ({"place": {"latitude": float("nan"), "longitude": 0}}, "place"),
    "far beyond": ({"place": {"latitude": 10**400, "longitude": 0}}, "place"),
    "true": ({"place": {"latitude": True, "longitude": 0}}, "place"),
    "words that are none": ({"place": {"address": ["x"]}}, "place"),
}


@pytest.mark.parametrize(("given", "field"), SHAPELESS.values(), ids=SHAPELESS)
def test_what_is_not_of_the_protocol_is_refused_by_name(
    filante: Side, given: dict[str, Any], field: str
) -> None:
    device, message = asked(filante, form())
    refused = answer(device, message, **given)
    assert (refused.status_code, refused.json()["error"], refused.json()["field"]) == (
        422,
        "bad_field",
        field,
    )


def test_a_card_is_answered_once(filante: Side) -> None:
    """Also from another device of the same visitor, whose panel has not heard yet."""
    device, message = asked(filante, every_card()["quick_replies"])
    assert answer(device, message, selected=["y"]).status_code == 201
    again = answer(device, message, selected=["n"])
    assert (again.status_code, again.json()["error"]) == (409, "answered")
    assert [each["id"] for each in stored(filante, message)["answer"]["selected"]] == ["y"]


@pytest.mark.parametrize("kind", ["link", "location", "contact", "media_group"])
def test_a_card_that_asks_nothing_takes_no_answer(filante: Side, kind: str) -> None:
    device, message = asked(filante, every_card()[kind])
    assert answer(device, message, selected=["y"]).json()["error"] == "not_found"


def test_nobody_elses_card_can_be_answered(filante: Side, garance: Side) -> None:
    """Of another visitor, of another business: not there, alike."""
    _, message = asked(filante, form())
    for stranger in (panel(filante), panel(garance)):
        refused = answer(stranger, message, values=FILLED)
        assert (refused.status_code, refused.json()["error"]) == (404, "not_found")
    assert "answer" not in stored(filante, message)


def test_cards_of_before_are_shown_and_answered(filante: Side) -> None:
    """They went out as numbered text while the panel could not show them."""
    device, message = asked(filante, form())
    content = {**stored(filante, message), "card_as_text": True}
    with tenancy.scope(filante.id):
        Message.objects.filter(pk=message.pk).update(content=content)
    assert told(device, message)["card"]["kind"] == "form"
    assert answer(device, message, values=FILLED).status_code == 201


def test_a_card_that_cannot_be_asked_is_told_in_words(filante: Side) -> None:
    same = Option(id="a", title="Oui")
    card = QuickReplies(id="q", prompt="Ça va ?", options=(same, replace(same, title="Non")))
    device, message = asked(filante, card)
    found = told(device, message)
    assert ("card" in found, found["text"]) == (False, "Ça va ?\n1. Oui\n2. Non")


def test_a_card_that_nobody_can_read_is_left_away(filante: Side) -> None:
    device, message = asked(filante, form())
    with tenancy.scope(filante.id):
        Message.objects.filter(pk=message.pk).update(content={"card": {"kind": "hologram", "id": "1"}})
    assert "card" not in told(device, message)
    assert answer(device, message, values=FILLED).json()["error"] == "not_found"


def test_hostile_words_come_through_as_words_or_are_refused(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    place = conversation_of(filante, "bonjour")
    for name, text in CORPUS.items():
        buckets.clear()
        message = agent_says(filante, place, card=replace(form(), id=name))
        reply = answer(device, message, values={**FILLED, "text": [text], "long_text": [text]})
        if reply.status_code != 201:
            assert (name, reply.json()["field"], reply.json()["fault"]) == ("long", "text", "too_long")
            continue
        said = stored(filante, message)["answer"]["values"]
        for field in ("text", "long_text"):
            assert said.get(field, [""])[0].split() == text.split()


def test_the_times_are_moments(filante: Side) -> None:
    """With their offset: each panel shows them in its visitor's own time."""
    card = every_card()["time_slots"]
    assert isinstance(card, cards.TimeSlots)
    device, message = asked(filante, card)
    shown = told(device, message)["card"]["slots"]
    assert [each["start"] for each in shown] == [
        each.start.astimezone(UTC).isoformat() for each in card.slots
    ]


def test_the_labels_are_told(filante: Side) -> None:
    device, message = asked(filante, form())
    assert [each["label"] for each in told(device, message)["card"]["fields"]] == list(LABELS.values())
