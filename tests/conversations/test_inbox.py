"""Webhooks of one tenant: one that cannot be handled is set aside alone, order is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.utils import timezone

from apps.connections.models import Channel, ReceivedWebhook
from apps.conversations import due, inbox
from apps.conversations.models import Message
from apps.core import tenancy
from apps.platforms import base, registry
from apps.platforms.events import Event, MessageReceived
from tests.worlds import Side, World, said


class Post:
    """A platform whose messages may come by reference; it knows whom it was asked about."""

    slug = name = "post"
    credentials: ClassVar[Sequence[base.Credential]] = ()
    permissions: ClassVar[Sequence[str]] = ()
    stands_in_for: ClassVar[frozenset[str]] = frozenset()
    capabilities = base.Capabilities(text_limit=1000, media_limit=1000)

    def __init__(self) -> None:
        self.asked: list[str] = []

    def parse(self, request: base.Inbound, *_: object) -> Sequence[Event]:
        body = json.loads(request.body)
        if body["text"] == "unreadable":
            raise base.Malformed("nobody can read this")
        event = said(body["text"], to="", address=body["from"], ref=body["ref"])
        return [replace(event, pending={"at": body["ref"]} if body.get("by_reference") else None)]

    async def resolve(self, event: MessageReceived, *_: object) -> MessageReceived:
        self.asked.append(event.ref)
        return replace(event, text=f"{event.text}, whole", pending=None)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    platform = Post()
    monkeypatch.setattr(registry, "get", lambda slug: platform)
    return platform


@pytest.fixture
def channel(committed_world: World, post: Post) -> Channel:
    with tenancy.scope(committed_world.filante.id):
        return Channel.objects.create(platform="post", name="Post", state="live")


def arrive(here: Side, channel: Channel, *bodies: dict[str, Any]) -> None:
    with tenancy.scope(here.id):
        for number, body in enumerate(bodies):
            ReceivedWebhook.objects.create(
                channel=channel,
                dedup_key=str(number),
                received_at=timezone.now() + timedelta(milliseconds=number),
                raw=json.dumps({"from": "ana", "ref": f"r{number}", **body}).encode(),
            )


def texts(here: Side, channel: Channel) -> list[str]:
    with tenancy.scope(here.id):
        return list(Message.objects.filter(channel=channel).order_by("seq").values_list("text", flat=True))


def webhooks(here: Side) -> list[tuple[str, int, str]]:
    with tenancy.scope(here.id):
        rows = ReceivedWebhook.objects.order_by("dedup_key")
        return list(rows.values_list("state", "attempt", "error"))


@pytest.mark.parametrize(
    ("poison", "kept"),
    [
        ({"text": "x", "from": "a" * 600}, ("new", 1, "DataError")),
        ({"text": "unreadable"}, ("dead", 1, "Malformed: nobody can read this")),
    ],
)
def test_what_cannot_be_handled_is_set_aside_alone(
    committed_world: World, channel: Channel, poison: dict[str, Any], kept: tuple[str, int, str]
) -> None:
    here = committed_world.filante
    arrive(here, channel, {"text": "one"}, poison, {"text": "two"})
    assert inbox.drain(seconds=5) == 3
    assert texts(here, channel) == ["one", "two"]
    assert webhooks(here) == [("done", 1, ""), kept, ("done", 1, "")]


def test_what_comes_by_reference_keeps_its_place(
    committed_world: World, channel: Channel, post: Post
) -> None:
    here = committed_world.filante
    referring = {"text": "two", "by_reference": True}
    arrive(here, channel, {"text": "one"}, referring, {"text": "three"}, {**referring, "text": "four"})
    assert inbox.drain(seconds=5) == 4
    assert texts(here, channel) == ["one", "two, whole", "three", "four, whole"]
    assert post.asked == ["r1", "r3"]


def test_more_than_a_batch_is_handled_once_and_in_order(committed_world: World, channel: Channel) -> None:
    here = committed_world.filante
    total = due.BATCH + 20
    arrive(here, channel, *({"text": f"n{number}"} for number in range(total)))
    assert inbox.drain(seconds=20) == total
    assert texts(here, channel) == [f"n{number}" for number in range(total)]
