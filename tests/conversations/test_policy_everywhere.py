"""No delivery without an allowing decision, whoever writes it: people, programs, bots, resends, operators."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.backoffice.acts import replay
from apps.backoffice.acts.act import Doer
from apps.connections import connect, permissions
from apps.connections.models import Channel
from apps.conversations import quarantine
from apps.conversations.models import AuthorKind, ContactAddress, Delivery, Message
from apps.conversations.receive import receive
from apps.conversations.resend import resend
from apps.conversations.send import Author, Draft, Refused, decide, send_message
from apps.conversations.templated import BadDraft, Choice
from apps.core import tenancy
from apps.platforms import base, registry
from apps.platforms.windows import Opener, Takes, Window
from apps.tenants import tokens
from tests.api.conftest import Program
from tests.conversations.lines import put, say
from tests.conversations.test_deliver import Postbox
from tests.conversations.test_templated import approve
from tests.worlds import Side, World, said, signed_in

ROOT = Path(__file__).resolve().parents[2]
DAY = Window(rule="day", hours=24, messages=2)
PEOPLE = Window(rule="people", hours=168, people_only=True, tag="HUMAN", permission="human_agent")
TEMPLATE = Window(rule="template", takes=Takes.TEMPLATE)


class Strict(Postbox):
    capabilities = base.Capabilities(text_limit=10, media_limit=9, windows=(DAY, PEOPLE, TEMPLATE))
    permissions: ClassVar[Sequence[str]] = ("human_agent",)


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> Side:
    platform, real = Strict(), registry.get
    monkeypatch.setattr(registry, "get", lambda slug: platform if slug == "postbox" else real(slug))
    with tenancy.scope(world.filante.id):
        Channel.objects.filter(pk=world.filante.channel.pk).update(platform="postbox")
    world.filante.channel.platform = "postbox"
    return world.filante


def wrote(here: Side, *, hours: float) -> None:
    at = timezone.now() - timedelta(hours=hours)
    with tenancy.scope(here.id):
        ContactAddress.objects.update(openings={Opener.MESSAGE: at.isoformat()}, last_inbound_at=at)


def member(here: Side) -> Author:
    return Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)


def person(here: Side) -> None:
    send_message(here.conversation.pk, member(here), Draft(text="x"), client_id=uuid4())


def automatic(kind: AuthorKind) -> Callable[[Side], None]:
    def write(here: Side) -> None:
        send_message(here.conversation.pk, Author(kind=kind, name="x"), Draft(text="x"), client_id=uuid4())

    return write


def again(here: Side) -> None:
    resend(Delivery.objects.get(part__text="old").pk, member(here))


WRITERS: dict[str, Callable[[Side], None]] = {
    "a person": person,
    "a bot": automatic(AuthorKind.BOT),
    "a program": automatic(AuthorKind.PROGRAM),
    "the service": automatic(AuthorKind.SYSTEM),
    "a resend": again,
}
SHUT: dict[str, Callable[[Side], object]] = {
    "window_over": lambda here: wrote(here, hours=30),
    "thread_elsewhere": lambda here: ContactAddress.objects.update(thread_owner="Page inbox"),
    "customer_blocked": lambda here: ContactAddress.objects.update(reachable=False, gone_reason="blocked"),
    "channel_disabled": lambda here: Channel.objects.update(state="disabled"),
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("shut", SHUT)
def test_no_writer_passes_a_refusal(here: Side, writer: Callable[[Side], None], shut: str) -> None:
    say(here, "old")
    put(here, "old", state="failed")
    with tenancy.scope(here.id):
        SHUT[shut](here)
        rows = Delivery.objects.count(), Message.objects.count()
    with pytest.raises(Refused) as refusal, tenancy.scope(here.id):
        writer(here)
    assert refusal.value.decision.rule in (shut, "template_only")
    with tenancy.scope(here.id):
        assert (Delivery.objects.count(), Message.objects.count()) == rows


KINDS = [each for each in AuthorKind if each not in ("contact", "outside")]


@pytest.mark.parametrize("kind", KINDS)
def test_of_every_writer_a_template_may_go_where_nothing_else_does(here: Side, kind: AuthorKind) -> None:
    """By the same rule, filled in as it must be, and not where nothing at all may go."""
    author = member(here) if kind is AuthorKind.MEMBER else Author(kind=kind, name="x")
    with tenancy.scope(here.id):
        approve(here, "news", body="News for {{1}}", category="UTILITY", parameters=["1"])
    wrote(here, hours=24 * 30)

    def write(draft: Draft) -> None:
        with tenancy.scope(here.id):
            send_message(here.conversation.pk, author, draft, client_id=uuid4())

    def news(**values: str) -> Draft:
        return Draft(template=Choice(name="news", language="en", values=values))

    with pytest.raises(Refused) as refused:
        write(Draft(text="News"))
    assert refused.value.decision.instead == "template"
    for wrong in ({}, {"2": "Ana"}, {"1": ""}):
        with pytest.raises(BadDraft):
            write(news(**wrong))
    write(news(**{"1": "Ana"}))
    with tenancy.scope(here.id):
        row = Delivery.objects.get()
        assert (row.part["text"], row.decision["rule"]) == ("News for Ana", "template")
        ContactAddress.objects.update(reachable=False, gone_reason="blocked")
    with pytest.raises(Refused, match="customer_blocked"):
        write(news(**{"1": "Ana"}))


@pytest.mark.parametrize("kind", KINDS)
def test_no_writer_brings_unwanted_marketing(here: Side, kind: AuthorKind) -> None:
    """A second try neither; what is no marketing goes on."""
    author = member(here) if kind is AuthorKind.MEMBER else Author(kind=kind, name="x")
    offer, update = (
        Draft(template=Choice(name=name, language="en", values={})) for name in ("offer", "news")
    )
    with tenancy.scope(here.id):
        approve(here, "offer", body="Offers", category="MARKETING")
        approve(here, "news", body="News", category="UTILITY")
        send_message(here.conversation.pk, author, offer, client_id=uuid4())
    put(here, "Offers", state="failed")
    with tenancy.scope(here.id):
        ContactAddress.objects.update(marketing_stopped=True)
    with pytest.raises(Refused, match="marketing_stopped"), tenancy.scope(here.id):
        send_message(here.conversation.pk, author, offer, client_id=uuid4())
    with pytest.raises(Refused, match="marketing_stopped"), tenancy.scope(here.id):
        resend(Delivery.objects.get().pk, member(here))
    with tenancy.scope(here.id):
        send_message(here.conversation.pk, author, update, client_id=uuid4())
        texts = Delivery.objects.order_by("seq").values_list("part__text", flat=True)
        assert list(texts) == ["Offers", "News"]


def test_what_a_restore_held_meets_the_decision_too(here: Side) -> None:
    say(here, "old")
    quarantine.hold(here.id)
    wrote(here, hours=30)
    with tenancy.scope(here.id):
        assert quarantine.release("op@example.com") == 0
        assert Delivery.objects.count() == 1


def test_pages_and_programs_meet_it(here: Side) -> None:
    wrote(here, hours=30)
    form = {"text": "x", "client_id": str(uuid4())}
    signed_in(here.agent).post(f"/{here.slug}/inbox/{here.conversation.pk}/messages/", form)
    with tenancy.scope(here.id):
        assert not Delivery.objects.exists()


def test_the_database_takes_no_row_without_it(here: Side) -> None:
    say(here, "one")
    refused: list[Any] = [{}, [], "allow", {"rule": "x"}, {"allow": True}]
    refused += [{"rule": "x", "allow": allow} for allow in (False, None, "true", 1)]
    for decision in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            put(here, "one", decision=decision)


# Whatever makes a row: the class called, a manager's verbs, SQL of its own.
WRITES = re.compile(
    r"""(?<!class\ )\bDelivery\(
      | \b(?:Delivery\.objects|deliveries)\.(?:a?bulk_create|a?create|a?get_or_create|a?update_or_create)
      | \b(?i:INSERT\s+INTO|COPY|MERGE\s+INTO)\s+(?:public\.)?conversations_delivery\b
      | get_model\([^)]*["']Delivery["']""",
    re.VERBOSE,
)


def test_only_three_modules_write_deliveries() -> None:
    """All ask `decide`; a fourth has to as well, and to come here. Migrations count too."""
    found = {path.name for path in (ROOT / "apps").rglob("*.py") if WRITES.search(path.read_text())}
    assert found == {"send.py", "resend.py", "fall_back.py"}


def test_a_redirect_meets_it(here: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """The customer's own words open the window; a thread that another program holds stays shut."""
    room = base.Capabilities(text_limit=1000, media_limit=9, windows=Strict.capabilities.windows)
    monkeypatch.setattr(Strict, "capabilities", room)
    with tenancy.scope(here.id):
        connect.redirect(here.channel, [here.entry_point], actor="alice@example.com")
        ContactAddress.objects.update(thread_owner="Page inbox")
        receive(here.channel, said("Bonjour", to=here.channel.address))
        assert not Delivery.objects.exists()
        ContactAddress.objects.update(thread_owner="")
        receive(here.channel, said("Encore", to=here.channel.address))
        assert [row.decision["rule"] for row in Delivery.objects.all()] == ["day"]


def test_an_operators_replay_meets_it(here: Side) -> None:
    say(here, "old")
    put(here, "old", state="failed")
    wrote(here, hours=30)
    with tenancy.scope(here.id):
        ids = list(Delivery.objects.values_list("pk", flat=True))
        replay.deliveries(ids, Doer(user=here.owner, reason="asked"))
        assert [row.settled_by for row in Delivery.objects.all()] == [""]


def test_programs_meet_it_over_http(here: Side) -> None:
    wrote(here, hours=30)
    with tenancy.scope(here.id):
        program = Program(*tokens.issue("CRM", role="agent", days=30, issuer=None, actor="tests"))
    answer = program.post(f"/conversations/{here.conversation.pk}/messages/", {"text": "x"}, key="k")
    assert answer.json()["error"]["code"] in ("window_over", "template_only")
    with tenancy.scope(here.id):
        assert not Delivery.objects.exists()


def test_the_decision_is_stored_whole(here: Side) -> None:
    with tenancy.scope(here.id):
        permissions.grant(here.channel, "human_agent", on=True, actor="alice@example.com")
    wrote(here, hours=30)
    say(here, "late")
    with tenancy.scope(here.id):
        decision = Delivery.objects.get().decision
        assert (decision["rule"], decision["tag"], decision["price"]) == ("people", "HUMAN", "free")
        assert decision["until"] is not None


def test_a_permission_is_for_people_and_can_be_taken_back(here: Side) -> None:
    with tenancy.scope(here.id):
        permissions.grant(here.channel, "human_agent", on=True, actor="alice@example.com")
        wrote(here, hours=30)
        here.conversation.refresh_from_db()
        assert not decide(here.conversation, Author(kind=AuthorKind.BOT)).allow
        assert decide(here.conversation, member(here)).rule == "people"
        permissions.grant(here.channel, "human_agent", on=False, actor="alice@example.com")
        here.conversation.refresh_from_db()
        assert decide(here.conversation, member(here)).instead == "template"
        assert decide(here.conversation, member(here), takes=Takes.TEMPLATE).rule == "template"


def test_answers_are_counted_by_what_is_sent(here: Side) -> None:
    wrote(here, hours=1)
    say(here, "one", "two")
    with tenancy.scope(here.id):
        here.conversation.refresh_from_db()
        assert decide(here.conversation, Author(kind=AuthorKind.BOT)).rule in ("quota_used", "template_only")
    put(here, "two", state="failed")
    with tenancy.scope(here.id):
        assert decide(here.conversation).left == 1


def test_a_message_of_more_parts_than_are_left_is_not_half_sent(here: Side) -> None:
    wrote(here, hours=1)
    say(here, "one")
    with pytest.raises(Refused), tenancy.scope(here.id):
        send_message(here.conversation.pk, member(here), Draft(text="too long for one"), client_id=uuid4())
    with tenancy.scope(here.id):
        assert Delivery.objects.count() == 1
