"""Programs speak through the same function as people: once per key, refused by the same policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from apps.connections.models import Channel, ChannelState, MessageTemplate
from apps.conversations.models import ContactAddress, Delivery, Message
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import ContactLeft
from apps.tenants.models import Tenant
from tests.api.conftest import Program
from tests.worlds import Side, World

ProgramOf = Callable[..., Program]

CARD = {
    "kind": "quick_replies",
    "id": "when",
    "prompt": "Quand ?",
    "options": [{"id": "am", "title": "Matin"}, {"id": "pm", "title": "Soir"}],
}


@pytest.fixture
def here(world: World) -> Side:
    return world.filante


@pytest.fixture
def crm(here: Side, program_of: ProgramOf) -> Program:
    return program_of(here)


def messages_of(here: Side) -> str:
    return f"/conversations/{here.conversation.pk}/messages/"


def said_by_us(here: Side) -> list[tuple[str, str, str]]:
    with tenancy.scope(here.id):
        rows = Message.objects.filter(direction="out").order_by("seq")
        return list(rows.values_list("author_kind", "author_name", "text"))


@pytest.mark.parametrize("key", ["0d6a34f2-58a5-4f3c-9b0e-0a1c4c1f6f11", "order-4711/confirmed"])
def test_a_lost_answer_never_makes_two(here: Side, crm: Program, key: str) -> None:
    answers = [crm.post(messages_of(here), {"text": "Bonjour"}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert said_by_us(here) == [("program", "CRM", "Bonjour")]
    with tenancy.scope(here.id):
        assert list(Delivery.objects.values_list("state", "decision__rule")) == [("queued", "customer_wrote")]


def test_a_key_keeps_its_words(here: Side, crm: Program) -> None:
    crm.post(messages_of(here), {"text": "un"}, key="k")
    answer = crm.post(messages_of(here), {"text": "deux"}, key="k")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_key_reused")
    assert len(said_by_us(here)) == 1


def test_a_renewed_token_repeats_what_the_old_began(here: Side, crm: Program, program_of: ProgramOf) -> None:
    crm.post(messages_of(here), {"text": "un"}, key="k")
    renewed, other = program_of(here), program_of(here, name="Shop")
    answers = [p.post(messages_of(here), {"text": "un"}, key="k").status_code for p in (renewed, other)]
    assert answers == [200, 201]


def test_cards_travel_as_cards(here: Side, crm: Program) -> None:
    answer = crm.post(messages_of(here), {"card": CARD}, key="k")
    assert answer.status_code == 201
    evening = {"id": "pm", "title": "Soir", "subtitle": "", "image": None}
    assert answer.json()["content"]["card"]["options"][1] == evening


def leave(here: Side) -> None:
    with tenancy.scope(here.id):
        left = ContactLeft(
            to=here.channel.address, address="visitor-1", ref="x", at=datetime.now(UTC), reason="blocked"
        )
        receive(here.channel, left)


def suspend(here: Side) -> None:
    with tenancy.scope(here.id):
        Tenant.objects.update(state="suspended")


def switch_off(here: Side) -> None:
    with tenancy.scope(here.id):
        here.channel.state = ChannelState.DISABLED
        here.channel.save(update_fields=["state"])


@pytest.mark.parametrize(
    ("change", "status", "rule"),
    [
        (leave, 422, "customer_blocked"),
        (suspend, 403, "tenant_suspended"),
        (switch_off, 403, "channel_disabled"),
    ],
)
def test_policy_refuses_programs_as_it_refuses_people(
    here: Side, crm: Program, change: Callable[[Side], None], status: int, rule: str
) -> None:
    change(here)
    answer = crm.post(messages_of(here), {"text": "Allô ?"}, key="k")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, rule)
    assert said_by_us(here) == []


BAD: list[tuple[Any, int, str]] = [
    ({}, 422, ""),
    ({"text": "  "}, 422, ""),
    ({"text": ["a"]}, 400, "text"),
    ({"text": "a\x00"}, 400, "text"),
    ({"text": "\ud800"}, 400, "text"),
    ({"text": "x" * 20_001}, 400, "text"),
    ({"card": "when"}, 400, "card"),
    ({"card": {**CARD, "kind": "poll"}}, 400, "card.kind"),
    ({"card": {**CARD, "options": []}}, 400, "card.options"),
    ({"card": {**CARD, "options": [{"id": "a", "title": "\x00"}]}}, 400, "card.options.0.title"),
    ({"card": {"kind": "list_picker", "id": "x", "title": "x"}}, 400, "card.sections"),
    ({"text": "a", "attachments": ["me"]}, 400, "attachments.0"),
    ({"text": "a", "attachments": [str(uuid4()) for _ in range(11)]}, 400, "attachments"),
    ({"text": "a", "attachments": [str(UUID(int=1))] * 2}, 400, "attachments"),
    ({"text": "a", "attachments": [str(uuid4())]}, 422, "attachments.0"),
    ({"text": "a", "reply_to": "me"}, 400, "reply_to"),
    ({"text": "a", "reply_to": str(uuid4())}, 422, "reply_to"),
    (["text"], 400, ""),
    ("text", 400, ""),
]


@pytest.mark.parametrize(("body", "status", "field"), BAD)
def test_what_cannot_be_said_is_named(here: Side, crm: Program, body: Any, status: int, field: str) -> None:
    answer = crm.post(messages_of(here), body, key="k")
    assert (answer.status_code, answer.json()["error"].get("field", "")) == (status, field)
    assert said_by_us(here) == []


@pytest.mark.parametrize("key", [None, "", "x" * 256, "a\tb"])
def test_the_key_is_required(here: Side, crm: Program, key: str | None) -> None:
    answer = crm.post(messages_of(here), {"text": "Bonjour"}, key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "idempotency_key_required")


def test_broken_json_is_named(here: Side, crm: Program) -> None:
    answer = crm.post(messages_of(here), "{", key="k")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed")


def on_whatsapp(here: Side, *, hours: float) -> None:
    at = timezone.now() - timedelta(hours=hours)
    with tenancy.scope(here.id):
        Channel.objects.filter(pk=here.channel.pk).update(platform="whatsapp")
        ContactAddress.objects.update(openings={"message": at.isoformat()}, last_inbound_at=at)
        MessageTemplate.objects.create(
            channel=here.channel, name="rappel", language="fr", body="Bonjour {{name}}", state="APPROVED",
            usable=True, parameters=["name"], synced_at=at,
        )  # fmt: skip


def test_a_template_is_found_and_sent(here: Side, crm: Program) -> None:
    on_whatsapp(here, hours=30)
    may_send = crm.get(f"/conversations/{here.conversation.pk}/").json()["may_send"]
    assert (may_send["allow"], may_send["rule"], may_send["instead"]) == (False, "template_only", "template")
    refused = crm.post(messages_of(here), {"text": "Bonjour"}, key="a")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "template_only")
    (found,) = crm.get(f"/channels/{here.channel.pk}/templates/").json()["results"]
    assert (found["name"], found["parameters"], found["usable"]) == ("rappel", ["name"], True)
    body = {"template": {"name": "rappel", "language": "fr", "values": {"nom": "Ana"}}}
    wrong = crm.post(messages_of(here), body, key="b").json()["error"]
    assert (wrong["code"], wrong["field"]) == ("bad_template", "template.values.name")
    body["template"]["values"] = {"name": "Ana"}
    sent = crm.post(messages_of(here), body, key="b")
    assert (sent.status_code, sent.json()["text"]) == (201, "Bonjour Ana")
    assert sent.json()["content"]["template"]["name"] == "rappel"


EVERY_CARD: dict[str, dict[str, Any]] = {
    "quick_replies": CARD,
    "list_picker": {"title": "Box", "sections": [{"options": [{"id": "a", "title": "Orange"}]}]},
    "time_slots": {
        "title": "Quand ?",
        "slots": [{"id": "a", "start": "2097-01-04T09:00:00+01:00", "minutes": 30}],
        "timezone": "Europe/Paris",
    },
    "form": {"title": "Vous", "fields": [{"id": "n", "label": "Nom"}]},
    "link": {"text": "Suivi", "button": "Ouvrir", "url": "https://shop.example/"},
    "location_request": {"prompt": "Où ?"},
    "location": {"latitude": 48.85, "longitude": 2.35},
    "contact": {"name": "Atelier", "phone": "+33102030405"},
}


@pytest.mark.parametrize(("kind", "card"), EVERY_CARD.items(), ids=EVERY_CARD)
def test_every_kind_of_card(here: Side, crm: Program, kind: str, card: dict[str, Any]) -> None:
    sent = crm.post(messages_of(here), {"card": {**card, "kind": kind, "id": "c"}}, key=kind)
    assert sent.status_code == 201, sent.json()
    assert sent.json()["content"]["card"]["kind"] == kind


WRONG_CARDS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing to choose": ({"kind": "time_slots", "title": "Quand ?"}, "card.slots"),
    "no zone": ({**EVERY_CARD["time_slots"], "kind": "time_slots", "timezone": "Paris"}, "card"),
    "plain http": ({**EVERY_CARD["link"], "kind": "link", "url": "http://shop.example/"}, "card"),
    "no number": ({**EVERY_CARD["contact"], "kind": "contact", "phone": "0102"}, "card.phone"),
    "off the Earth": ({**EVERY_CARD["location"], "kind": "location", "latitude": 91}, "card.latitude"),
    "no pictures": ({"kind": "media_group"}, "card.images"),
    "more pictures than files": ({"kind": "media_group", "images": [0] * 11}, "card.images"),
    "a position beyond all files": ({"kind": "media_group", "images": [0, 10]}, "card.images.1"),
    "a picture by its name": ({**EVERY_CARD["link"], "kind": "link", "image": "a.png"}, "card.image"),
    "no words": ({**EVERY_CARD["link"], "kind": "link", "text": ""}, "card.text"),
}


@pytest.mark.parametrize(("card", "field"), WRONG_CARDS.values(), ids=WRONG_CARDS)
def test_a_card_that_is_none(here: Side, crm: Program, card: dict[str, Any], field: str) -> None:
    answer = crm.post(messages_of(here), {"card": {**card, "id": "c"}}, key="k")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


def test_an_offer_to_somebody_who_wants_none_is_refused_in_words(here: Side, crm: Program) -> None:
    on_whatsapp(here, hours=1)
    with tenancy.scope(here.id):
        MessageTemplate.objects.update(category="MARKETING")
        ContactAddress.objects.update(marketing_stopped=True)
    body = {"template": {"name": "rappel", "language": "fr", "values": {"name": "Ana"}}}
    error = crm.post(messages_of(here), body, key="a").json()["error"]
    assert (error["code"], error["message"]) == (
        "marketing_stopped",
        "The customer wants no marketing messages; anything else may be sent.",
    )
    assert crm.post(messages_of(here), {"text": "Bonjour"}, key="b").status_code == 201
