"""When parts die under traffic: nothing is lost, nothing is doubled, what is unknown is shown."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations.models import AuthorKind, Conversation, Delivery, Message
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.core.embedded import Redis
from tests.service import Service
from tests.stories.provider import Provider, running_provider
from tests.stories.test_webhooks import post_all, telegram, update, wait_for
from tests.worlds import Side, World


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


def connected(here: Side, provider: Provider) -> Channel:
    channel = telegram(here)
    with tenancy.scope(here.id):
        channel.settings = {**channel.settings, "base_url": provider.url}
        channel.save()
    return channel


def customer_writes(service: Service, channel: Channel, number: int, text: str) -> list[int]:
    url = f"{service.url}/hooks/telegram/{channel.key}/"
    return asyncio.run(post_all(url, [update(number, text)]))


def conversation_of(here: Side, channel: Channel) -> Conversation:
    with tenancy.scope(here.id):
        wait_for(lambda: Conversation.objects.filter(channel=channel).exists())
        return Conversation.objects.get(channel=channel)


def reply(here: Side, conversation: Conversation, text: str) -> None:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    with tenancy.scope(here.id):
        send_message(conversation.pk, author, Draft(text=text), client_id=uuid4())


def states(here: Side) -> list[tuple[str, str]]:
    with tenancy.scope(here.id):
        return list(Delivery.objects.order_by("seq").values_list("part__text", "state"))


def arrived(here: Side, channel: Channel) -> int:
    with tenancy.scope(here.id):
        return Message.objects.filter(channel=channel, direction="in").count()


def test_a_worker_killed_while_sending(committed_world: World, service: Service, provider: Provider) -> None:
    """I5 on class N: the message may have arrived, so a person decides; what follows goes on."""
    here = committed_world.filante
    channel = connected(here, provider)
    assert customer_writes(service, channel, 1, "Bonjour") == [200]
    conversation = conversation_of(here, channel)
    provider.script = ["hang"]
    reply(here, conversation, "première")
    reply(here, conversation, "deuxième")
    assert provider.seen.wait(15)
    service.stop("worker", signal.SIGKILL)
    assert states(here) == [("première", "sending"), ("deuxième", "queued")]
    with tenancy.scope(here.id):  # sixty seconds later
        Delivery.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
    service.start("worker")
    wait_for(lambda: states(here) == [("première", "unknown"), ("deuxième", "sent")], 30)
    assert provider.accepted == ["première", "deuxième"]


def test_sigterm_finishes_what_is_being_sent(
    committed_world: World, service: Service, provider: Provider
) -> None:
    here = committed_world.filante
    channel = connected(here, provider)
    assert customer_writes(service, channel, 1, "Bonjour") == [200]
    conversation = conversation_of(here, channel)
    provider.script = ["slow"]
    reply(here, conversation, "en route")
    reply(here, conversation, "pas encore partie")
    assert provider.seen.wait(15)
    service.stop("worker")
    assert states(here) == [("en route", "sent"), ("pas encore partie", "queued")]
    service.start("worker")
    wait_for(lambda: provider.accepted == ["en route", "pas encore partie"], 20)


def test_answers_lost_after_acceptance_are_not_repeated(
    committed_world: World, service: Service, provider: Provider
) -> None:
    here = committed_world.filante
    channel = connected(here, provider)
    assert customer_writes(service, channel, 1, "Bonjour") == [200]
    conversation = conversation_of(here, channel)
    provider.script = ["reset", "500", "ok"]
    for text in ("un", "deux", "trois"):
        reply(here, conversation, text)
    wait_for(lambda: states(here) == [("un", "unknown"), ("deux", "unknown"), ("trois", "sent")], 30)
    assert provider.accepted == ["un", "trois"]


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    with TemporaryDirectory(prefix="comptoir-redis-") as folder:
        redis = Redis(Path(folder))
        redis.start()
        yield redis
        redis.stop()


def test_redis_stopped_during_traffic(
    committed_world: World, database: None, tmp_path: Path, own_redis: Redis, provider: Provider
) -> None:
    """I4: intake answers 200 throughout, messages go in and out, nothing is lost when it is back, empty."""
    here = committed_world.filante
    service = Service(tmp_path, {"REDIS_URL": own_redis.url})
    try:
        service.start("web")
        service.start("worker")
        channel = connected(here, provider)
        assert customer_writes(service, channel, 1, "avant") == [200]
        conversation = conversation_of(here, channel)
        own_redis.stop()
        with urlopen(f"{service.url}/readyz", timeout=5) as answer:
            assert json.load(answer) == {"ready": True, "degraded": True}
        for number in range(2, 12):
            assert customer_writes(service, channel, number, f"pendant {number}") == [200]
        reply(here, conversation, "réponse pendant la panne")
        wait_for(lambda: arrived(here, channel) == 11, 20)
        wait_for(lambda: provider.accepted == ["réponse pendant la panne"], 20)
        own_redis.start()
        assert customer_writes(service, channel, 12, "après") == [200]
        wait_for(lambda: arrived(here, channel) == 12, 20)
    finally:
        service.stop_all()
