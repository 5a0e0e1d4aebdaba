"""The operators' first page tells what is stuck, where, and which process is silent; never what was said."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from apps.backoffice import signs_of_life
from apps.backoffice.models import SignOfLife
from apps.connections.models import Channel, Health
from apps.conversations.models import AuthorKind, Delivery, DeliveryAttempt, DeliveryStatus
from apps.conversations.send import Author, Draft, send_message
from apps.core import measured, tenancy
from tests.backoffice.conftest import Operator
from tests.worlds import Side, World


def test_it_names_trouble_of_every_business_and_silent_processes(
    committed_world: World, olga: Operator
) -> None:
    for side in (committed_world.filante, committed_world.garance):
        _trouble(side)
    signs_of_life.give("worker", "worker desk:7")
    SignOfLife.objects.update(seen_at=timezone.now() - signs_of_life.QUIET * 2)
    measured.waited("webhooks", 1.25)
    measured.RESYNCS.labels("console").inc()
    signs_of_life.give("web", "web desk:8")
    page = olga.browser.get("/admin/live/")
    live = page.context["live"]
    assert [line.value for line in live["lines"]] == [0, 2, 2, 2]
    assert [(platform.sent, platform.others) for platform in live["platforms"]] == [
        (2, [("LeaseExpired", 2)])
    ]
    assert [(process.name, process.silent) for process in live["processes"]] == [
        ("desk:8", False),
        ("desk:7", True),
    ]
    process = live["processes"][0]
    assert (process.waited, process.resyncs) == (measured.latest_waits(), measured.resyncs())
    assert f"<td>{process.resyncs}</td></tr>" in page.content.decode()
    assert [channel["words"] for channel in live["channels"]] == ["token refused"] * 2
    assert "plus d’internet" not in page.content.decode()


def _trouble(side: Side) -> None:
    """One message went out, one's sender stopped; the channel is stopped and paused."""
    now = timezone.now()
    with tenancy.scope(side.id):
        author = Author(kind=AuthorKind.MEMBER, membership=side.agent_membership)
        send_message(side.conversation.pk, author, Draft(text="plus d’internet"), client_id=uuid4())
        delivery = Delivery.objects.get()
        for number, (outcome, code) in enumerate([("sent", ""), ("Unknown", "lease")], start=1):
            DeliveryAttempt.objects.create(
                delivery=delivery, number=number, started_at=now, ended_at=now, outcome=outcome, code=code
            )
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryStatus.UNKNOWN)
        Channel.objects.filter(pk=delivery.channel_id).update(
            health=Health.BROKEN,
            health_words="token refused",
            health_at=now,
            paused_until=now + timedelta(minutes=5),
        )


def test_it_asks_for_itself_again(olga: Operator) -> None:
    words = olga.browser.get("/admin/").content.decode()
    assert 'hx-get="/admin/live/" hx-trigger="every 10s"' in words
    assert olga.browser.post("/admin/live/").status_code == 405
