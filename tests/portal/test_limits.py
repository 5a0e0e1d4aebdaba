"""Guesses are counted in the database: neither parallel requests nor more web processes pass the counter."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from allauth.core import context, ratelimit
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory

HANDS = 8
ALLOWED = 5  # allauth's "login_failed": five in five minutes for one address


@pytest.fixture
def shared_counters(database: None, settings: Any) -> None:
    """The cache as production has it; every thread has its own connection, as every process would."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "counters"}
    }


@pytest.mark.usefixtures("shared_counters")
@pytest.mark.advisory("S18", "Zammad CVE-2022-35490")
def test_parallel_guesses_do_not_pass_the_counter() -> None:
    start, outcomes = Barrier(HANDS), []

    def guess(number: int) -> None:
        request = RequestFactory().post("/account/login/", REMOTE_ADDR=f"203.0.113.{number}")
        request.user = AnonymousUser()
        start.wait()
        with context.request_context(request):
            outcomes.append(ratelimit.consume(request, action="login_failed", key="alice@example.com"))
        connection.close()

    threads = [Thread(target=guess, args=(number,)) for number in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * (HANDS - ALLOWED) + [True] * ALLOWED
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM counters")
        assert cursor.fetchone()[0] > 0
