"""`/metrics` for Prometheus, on a port of its own that no proxy should lead to. No tenant is a label.

What lives in the database is asked of it at each scrape, so it is the same whichever process answers; what
happens inside a process (waits, answers to webhooks, resyncs) is that process's own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from prometheus_client import REGISTRY, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.backoffice import figures

log = logging.getLogger(__name__)

LATELY = 60  # seconds that "in the last minute" means
AGAIN_SECONDS = 5.0  # until a taken port is tried again
WORDS = {
    "delivery_oldest_seconds": ("Age of the oldest delivery that is due, by retry class (K, R, N).", "class"),
    "sending": ("Deliveries being sent.", ""),
    "unknown": ("Deliveries with an unknown outcome that nobody has settled.", "platform"),
    "webhooks_dead": ("Received webhooks that could not be handled.", ""),
    "breaker_open": ("Live channels that are paused by the platform or by failures.", "platform"),
    "channels": ("Live channels.", "platform"),
}


class InDatabase(Collector):
    """Asked within two seconds or not at all: a slow database must not hang the scraper."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("comptoir_database_up", "Whether the database answered this scrape.")
        try:
            with transaction.atomic():
                found = list(_families())
        except DatabaseError as error:
            log.warning("no figures: %s", type(error).__name__)
            found = []
        finally:
            connection.close()
        up.add_metric([], 1.0 if found else 0.0)
        yield from [up, *found]

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not need the database."""
        return []


def serve(port: int) -> None:
    """Serve /metrics at `port`, or as soon as it is free: during a restart the process before us has it."""
    REGISTRY.register(InDatabase())
    _listen(port)


def _listen(port: int) -> None:
    try:
        start_http_server(port, addr=settings.METRICS_BIND)
    except OSError as error:
        log.warning("no /metrics on port %d yet: %s", port, error.strerror)
        again = threading.Timer(AGAIN_SECONDS, _listen, [port])
        again.daemon = True
        again.start()


def _families() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '2s'")
    yield from _queues()
    yield from _figures()
    ended = GaugeMetricFamily(
        "comptoir_outcomes_last_minute", "Sends that ended, by outcome.", labels=["platform", "outcome"]
    )
    for row in figures.outcomes(LATELY):
        ended.add_metric([row.platform, row.outcome], row.times)
    yield ended


def _queues() -> Iterator[Metric]:
    due = GaugeMetricFamily("comptoir_queue_due", "Rows that wait although they are due.", labels=["queue"])
    oldest = GaugeMetricFamily("comptoir_queue_oldest_seconds", "Age of the oldest.", labels=["queue"])
    for queue in figures.queues():
        due.add_metric([queue.name], queue.rows)
        oldest.add_metric([queue.name], queue.oldest_seconds)
    yield from (due, oldest)


def _figures() -> Iterator[Metric]:
    rows = sorted(figures.figures(), key=attrgetter("name"))
    for name, same in groupby(rows, key=attrgetter("name")):
        words, kind = WORDS[name]
        labels = [kind, *(["health"] if name == "channels" else [])] if kind else []
        family = GaugeMetricFamily(f"comptoir_{name}", words, labels=labels)
        for row in same:
            family.add_metric([row.kind, row.state][: len(labels)], row.value)
        yield family
