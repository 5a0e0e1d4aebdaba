"""The log and the record of tries stop growing; history stays, and so does what is young or not settled."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db.models import Max
from django.utils import timezone

from apps.console.event_words import TOLD
from apps.console.live import replay
from apps.console.live.batch import Order
from apps.conversations import forget, stream
from apps.conversations.models import AuthorKind, Delivery, DeliveryAttempt, StreamEvent
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.conversations.stream import Kind
from apps.core import tenancy
from apps.core.ids import least_id
from tests.console.live.seats import Counting
from tests.worlds import Side, World, said

SHOWN = TOLD | {Kind.MESSAGE_RECEIVED, Kind.MESSAGE_SENT, Kind.NOTE_WRITTEN}  # what pages read
STATES = ("sent", "failed", "queued", "unknown")


def test_of_an_old_log_the_history_stays(committed_world: World) -> None:
    sides = (committed_world.filante, committed_world.garance)
    whole = {side.slug: _log(side, days=31) for side in sides}
    fresh = {side.slug: _log(side, days=29) for side in sides}
    assert forget.sweep() > 0
    assert forget.sweep() == 0
    for side in sides:
        history = [(seq, kind) for seq, kind in whole[side.slug] if kind in SHOWN]
        assert _kept(side) == [*history, *fresh[side.slug]]
        with tenancy.scope(side.id):
            assert stream.span() == (whole[side.slug][-1][0], fresh[side.slug][-1][0])


def test_one_business_is_never_read_for_another(committed_world: World) -> None:
    """One has a log that is old, the other's numbers are the same and young."""
    old, young = committed_world.filante, committed_world.garance
    _log(old, days=31)
    theirs = _log(young, days=1)
    forget.sweep()
    assert _kept(young) == theirs
    with tenancy.scope(young.id):
        assert stream.span()[0] == 0


def test_a_week_is_kept_whatever_the_settings_say(committed_world: World, settings: Any) -> None:
    settings.LOG_KEPT_DAYS = settings.ATTEMPTS_KEPT_DAYS = 0
    side = committed_world.filante
    _tried(side, "sent", days=6)
    log = _log(side, days=6)
    assert forget.sweep() == 0
    assert _kept(side) == log


def test_who_comes_back_from_the_forgotten_part_fetches_afresh(committed_world: World) -> None:
    """Between two events of the history as well."""
    side = committed_world.filante
    log = _log(side, days=31)
    _log(side, days=1)
    forget.sweep()
    with tenancy.scope(side.id):
        head = stream.head()
        replay.page(Order(frozenset(["en"])), Counting(), log[-1][0], head)
        for seq in range(log[-1][0]):
            with pytest.raises(replay.Gap):
                replay.page(Order(frozenset(["en"])), Counting(), seq, head)


def test_tries_of_what_is_settled_are_forgotten(committed_world: World) -> None:
    sides = (committed_world.filante, committed_world.garance)
    for side in sides:
        for state in STATES:
            _tried(side, state, days=91)
            _tried(side, state, days=89)
    forget.sweep()
    for side in sides:
        with tenancy.scope(side.id):
            left = DeliveryAttempt.objects.values_list("delivery__state", "number")
            assert sorted(left) == sorted(
                [*((state, 89) for state in STATES), ("queued", 91), ("unknown", 91)]
            )


def test_each_kind_of_event_is_history_or_forgotten() -> None:
    """A new kind is thought of here: the function names what it may take away."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as login:
        query = "SELECT prosrc FROM pg_proc WHERE proname = 'queue_forget_events'"
        (source,) = login.execute(query).fetchone() or ("",)
    forgotten = set(re.findall(r"'([A-Z]\w+)'", source))
    assert forgotten | set(SHOWN) == set(Kind)
    assert forgotten & set(SHOWN) == set()


def _log(side: Side, *, days: int) -> list[tuple[int, str]]:
    """A message and what became of it: with all that happened today before it, so many days ago."""
    with tenancy.scope(side.id):
        old = StreamEvent.objects.filter(at__lt=timezone.now() - timedelta(hours=12))
        before = old.aggregate(last=Max("seq"))["last"] or 0
        receive(side.channel, said("Toujours rien", to=side.channel.address))
    with tenancy.scope(side.id):
        for kind in (Kind.CONVERSATION_READ, Kind.DELIVERY_CHANGED, Kind.MESSAGE_EDITED):
            stream.record(kind, side.conversation)
    with psycopg.connect(os.environ["DATABASE_URL"]) as login:  # the application may not change the log
        login.execute("SELECT set_config('app.tenant_id', %s, true)", [str(side.id)])
        at = timezone.now() - timedelta(days=days)
        change = "UPDATE conversations_streamevent SET at = %s WHERE tenant_id = %s AND seq > %s"
        login.execute(change, [at, side.id, before])
    return [(seq, kind) for seq, kind in _kept(side) if seq > before]


def _kept(side: Side) -> list[tuple[int, str]]:
    with tenancy.scope(side.id):
        return list(StreamEvent.objects.order_by("seq").values_list("seq", "kind"))


def _tried(side: Side, state: str, *, days: int) -> None:
    at = timezone.now() - timedelta(days=days)
    author = Author(kind=AuthorKind.MEMBER, membership=side.agent_membership)
    with tenancy.scope(side.id):
        message = send_message(side.conversation.pk, author, Draft(text="Bonjour"), client_id=uuid4())
        delivery = Delivery.objects.get(message=message)
        Delivery.objects.filter(pk=delivery.pk).update(state=state)
        pk = least_id(at)
        DeliveryAttempt.objects.create(
            id=type(pk)(int=pk.int + delivery.pk.int % 2**62),
            delivery=delivery, number=days, started_at=at, ended_at=at, outcome="sent",
        )  # fmt: skip
