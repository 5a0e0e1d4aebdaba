"""The beat process, `python -m config.beat`: repeats the wake-ups of `config.schedule` and does nothing else.

It needs no Django, no database and no code of the tasks, which it only names, and so a third of the memory
of `celery beat` (docs/decisions/0008).
"""

from __future__ import annotations

import os
from logging.config import dictConfig

from celery import Celery
from celery.signals import setup_logging

from apps.core import logs
from config.schedule import SCHEDULE, SETTINGS


def main() -> None:
    """Runs until SIGTERM. Nothing is kept between starts: what was due meanwhile is looked for anyway."""
    app = Celery("comptoir", fixups=[])
    app.conf.update(SETTINGS, beat_schedule=SCHEDULE, beat_scheduler="celery.beat.Scheduler")
    setup_logging.connect(_log)
    app.Beat(quiet=True).run()


def _log(**_: object) -> None:
    level = os.environ.get("LOG_LEVEL", "WARNING")
    dictConfig(logs.configuration(level, form=os.environ.get("LOG_FORMAT", "")))


if __name__ == "__main__":
    main()
