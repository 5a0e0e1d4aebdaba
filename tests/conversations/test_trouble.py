"""Refused credentials stop the channel, whichever call they are refused to; an end is told a week ahead."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from apps.connections import expiry, greet, health, renewal, templates
from apps.connections.models import Channel, Health, ReceivedWebhook
from apps.conversations import deliver, inbox, look, media, show_seen, show_typing
from apps.conversations.models import Attachment, ContactAddress, Conversation, Delivery
from apps.conversations.receive import receive
from apps.conversations.send import Author, AuthorKind
from apps.conversations.take_thread import take_thread
from apps.core import tenancy
from apps.platforms import base, events, registry
from apps.tenants.models import AuditEntry, User
from tests.conversations.lines import put, say
from tests.conversations.test_deliver import Postbox
from tests.worlds import Side, World, said


class Locked(Postbox):
    """A platform that refuses our credentials to everything, sending apart. Class R."""

    capabilities = base.Capabilities(
        text_limit=1000,
        media_limit=1000,
        typing_out=True,
        seen_out=True,
        can_find=True,
        takes_threads=True,
        retry_class=base.RetryClass.RECONCILED,
    )

    greeting_limits = base.GreetingLimits(welcome=100)

    async def refuse(self, *_: Any) -> Any:
        raise base.BadCredentials("token revoked")

    typing = seen = download = find = acknowledge = resolve = renew = templates = greet = take_thread = refuse

    def parse(self, request: base.Inbound, *_: object) -> list[events.Event]:
        return [replace(said("x", to=""), **json.loads(request.body))]


@pytest.fixture
def locked() -> Locked:
    return Locked()


@pytest.fixture
def here(committed_world: World, locked: Locked, monkeypatch: pytest.MonkeyPatch) -> Side:
    real = registry.get
    monkeypatch.setattr(registry, "get", lambda slug: locked if slug == "postbox" else real(slug))
    side = committed_world.filante
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="postbox")
    side.channel.platform = "postbox"
    return side


def fetch(here: Side) -> None:
    picture = events.MediaRef(kind=events.MediaKind.IMAGE, locator={"id": "x"})
    with tenancy.scope(here.id):
        receive(here.channel, replace(said("", to=here.channel.address), media=(picture,)))
    media.drain()


def come(here: Side, **facts: object) -> None:
    with tenancy.scope(here.id):
        raw = json.dumps(facts).encode()
        ReceivedWebhook.objects.create(
            channel=here.channel, dedup_key=str(facts), received_at=timezone.now(), raw=raw
        )
    inbox.drain(seconds=5)


def find(here: Side) -> None:
    say(here, "may have arrived")
    put(here, "may have arrived", state="unknown", settling_until=timezone.now() + timedelta(minutes=10))
    look.drain()


def list_templates(here: Side) -> None:
    with tenancy.scope(here.id), suppress(base.BadCredentials):
        templates.sync(here.channel)


def show_a_welcome(here: Side) -> None:
    with tenancy.scope(here.id), suppress(greet.Unfit):
        greet.greet(here.channel, base.Greeting(welcome="Bonjour"), actor="test")


def take_back(here: Side) -> None:
    with tenancy.scope(here.id), suppress(base.BadCredentials):
        ContactAddress.objects.update(thread_owner="another program")
        conversation = Conversation.objects.select_related("channel", "address").get(pk=here.conversation.pk)
        take_thread(conversation, Author(kind=AuthorKind.MEMBER, membership=here.agent_membership))


CALLS: dict[str, Callable[[Side], object]] = {
    "typing": lambda here: show_typing.show(here.id, here.conversation.pk, True),
    "seen": lambda here: show_seen.show(here.id, here.conversation.pk),
    "a file": fetch,
    "an acknowledgement": lambda here: come(here, ack={"id": "1"}),
    "what came by reference": lambda here: come(here, pending={"at": "x"}),
    "a look": find,
    "new credentials": lambda here: renewal.renew(here.id, here.channel),
    "templates": list_templates,
    "a greeting": show_a_welcome,
    "taking a thread": take_back,
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_refused_credentials_stop_the_channel_and_what_waits_waits(
    here: Side, call: Callable[[Side], object]
) -> None:
    say(here, "waits")
    call(here)
    with tenancy.scope(here.id):
        channel = Channel.objects.get(pk=here.channel.pk)
        assert (channel.health, channel.health_words) == ("broken", "token revoked")
        assert Delivery.objects.get(part__text="waits").state == "queued"


def test_a_refused_send_waits_however_old_it_is(here: Side, locked: Locked) -> None:
    say(here, "waits")
    put(here, "waits", created_at=timezone.now() - timedelta(days=3))
    locked.answers = [base.BadCredentials("token revoked")]
    deliver.drain(seconds=2)
    with tenancy.scope(here.id):
        channel, waiting = Channel.objects.get(pk=here.channel.pk), Delivery.objects.get()
        assert (channel.health, waiting.state, waiting.attempt) == ("broken", "queued", 0)
        health.checked(channel, Health.GOOD, "")
    deliver.drain(seconds=5)
    assert locked.got == ["waits"]


@pytest.mark.parametrize(("days", "state"), [(0, "pending"), (2, "failed")])
def test_a_file_waits_a_day_for_new_credentials(here: Side, days: int, state: str) -> None:
    fetch(here)
    with tenancy.scope(here.id):
        since = timezone.now() - timedelta(days=days)
        Attachment.objects.update(attempt=20, due_at=timezone.now(), created_at=since)
    media.drain()
    with tenancy.scope(here.id):
        assert Attachment.objects.get().state == state


@pytest.mark.parametrize(("days", "state"), [(0, "new"), (2, "dead")])
def test_what_came_by_reference_waits_a_day_for_new_credentials(here: Side, days: int, state: str) -> None:
    come(here, pending={"at": "x"})
    with tenancy.scope(here.id):
        since = timezone.now() - timedelta(days=days)
        ReceivedWebhook.objects.update(attempt=20, due_at=timezone.now(), received_at=since)
    inbox.drain(seconds=5)
    with tenancy.scope(here.id):
        assert ReceivedWebhook.objects.get().state == state


def test_an_end_is_told_a_week_ahead_and_once(committed_world: World) -> None:
    here, there = committed_world.filante, committed_world.garance
    for side, days in ((here, 6), (there, 8)):
        with tenancy.scope(side.id):
            Channel.objects.update(expires_at=timezone.now() + timedelta(days=days))
    assert (expiry.sweep(), expiry.sweep()) == (1, 0)
    for side, told in ((here, 1), (there, 0)):
        with tenancy.scope(side.id):
            assert AuditEntry.objects.filter(action="channel.expiring").count() == told
            assert expiry.ends_soon(Channel.objects.get(pk=side.channel.pk)) is bool(told)


def ends_in(side: Side, days: int) -> None:
    with tenancy.scope(side.id):
        Channel.objects.update(expires_at=timezone.now() + timedelta(days=days))


def test_only_the_owners_are_mailed_and_in_their_language(committed_world: World) -> None:
    here = committed_world.filante
    User.objects.filter(pk=here.owner.pk).update(locale="en")
    ends_in(here, 6)
    expiry.sweep()
    [letter] = mail.outbox
    assert letter.to == ["alice@example.com"]
    assert letter.subject.startswith("Filante: the keys of “Filante site” end on ")
    assert f"/{here.slug}/setup/channels/{here.channel.pk}/" in letter.body
    assert "Garance" not in letter.subject + str(letter.body)


def test_a_mail_server_that_is_away_is_asked_again(committed_world: World, settings: Any) -> None:
    here, there = committed_world.filante, settings.EMAIL_BACKEND
    ends_in(here, 6)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert expiry.sweep() == 0
    with tenancy.scope(here.id):
        assert not AuditEntry.objects.filter(action="channel.expiring").exists()
    settings.EMAIL_BACKEND = there
    assert expiry.sweep() == 1
    assert len(mail.outbox) == 1
