"""Celery as its first page shows it."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.naive.settings")

app = Celery("naive", broker=os.environ.get("NAIVE_REDIS_URL", "memory://"))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
app.autodiscover_tasks(["benchmarks.naive"])
