"""Templates: what is checked before one is said, what is kept of it, when nothing else may go."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.connections.models import Channel, MessageTemplate
from apps.conversations import files, load
from apps.conversations.models import ContactAddress, Conversation, Delivery, Message
from apps.conversations.receive import receive
from apps.conversations.send import Author, AuthorKind, BadDraft, ClientIdReused, Draft, Refused, send_message
from apps.conversations.templated import Choice
from apps.core import tenancy
from apps.platforms import base, templates
from apps.platforms.cards import LocationRequest
from apps.platforms.events import TemplateChanged
from apps.platforms.windows import Opener
from tests.isolation.rich import PNG
from tests.worlds import Side, World

GOOD = {"1": "Ana", "2": "4711"}


@pytest.fixture
def here(world: World) -> Side:
    """On WhatsApp, with two templates; the customer wrote more than a day ago."""
    side = world.filante
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="whatsapp")
        side.channel.refresh_from_db()
        approve(side, "order_update", body="Hello {{1}}, order {{2}}.", parameters=["1", "2"])
        approve(side, "offer", body="Sale", usable=False, state="PAUSED")
        wrote(hours=30)
    return side


def approve(side: Side, name: str, **fields: Any) -> MessageTemplate:
    known: dict[str, Any] = {"state": "APPROVED", "usable": True, "language": "en", **fields}
    return MessageTemplate.objects.create(channel=side.channel, name=name, synced_at=timezone.now(), **known)


def wrote(*, hours: float) -> None:
    at = timezone.now() - timedelta(hours=hours)
    ContactAddress.objects.update(openings={Opener.MESSAGE: at.isoformat()}, last_inbound_at=at)


def choice(name: str = "order_update", language: str = "en", **values: str) -> Choice:
    return Choice(name=name, language=language, values=values)


def send(side: Side, draft: Draft, **more: Any) -> Message:
    author = Author(kind=AuthorKind.MEMBER, membership=side.agent_membership)
    with tenancy.scope(side.id):
        return send_message(side.conversation.pk, author, draft, client_id=more.get("client_id") or uuid4())


def test_after_the_window_a_template_may_go_and_nothing_else(here: Side) -> None:
    with pytest.raises(Refused) as refusal:
        send(here, Draft(text="Bonjour"))
    assert (refusal.value.decision.rule, refusal.value.decision.instead) == ("template_only", "template")
    message = send(here, Draft(template=choice(**GOOD)))
    with tenancy.scope(here.id):
        delivery = Delivery.objects.get()
        conversation = Conversation.objects.get(pk=here.conversation.pk)
        [(_, _, outgoing, _)] = load.outgoing_of([delivery.pk])
    assert (message.text, conversation.preview) == ("Hello Ana, order 4711.",) * 2
    assert message.content["template"]["name"] == "order_update"
    assert (delivery.decision["rule"], delivery.decision["price"]) == ("template", "billed")
    assert outgoing.part.template == base.TemplateUse(
        name="order_update", language="en", values=GOOD, text="Hello Ana, order 4711."
    )


def test_inside_the_window_as_well(here: Side) -> None:
    with tenancy.scope(here.id):
        wrote(hours=1)
    send(here, Draft(template=choice(**GOOD)))
    with tenancy.scope(here.id):
        assert Delivery.objects.get().decision["rule"] == "customer_service"


WRONG: dict[str, tuple[Draft, str]] = {
    "no such name": (Draft(template=choice("hello")), "template.name"),
    "no such language": (Draft(template=choice(language="fr", **GOOD)), "template.name"),
    "paused": (Draft(template=choice("offer")), "template.name"),
    "a value is missing": (Draft(template=choice(**{"1": "Ana"})), "template.values.2"),
    "a value is blank": (Draft(template=choice(**{"1": "Ana", "2": " "})), "template.values.2"),
    "a value too many": (Draft(template=choice(**GOOD, **{"3": "x"})), "template.values.3"),
    "a value too long": (Draft(template=choice(**{**GOOD, "2": "x" * 1025})), "template.values.2"),
    "with words": (Draft(text="x", template=choice(**GOOD)), "text"),
    "with a card": (Draft(card=LocationRequest(id="l", prompt="?"), template=choice(**GOOD)), "text"),
}


@pytest.mark.parametrize(("draft", "field"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_sent(here: Side, draft: Draft, field: str) -> None:
    with pytest.raises(BadDraft) as error:
        send(here, draft)
    assert error.value.field == field
    with tenancy.scope(here.id):
        assert not Delivery.objects.exists()


def test_a_file_where_the_template_begins_with_one(here: Side) -> None:
    with tenancy.scope(here.id):
        approve(here, "plan", body="Voici", header_media="image")
        picture = files.upload(here.conversation, io.BytesIO(PNG), name="plan.png").pk
    for draft in (Draft(template=choice("plan")), Draft(template=choice(**GOOD), attachments=(picture,))):
        with pytest.raises(BadDraft) as error:
            send(here, draft)
        assert error.value.field == "attachments"
    send(here, Draft(template=choice("plan"), attachments=(picture,)))
    with tenancy.scope(here.id):
        [(_, _, outgoing, _)] = load.outgoing_of([Delivery.objects.get().pk])
        assert outgoing.media is not None and outgoing.media.name == "plan.png"


def test_repeated_it_is_the_same_message(here: Side) -> None:
    key = uuid4()
    first = send(here, Draft(template=choice(**GOOD)), client_id=key)
    assert send(here, Draft(template=choice(**GOOD)), client_id=key) == first
    with pytest.raises(ClientIdReused):
        send(here, Draft(template=choice(**{**GOOD, "1": "Bea"})), client_id=key)


def test_anothers_template_is_no_template(here: Side, world: World) -> None:
    there = world.garance
    with tenancy.scope(there.id):
        Channel.objects.update(platform="whatsapp")
        approve(there, "theirs", body="Hello")
    with pytest.raises(BadDraft):
        send(here, Draft(template=choice("theirs")))


def told(here: Side, state: str, reason: str = "") -> TemplateChanged:
    return TemplateChanged(
        to=here.channel.address, address="", ref=uuid4().hex, at=timezone.now(),
        name="order_update", language="en", state=state, reason=reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "usable"), [("PAUSED", False), ("APPROVED", True)], ids=["stopped", "as we know"]
)
def test_what_the_platform_says_in_between(here: Side, state: str, usable: bool) -> None:
    """…takes effect at once, and the list is asked for again."""
    with tenancy.scope(here.id):
        Channel.objects.update(templates_asked_at=timezone.now())
        receive(here.channel, told(here, state, "quality"))
        row = MessageTemplate.objects.get(name="order_update")
        assert (row.state, row.usable) == (state, usable)
        assert Channel.objects.get(pk=here.channel.pk).templates_asked_at is None


def test_a_template_with_another_price_is_asked_for_and_goes_on(here: Side) -> None:
    with tenancy.scope(here.id):
        Channel.objects.update(templates_asked_at=timezone.now())
        receive(here.channel, told(here, ""))
        row = MessageTemplate.objects.get(name="order_update")
        assert (row.state, row.usable) == ("APPROVED", True)
        assert Channel.objects.get(pk=here.channel.pk).templates_asked_at is None


def test_only_the_list_makes_one_usable(here: Side) -> None:
    with tenancy.scope(here.id):
        receive(here.channel, told(here, "REJECTED", "abusive"))
        receive(here.channel, told(here, "APPROVED"))
        assert not MessageTemplate.objects.get(name="order_update").usable


FILLED: dict[str, tuple[base.Template, dict[str, str], str]] = {
    "in order": (base.Template(ref="", name="a", language="", body="{{1}}, {{2}}"), GOOD, "Ana, 4711"),
    "named": (base.Template(ref="", name="a", language="", body="{{ who }}"), {"who": "Ana"}, "Ana"),
    "not yet": (base.Template(ref="", name="a", language="", body="{{1}}, {{2}}"), {"1": "A"}, "A, {{2}}"),
    "all parts": (
        base.Template(ref="", name="a", language="", header="{{1}}!", body="{{1}}", footer="F"),
        {"1": "b", "header.1": "h"},
        "h!\nb\nF",
    ),
    "a value that looks like a place": (
        base.Template(ref="", name="a", language="", body="{{1}} {{2}}"),
        {"1": "{{2}}", "2": "x"},
        "{{2}} x",
    ),
}


@pytest.mark.parametrize(("template", "values", "text"), FILLED.values(), ids=FILLED)
def test_what_the_customer_reads(template: base.Template, values: dict[str, str], text: str) -> None:
    fill: Callable[..., str] = templates.filled
    assert fill(template, values) == text
