"""Celery carries hints ("look at the queue") and periodic work; the database is the queue.

Its settings and what beat repeats are in `config.schedule`.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging

from config.schedule import SETTINGS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("comptoir")
app.conf.update(SETTINGS)
app.autodiscover_tasks(["apps.conversations", "apps.connections", "apps.tenants"])


@setup_logging.connect
def _keep_ours(**_: object) -> None:
    """Being connected is enough: Celery leaves logging as the settings made it."""
