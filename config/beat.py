"""The beat process, `python -m config.beat`: repeats the wake-ups of `config.schedule` and does nothing else.

It needs no Django, no database and no code of the tasks, which it only names, and so a third of the memory
of `celery beat` (docs/decisions/0008).
"""

from __future__ import annotations

import os

from celery import Celery

from config.schedule import SCHEDULE, SETTINGS


def main() -> None:
    """Runs until SIGTERM. Nothing is kept between starts: what was due meanwhile is looked for anyway."""
    app = Celery("comptoir", fixups=[])
    app.conf.update(SETTINGS, beat_schedule=SCHEDULE, beat_scheduler="celery.beat.Scheduler")
    app.Beat(loglevel=os.environ.get("LOG_LEVEL", "WARNING"), quiet=True).run()


if __name__ == "__main__":
    main()
