"""A webhook that meets trouble of the database is not overtaken by the customer's next one (I3)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from apps.connections.models import Channel, ChannelState, ReceivedWebhook
from apps.conversations import inbox
from apps.conversations.models import Message
from apps.core import tenancy
from tests.platforms.telegram import updates
from tests.worlds import World


def said(number: int) -> dict[str, object]:
    return {**updates.message(text=f"#{number}"), "message_id": number}


def test_nothing_overtakes_a_webhook_that_met_a_lock(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = committed_world.filante
    with tenancy.scope(side.id):
        channel = Channel(platform="telegram", name="bot", state=ChannelState.LIVE, address="bot")
        channel.settings = {"username": "bot"}
        channel.save()
        for number in (1, 2):
            ReceivedWebhook.objects.create(
                channel=channel,
                dedup_key=str(number),
                received_at=timezone.now() - timedelta(seconds=10 - number),
                path="/",
                headers={},
                raw=json.dumps(updates.update("message", said(number), number)).encode(),
            )
    real, failures = inbox.receive_all, [2]

    def troubled(arrived: object) -> object:
        if failures[0]:
            failures[0] -= 1
            raise OperationalError("canceling statement due to lock timeout")
        return real(arrived)  # type: ignore[arg-type]

    monkeypatch.setattr(inbox, "receive_all", troubled)
    inbox.drain(seconds=1)
    inbox.drain(seconds=1)
    inbox.drain(seconds=5)
    with tenancy.scope(side.id):
        assert set(ReceivedWebhook.objects.values_list("state", "attempt")) == {("done", 1)}
        texts = Message.objects.filter(channel=channel).order_by("seq").values_list("text", flat=True)
        assert list(texts) == ["#1", "#2"]
