"""How a channel is doing, as its outcomes tell. Each function is one atomic UPDATE inside the open scope.

The breaker (RELIABILITY 6.6): five transport errors in a row pause the channel for about half a minute;
after the pause one more error pauses it again, one success closes it. A throttling platform pauses the
whole channel for as long as it asked. Refused credentials stop it until someone acts.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from apps.connections import vault
from apps.connections.models import Channel, Health
from apps.core import tenancy
from apps.platforms.base import BadCredentials

BREAKER_FAILURES = 5
BREAKER_SECONDS = 30.0
JITTER = 0.25
LONGEST_PAUSE = 24 * 3600.0  # seconds; a platform that asks for more is asked again
NOTED_EVERY = timedelta(seconds=10)
WORDS = 500

SENT_OK = """
UPDATE connections_channel
   SET failures = 0, health = 'good', health_words = '', health_at = %(now)s, last_sent_at = %(now)s
 WHERE tenant_id = %(tenant)s AND id = ANY (%(channels)s)
   AND (health <> 'good' OR failures > 0 OR last_sent_at IS NULL OR last_sent_at < %(stale)s)
"""


def reception_is_news(channel: Channel) -> bool:
    """Whether `received` would write, by what was known when `channel` was read."""
    return channel.last_received_at is None or channel.last_received_at < timezone.now() - NOTED_EVERY


def received(channel: Channel) -> None:
    """Something came in. Written at most every ten seconds."""
    now = timezone.now()
    stale = Q(last_received_at=None) | Q(last_received_at__lt=now - NOTED_EVERY)
    Channel.objects.filter(stale, pk=channel.pk).update(last_received_at=now)


def sent_ok(*channels: UUID) -> None:
    """The platforms accepted something: the channels are good, their breakers closed.

    Written at most every ten seconds while nothing changes, so that a busy channel's row stays cold.
    """
    now, tenant = timezone.now(), tenancy.require()
    given: dict[str, Any] = {
        "now": now,
        "stale": now - NOTED_EVERY,
        "tenant": tenant,
        "channels": list(channels),
    }
    with connection.cursor() as cursor:
        cursor.execute(SENT_OK, given)


def transport_failed(channel: Channel, words: str = "", *, times: int = 1) -> None:
    """The platform could not be reached or gave no usable answer, that often in a row."""
    Channel.objects.filter(pk=channel.pk).update(failures=F("failures") + times)
    pause = BREAKER_SECONDS * random.uniform(1 - JITTER, 1 + JITTER)
    tripped = Channel.objects.filter(pk=channel.pk, failures__gte=BREAKER_FAILURES)
    tripped.update(paused_until=_no_earlier_than(pause))
    tripped.exclude(health=Health.BROKEN).update(
        health=Health.TROUBLED, health_words=_sayable(channel, words), health_at=timezone.now()
    )


def throttled(channel: Channel, seconds: float) -> None:
    """Nothing on the whole channel before `seconds` have passed; never shortens a pause."""
    pause = min(max(seconds, 0.0), LONGEST_PAUSE)
    Channel.objects.filter(pk=channel.pk).update(paused_until=_no_earlier_than(pause))


def credentials_refused(channel: Channel, words: str) -> None:
    """The platform does not accept our credentials. Idempotent; `health_at` keeps the first time."""
    now = timezone.now()
    first = Case(When(~Q(health=Health.BROKEN), then=Value(now)), default=F("health_at"))
    Channel.objects.filter(pk=channel.pk).update(
        health=Health.BROKEN, health_words=_sayable(channel, words), health_at=first
    )


def refused_by(channel: Channel, error: Exception) -> bool:
    """Note what a call of any kind says of the channel: refused credentials stop it. Whether it did."""
    if isinstance(error, BadCredentials):
        credentials_refused(channel, error.words)
    return isinstance(error, BadCredentials)


def told(channel: Channel, words: str, *, code: str, stops: bool) -> None:
    """The platform says something about the whole account: stopped until a person acts, or a warning."""
    said = words or code
    if stops:
        credentials_refused(channel, said)
        return
    Channel.objects.filter(pk=channel.pk).exclude(health=Health.BROKEN).update(
        health=Health.TROUBLED, health_words=_sayable(channel, said), health_at=timezone.now()
    )


def checked(channel: Channel, health: Health, words: str) -> None:
    """What a check by a person found."""
    fresh = {"failures": 0, "paused_until": None} if health == Health.GOOD else {}
    Channel.objects.filter(pk=channel.pk).update(
        health=health, health_words=_sayable(channel, words), health_at=timezone.now(), **fresh
    )


def _no_earlier_than(seconds: float) -> Combinable:
    until = Value(timezone.now() + timedelta(seconds=seconds), output_field=DateTimeField())
    return Greatest(Coalesce(F("paused_until"), until), until)


def _sayable(channel: Channel, words: str) -> str:
    """Words of a platform without our secrets, short enough to keep."""
    return vault.redacted(channel, words)[:WORDS]
