"""The door of the platforms under repetition: I1 and I2 on the running service."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from apps.connections import vault
from apps.connections.models import Channel, ReceivedWebhook
from apps.conversations import inbox
from apps.conversations.models import Conversation, Message
from apps.core import tenancy
from tests.service import Service
from tests.worlds import Side, World

SECRET = "telegram-secret"


def telegram(here: Side) -> Channel:
    with tenancy.scope(here.id):
        channel = Channel.objects.create(platform="telegram", name="TG", state="live", address="filante_bot")
        channel.settings = {"username": "filante_bot"}
        channel.save()
        vault.store(channel, "token", f"42:{'A' * 35}")
        vault.store(channel, "webhook_secret", SECRET)
        return channel


def update(number: int, text: str) -> dict[str, Any]:
    ana = {"id": 9, "is_bot": False, "first_name": "Ana", "language_code": "fr"}
    chat = {"id": 9, "type": "private", "first_name": "Ana"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": ana, "text": text}
    return {"update_id": number, "message": message}


async def post_all(url: str, bodies: list[dict[str, Any]], secret: str = SECRET) -> list[int]:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}

    async def post(session: aiohttp.ClientSession, body: dict[str, Any]) -> int:
        async with session.post(url, json=body, headers=headers) as answer:
            return answer.status

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(post(session, body) for body in bodies))


def wait_for(condition: Any, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@pytest.mark.advisory("S22", "Standard Webhooks")
def test_the_same_webhook_fifty_times_at_once_is_one_message(
    committed_world: World, service: Service
) -> None:
    here = committed_world.filante
    channel = telegram(here)
    url = f"{service.url}/hooks/telegram/{channel.key}/"
    statuses = asyncio.run(post_all(url, [update(7, "une seule fois")] * 50))
    assert statuses == [200] * 50

    def arrived() -> bool:
        with tenancy.scope(here.id):
            return Message.objects.filter(channel=channel).exists()

    wait_for(arrived)
    inbox.drain()
    with tenancy.scope(here.id):
        assert ReceivedWebhook.objects.filter(channel=channel).count() == 1
        assert Message.objects.filter(channel=channel).count() == 1
        assert Conversation.objects.filter(channel=channel).count() == 1


def test_a_burst_keeps_its_order_and_its_seq_has_no_gaps(committed_world: World, service: Service) -> None:
    """I3."""
    here = committed_world.filante
    channel = telegram(here)
    url = f"{service.url}/hooks/telegram/{channel.key}/"

    async def one_after_the_other() -> None:
        for number in range(1, 31):
            assert await post_all(url, [update(number, f"n{number}")]) == [200]

    asyncio.run(one_after_the_other())

    def seen() -> int:
        with tenancy.scope(here.id):
            return Message.objects.filter(channel=channel).count()

    wait_for(lambda: seen() == 30)
    with tenancy.scope(here.id):
        rows = Message.objects.filter(channel=channel).order_by("seq").values_list("seq", "text")
        assert list(rows) == [(number, f"n{number}") for number in range(1, 31)]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x"])
def test_a_forged_webhook_leaves_nothing(committed_world: World, service: Service, secret: str) -> None:
    here = committed_world.filante
    channel = telegram(here)
    forged = asyncio.run(post_all(f"{service.url}/hooks/telegram/{channel.key}/", [update(1, "x")], secret))
    unknown = asyncio.run(post_all(f"{service.url}/hooks/telegram/nobody/", [update(1, "x")], secret))
    assert (forged, unknown) == ([403], [403])
    with tenancy.scope(here.id):
        assert ReceivedWebhook.objects.count() == 0
