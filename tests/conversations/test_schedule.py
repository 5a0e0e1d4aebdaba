"""Beat knows tasks by name only; each name must be one that the worker has."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from config.celery import app
from config.schedule import SCHEDULE

ROOT = Path(__file__).resolve().parents[2]

ALLOWED = {"apps.core", "apps.core.logs", "apps.core.denied"}  # how it writes its log lines


def test_every_wake_up_names_a_task_of_the_worker() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} - set(app.tasks) == set()


def test_beat_loads_neither_django_s_apps_nor_ours() -> None:
    """What it need not load is most of its memory."""
    look = "import sys, config.beat; print([n for n in sys.modules if n.startswith(('django.db', 'apps.'))])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name for name in ast.literal_eval(done.stdout) if name not in ALLOWED}
    assert loaded == set()
