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
from apps.conversations import inbox
from apps.conversations.models import ContactAddress, Message
from apps.conversations.portion import STEPS
from apps.core import tenancy
from apps.platforms import base, registry
from apps.platforms.events import ContactLeft, Event, MessageReceived, Unreadable
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
        more: list[Event] = [broken(event) for _ in range(body.get("broken", 0))]
        more += [left(event)] if body.get("left") else []
        return [replace(event, pending={"at": body["ref"]} if body.get("by_reference") else None), *more]

    async def resolve(self, event: MessageReceived, *_: object) -> MessageReceived:
        self.asked.append(event.ref)
        return replace(event, text=f"{event.text}, whole", pending=None)


def broken(event: Event) -> Unreadable:
    return Unreadable(to="", address="", ref="", at=event.at, words="no 'sender'")


def left(event: Event) -> ContactLeft:
    return ContactLeft(to="", address=event.address, ref="left", at=event.at, reason="blocked")


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    platform = Post()
    monkeypatch.setattr(registry, "get", lambda slug: platform)
    return platform


@pytest.fixture
def channel(committed_world: World, post: Post) -> Channel:
    with tenancy.scope(committed_world.filante.id):
        return Channel.objects.create(platform="post", name="Post", state="live")


def arrive(here: Side, channel: Channel, *bodies: dict[str, Any], start: int = 0) -> None:
    with tenancy.scope(here.id):
        for number, body in enumerate(bodies, start):
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


def test_the_rest_of_a_webhook_counts(committed_world: World, channel: Channel) -> None:
    """And the webhook is kept with what it says, however often it is read."""
    here = committed_world.filante
    arrive(here, channel, {"text": "one"}, {"text": "two", "broken": 2}, {"text": "three"})
    for attempt in (1, 2):
        inbox.drain(seconds=5)
        assert texts(here, channel) == ["one", "two", "three"]
        assert webhooks(here)[1] == ("dead", attempt, "Malformed: 2 of 3: no 'sender'")
        read_again(here)


def test_what_is_read_again_says_nothing_of_how_things_stood(
    committed_world: World, channel: Channel, post: Post
) -> None:
    """The customer is back when an operator has the webhook read once more; what was missing is stored."""
    here = committed_world.filante
    arrive(here, channel, {"text": "one", "left": True, "broken": 1})
    inbox.drain(seconds=5)
    assert not reachable(here, channel)
    arrive(here, channel, {"text": "back", "ref": "r9"}, start=1)
    inbox.drain(seconds=5)
    read_again(here, {"text": "one", "from": "ana", "ref": "r5", "left": True})
    inbox.drain(seconds=5)
    assert texts(here, channel) == ["one", "back", "one"] and reachable(here, channel)
    assert webhooks(here)[0] == ("done", 2, "")


def read_again(here: Side, body: dict[str, Any] | None = None) -> None:
    """What an operator does; with `body`, as if the adapter had been mended."""
    with tenancy.scope(here.id):
        dead = ReceivedWebhook.objects.get(state="dead")
        dead.state, dead.raw = "new", json.dumps(body).encode() if body else dead.raw
        dead.due_at = timezone.now()
        dead.save()


def reachable(here: Side, channel: Channel) -> bool:
    with tenancy.scope(here.id):
        return ContactAddress.objects.get(channel=channel).reachable


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
    total = STEPS[-1] + 20
    arrive(here, channel, *({"text": f"n{number}"} for number in range(total)))
    assert inbox.drain(seconds=20) == total
    assert texts(here, channel) == [f"n{number}" for number in range(total)]
