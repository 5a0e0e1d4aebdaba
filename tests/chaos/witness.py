"""Watches invariant I6 where it is easiest to lose: connections that are used again.

After every few requests and tasks it asks, on the same connection and outside any scope, whether a
tenant's rows can be seen. What it sees is an anomaly; it is written where the harness looks.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable

from celery.signals import task_postrun
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from apps.core import tenancy

EVERY = 3
_turns = itertools.count()


def install() -> None:
    settings.MIDDLEWARE.insert(0, "tests.chaos.witness.watch")
    task_postrun.connect(look, weak=False)


def watch(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def inside(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        look()
        return response

    return inside


def look(**_: object) -> None:
    if next(_turns) % EVERY or tenancy.current() is not None or connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM (SELECT 1 FROM tenants_membership LIMIT 1) seen")
            (rows,) = cursor.fetchone()
    except Error:  # the database is away, so nothing can be seen
        return
    if rows:
        with open(os.environ["CHAOS_OUTSIDE"], "a") as file:
            file.write(json.dumps({"what": "outside", "t": time.time(), "rows": rows}) + "\n")
