"""/metrics of the real web process and the real worker: numbers of the queue, and never a tenant."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from apps.backoffice import figures, metrics, signs_of_life
from apps.backoffice.models import SignOfLife
from apps.connections.models import Channel, ChannelState, Health, ReceivedWebhook
from apps.conversations.models import AuthorKind, Delivery, DeliveryAttempt, DeliveryStatus
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.platforms import registry
from tests.ports import free_port
from tests.service import Service
from tests.stories.test_webhooks import telegram, update
from tests.worlds import Side, World, said

Samples = dict[tuple[str, ...], float]


def scrape(port: int) -> Samples:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    families = text_string_to_metric_families(text)
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture
def port() -> int:
    """Two in a row, for web and worker."""
    while True:
        with socket.socket() as one, socket.socket() as next_one, suppress(OSError):
            number = free_port()
            one.bind(("127.0.0.1", number))
            next_one.bind(("127.0.0.1", number + 1))
            return number


def test_both_processes_tell_their_numbers(committed_world: World, tmp_path: Path, port: int) -> None:
    late = _dead_letter(committed_world.filante)
    service = Service(tmp_path, {"METRICS_PORT": str(port)})
    try:
        service.start("web")
        before = scrape(port)
        assert before["comptoir_database_up",] == 1
        assert before["comptoir_queue_due", "webhooks"] == 1
        assert before["comptoir_queue_oldest_seconds", "webhooks"] > 30
        with pytest.raises(OSError, match="403"):
            urlopen(f"{service.url}/hooks/telegram/nobody/", data=b"{}", timeout=10)
        assert scrape(port)["comptoir_inbox_ack_seconds_count", "403"] == 1
        _letter(committed_world.filante)
        service.start("worker")
        _until_handled(committed_world.filante, late)
        after = scrape(port + 1)
        assert after["comptoir_webhooks_dead",] == 1
        assert after["comptoir_queue_due", "webhooks"] == 0
        assert after["comptoir_rls_denied_total",] == 0
        assert after["comptoir_wait_seconds_count", "webhooks"] >= 1
        assert {sign.role for sign in SignOfLife.objects.all()} == {"web", "worker"}
    finally:
        service.stop_all()


def _dead_letter(side: Side) -> ReceivedWebhook:
    with tenancy.scope(side.id):
        channel = Channel.objects.filter(platform="telegram").first() or Channel.objects.earliest(
            "created_at"
        )
        past = timezone.now() - timedelta(minutes=1)
        return ReceivedWebhook.objects.create(channel=channel, dedup_key="x", raw=b"no json", due_at=past)


def _letter(side: Side) -> None:
    """One that can be handled, and has waited longer than any other."""
    channel = telegram(side)
    past = timezone.now() - timedelta(minutes=2)
    with tenancy.scope(side.id):
        raw = json.dumps(update(1, "Bonjour")).encode()
        ReceivedWebhook.objects.create(channel=channel, dedup_key="1", raw=raw, due_at=past)


def _until_handled(side: Side, row: ReceivedWebhook) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with tenancy.scope(side.id):
            row.refresh_from_db()
        if row.state != "new":
            return
        time.sleep(0.2)
    raise AssertionError("the worker did not take the webhook")


def test_no_metric_names_a_tenant(committed_world: World, tmp_path: Path, port: int) -> None:
    service = Service(tmp_path, {"METRICS_PORT": str(port)})
    try:
        service.start("web")
        labels = {word for key in scrape(port) for word in key[1:]}
    finally:
        service.stop_all()
    for side in (committed_world.filante, committed_world.garance):
        assert not any(str(side.id) in word for word in labels)


def test_every_platform_s_outcomes_and_doubts_are_told(committed_world: World) -> None:
    """Of what went out, of what nobody knows and of senders that stopped; live channels by health."""
    for slug in registry.SLUGS:
        _sent_and_stopped(committed_world.filante, slug)
    told = collected()
    for slug in registry.SLUGS:
        assert told["comptoir_outcomes_last_minute", *sorted((slug, "sent"))] == 1, slug
        assert told["comptoir_outcomes_last_minute", *sorted((slug, "LeaseExpired"))] == 1, slug
        assert told["comptoir_unknown", slug] == 1, slug
        assert told["comptoir_channels", *sorted((slug, "good"))] >= 1, slug
    assert told["comptoir_sending",] == 0
    assert told["comptoir_breaker_open", "telegram"] == 0


def _sent_and_stopped(side: Side, slug: str) -> None:
    """One message was sent; of a second one the sender's lease ran out."""
    author = Author(kind=AuthorKind.MEMBER, membership=side.agent_membership)
    with tenancy.scope(side.id):
        facts = {"state": ChannelState.LIVE, "health": Health.GOOD, "address": f"ours on {slug}"}
        channel = Channel.objects.create(platform=slug, name=slug, **facts)
        handle = {"handle": {"msg_id": "1"}} if slug == "qq" else {}
        heard = receive(channel, replace(said("Bonjour", to=channel.address, address=f"at {slug}"), **handle))
        assert heard is not None
        for words, outcome, code in (("un", "sent", ""), ("deux", "Unknown", "lease")):
            message = send_message(heard.conversation_id, author, Draft(text=words), client_id=uuid4())
            delivery = message.deliveries.get()
            now = timezone.now()
            when = {"number": 1, "started_at": now, "ended_at": now}
            DeliveryAttempt.objects.create(delivery=delivery, outcome=outcome, code=code, **when)
            state = DeliveryStatus.UNKNOWN if code else DeliveryStatus.SENT
            Delivery.objects.filter(pk=delivery.pk).update(state=state)


def collected() -> Samples:
    """What this process would tell of the database."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in metrics.InDatabase().collect()
        for sample in family.samples
    }


def test_the_operator_s_role_may_ask_the_same(committed_world: World) -> None:
    ours = (figures.queues(), figures.figures(), figures.outcomes(60))
    with tenancy.operator():
        theirs = (figures.queues(), figures.figures(), figures.outcomes(60))
    assert ours == theirs
    connections["operator"].close()


def test_a_process_gives_one_sign_and_the_long_gone_are_forgotten(database: None) -> None:
    """Another process may give its own meanwhile: the simulators of tests/sandbox stay for a whole run."""
    signs = SignOfLife.objects.filter(name__in=["worker a:1", "web a:2"])
    signs_of_life.give("worker", "worker a:1")
    first = signs.get()
    signs_of_life.give("worker", "worker a:1")
    again = signs.get()
    assert (again.started_at, again.seen_at > first.seen_at) == (first.started_at, True)
    signs.update(seen_at=timezone.now() - signs_of_life.KEPT * 2)
    signs_of_life.give("web", "web a:2")
    assert [sign.name for sign in signs] == ["web a:2"]
