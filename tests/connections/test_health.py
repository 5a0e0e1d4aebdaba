"""Outcomes and what they do to a channel."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.connections import health
from apps.connections.models import Channel, Health
from apps.core import tenancy
from tests.worlds import Side, World


def fresh(channel: Channel) -> Channel:
    return Channel.objects.get(pk=channel.pk)


def test_the_fifth_error_in_a_row_opens_the_breaker(filante: Side) -> None:
    with tenancy.scope(filante.id):
        for _ in range(health.BREAKER_FAILURES - 1):
            health.transport_failed(filante.channel, "no connection")
        assert (fresh(filante.channel).paused_until, fresh(filante.channel).health) == (None, Health.UNKNOWN)
        health.transport_failed(filante.channel, "no connection")
        opened = fresh(filante.channel)
        assert (opened.health, opened.health_words) == (Health.TROUBLED, "no connection")
        assert opened.paused_until is not None
        pause = (opened.paused_until - timezone.now()).total_seconds()
        assert 20 < pause < 40


def test_after_the_pause_one_more_error_opens_it_again(filante: Side) -> None:
    with tenancy.scope(filante.id):
        for _ in range(health.BREAKER_FAILURES):
            health.transport_failed(filante.channel)
        Channel.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
        health.transport_failed(filante.channel)
        paused = fresh(filante.channel).paused_until
        assert paused is not None and paused > timezone.now()


def test_a_success_closes_it(filante: Side) -> None:
    with tenancy.scope(filante.id):
        for _ in range(3):
            health.transport_failed(filante.channel)
        health.sent_ok(filante.channel.pk)
        sound = fresh(filante.channel)
        assert (sound.failures, sound.health) == (0, Health.GOOD)


def test_a_busy_channel_is_not_written_at_every_message(filante: Side) -> None:
    with tenancy.scope(filante.id):
        health.sent_ok(filante.channel.pk)
        health.received(filante.channel)
        first = fresh(filante.channel)
        health.sent_ok(filante.channel.pk)
        health.received(filante.channel)
        second = fresh(filante.channel)
        assert (first.last_sent_at, first.last_received_at) == (second.last_sent_at, second.last_received_at)


def test_throttling_pauses_as_long_as_asked_and_never_less(filante: Side) -> None:
    with tenancy.scope(filante.id):
        for seconds in (60, 5, 10**9):
            health.throttled(filante.channel, seconds)
            paused = fresh(filante.channel).paused_until
            assert paused is not None
            ahead = (paused - timezone.now()).total_seconds()
            assert 55 < ahead <= health.LONGEST_PAUSE
        assert fresh(filante.channel).health == Health.UNKNOWN


def test_refused_credentials_stay_broken_until_someone_acts(filante: Side) -> None:
    with tenancy.scope(filante.id):
        health.credentials_refused(filante.channel, "Token expired")
        first = fresh(filante.channel)
        health.credentials_refused(filante.channel, "Token expired")
        for _ in range(health.BREAKER_FAILURES):
            health.transport_failed(filante.channel)
        broken = fresh(filante.channel)
        assert (broken.health, broken.health_words) == (Health.BROKEN, "Token expired")
        assert broken.health_at == first.health_at


def test_another_tenants_channel_is_out_of_reach(world: World) -> None:
    with tenancy.scope(world.garance.id):
        health.sent_ok(world.filante.channel.pk)
        for harm in (health.transport_failed, health.received):
            harm(world.filante.channel)
    with tenancy.scope(world.filante.id):
        untouched = fresh(world.filante.channel)
        assert (untouched.health, untouched.failures, untouched.last_sent_at) == (Health.UNKNOWN, 0, None)
