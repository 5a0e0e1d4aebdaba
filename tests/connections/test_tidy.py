"""What crossed the wire long ago is forgotten; what may come again, waits or is dead stays."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.connections import tidy
from apps.connections.models import PlatformCall, ReceivedWebhook
from apps.core import tenancy
from apps.core.ids import least_id, new_id
from tests.worlds import Side, World


def crossed(side: Side, name: str, *, days: int, state: str = "done") -> None:
    at = timezone.now() - timedelta(days=days)
    pk = least_id(at)
    pk = type(pk)(int=pk.int + side.id.int % 2**62)
    with tenancy.scope(side.id):
        ReceivedWebhook.objects.create(
            id=pk, channel=side.channel, dedup_key=name, received_at=at, raw=b"", state=state
        )
        PlatformCall.objects.create(id=pk, channel=side.channel, at=at, operation=name, outcome="sent")


def left(side: Side) -> tuple[list[str], list[str]]:
    with tenancy.scope(side.id):
        webhooks = ReceivedWebhook.objects.order_by("dedup_key").values_list("dedup_key", flat=True)
        calls = PlatformCall.objects.order_by("operation").values_list("operation", flat=True)
        return list(webhooks), list(calls)


def test_old_traffic_is_forgotten(committed_world: World) -> None:
    sides = (committed_world.filante, committed_world.garance)
    for side in sides:
        crossed(side, "old", days=31)
        crossed(side, "dead", days=40, state="dead")
        crossed(side, "waiting", days=50, state="new")
        crossed(side, "may come again", days=9)
    assert (tidy.sweep(), tidy.sweep()) == (8, 0)
    expected = (["dead", "may come again", "waiting"], ["may come again"])
    assert {side.slug: left(side) for side in sides} == {side.slug: expected for side in sides}


def test_keys_are_ordered_by_time() -> None:
    now = timezone.now()
    assert least_id(now - timedelta(seconds=1)) < new_id() < least_id(now + timedelta(minutes=1))
