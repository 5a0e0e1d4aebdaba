"""The worker process, `python -m config.worker`: Celery's worker with the settings that Comptoir needs.

Without Celery's command line and without Django's checks, which load every page of the web process, it needs
a quarter less memory; `bin/ci` runs the checks, and what must not start unsafely is asked here.
"""

from __future__ import annotations

import os
import sys

from apps.core.running.ready import say_ready

QUEUES = "hints,media,mail,housekeeping"


def main() -> int:
    """Runs until SIGTERM (0); what is being sent then is finished first."""
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # Celery tells of every task otherwise
    from config.celery import app

    worker = app.Worker(
        pool_cls="threads",  # no time limits of tasks; every outbound call has its own (docs/decisions/0004)
        concurrency=int(os.environ.get("WORKER_THREADS", "4")),
        queues=QUEUES,
        loglevel=os.environ["LOG_LEVEL"],
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    _prepare()
    say_ready()
    worker.start()
    return int(worker.exitcode or 0)


def _prepare() -> None:
    """Django is set up by now."""
    from config.running import begin
    from config.startup import refuse_unsafe

    refuse_unsafe()
    begin("worker")


if __name__ == "__main__":
    sys.exit(main())
