"""A tenant whose stored secrets cannot be opened: the others notice nothing, nothing is lost."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.connections import vault
from apps.connections.models import Channel, ChannelSecret, ChannelState, Health, ReceivedWebhook
from apps.conversations import arrivals, deliver, inbox, media
from apps.conversations.models import Attachment, AuthorKind, Conversation, Delivery, Message
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.platforms.events import MediaKind, MediaRef
from tests.webhooks.asked import hook
from tests.worlds import Side, World, said

TOKEN = "123456:AAE-unreachable"
NOWHERE = "http://127.0.0.1:9"  # nobody is there
SAID = "what is stored of this channel cannot be opened"


def telegram(here: Side) -> Channel:
    with tenancy.scope(here.id):
        settings = {"username": "acme_bot", "base_url": NOWHERE}
        channel = Channel(platform="telegram", name="Bot", state=ChannelState.LIVE, settings=settings)
        channel.address = "acme_bot"
        channel.save()
        vault.store(channel, "token", TOKEN)
        return channel


def write(here: Side, channel: Channel, number: int) -> None:
    ana = {"id": 77, "is_bot": False, "first_name": "Ana"}
    message = {"message_id": number, "date": 1, "chat": {"id": 77, "type": "private"}, "from": ana}
    body = {"update_id": number, "message": {**message, "text": "Bonjour"}}
    with tenancy.scope(here.id):
        ReceivedWebhook.objects.create(
            channel=channel,
            dedup_key=str(number),
            received_at=timezone.now(),
            path="/",
            headers={},
            raw=json.dumps(body).encode(),
        )


def spoil(here: Side, *, back: bytes | None = None) -> bytes:
    with tenancy.scope(here.id):
        secret = ChannelSecret.objects.get(field="token")
        before = bytes(secret.ciphertext)
        secret.ciphertext = back or bytes(len(before))
        secret.save()
        return before


@pytest.fixture
def spoiled(committed_world: World) -> World:
    """Both have a bot that was written to; the secrets of both sides in turn are spoiled by the test."""
    for here in (committed_world.filante, committed_world.garance):
        write(here, telegram(here), 1)
    return committed_world


def texts(here: Side) -> list[str]:
    with tenancy.scope(here.id):
        return list(Message.objects.filter(channel__platform="telegram").values_list("text", flat=True))


def test_a_webhook_is_asked_to_come_again(spoiled: World) -> None:
    spoil(spoiled.filante)
    with tenancy.scope(spoiled.filante.id):
        key = Channel.objects.get(platform="telegram").key
    answer = hook(f"/hooks/telegram/{key}/", b'{"update_id": 2}')
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("whose", ["filante", "garance"])
def test_webhooks_of_the_others_are_handled(spoiled: World, whose: str) -> None:
    broken = getattr(spoiled, whose)
    before = spoil(broken)
    inbox.drain(seconds=5)
    assert {side.slug: texts(side) for side in (spoiled.filante, spoiled.garance)} == {
        "filante": [] if whose == "filante" else ["Bonjour"],
        "garance": [] if whose == "garance" else ["Bonjour"],
    }
    with tenancy.scope(broken.id):
        assert ReceivedWebhook.objects.get().error == f"BadCredentials: {SAID}"
        ReceivedWebhook.objects.update(due_at=timezone.now())
    spoil(broken, back=before)
    inbox.drain(seconds=5)
    assert texts(broken) == ["Bonjour"]


def reply(here: Side) -> Delivery:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    with tenancy.scope(here.id):
        conversation = Conversation.objects.get(channel__platform="telegram")
        send_message(conversation.pk, author, Draft(text="Oui"), client_id=uuid4())
        return Delivery.objects.get(conversation=conversation)


def test_replies_wait_and_those_of_the_others_are_tried(spoiled: World) -> None:
    inbox.drain(seconds=5)
    deliveries = {side.slug: reply(side) for side in (spoiled.filante, spoiled.garance)}
    spoil(spoiled.filante)
    deliver.drain(seconds=3)
    found = {}
    for side in (spoiled.filante, spoiled.garance):
        with tenancy.scope(side.id):
            row = Delivery.objects.select_related("channel").get(pk=deliveries[side.slug].pk)
            found[side.slug] = (row.state, row.code, row.channel.health)
    assert found == {
        "filante": ("queued", "", Health.BROKEN),
        "garance": ("queued", "not_connected", Health.UNKNOWN),
    }


def test_files_are_fetched_later(spoiled: World) -> None:
    here = spoiled.filante
    inbox.drain(seconds=5)
    with tenancy.scope(here.id):
        channel = Channel.objects.get(platform="telegram")
        photo = MediaRef(kind=MediaKind.IMAGE, locator={"file_id": "a"})
        message = receive(channel, said("", to="acme_bot", address="77"))
        assert message is not None
        Attachment.objects.create(
            conversation=message.conversation,
            message=message,
            kind=photo.kind,
            locator=vault.seal(arrivals.LOCATOR, json.dumps(dict(photo.locator)).encode()),
        )
    spoil(here)
    assert media.drain() == 1
    with tenancy.scope(here.id):
        attachment = Attachment.objects.get()
        assert (attachment.state, attachment.error) == ("pending", SAID)


def test_a_reply_that_lost_its_file_fails_alone(spoiled: World) -> None:
    inbox.drain(seconds=5)
    delivery = reply(spoiled.filante)
    with tenancy.scope(spoiled.filante.id):
        Delivery.objects.filter(pk=delivery.pk).update(part={**delivery.part, "kind": "media", "media": 0})
    deliver.drain(seconds=3)
    with tenancy.scope(spoiled.filante.id):
        row = Delivery.objects.get(pk=delivery.pk)
        assert (row.state, row.words) == ("failed", "internal: DoesNotExist")
