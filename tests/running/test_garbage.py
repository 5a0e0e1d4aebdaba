"""What a process that is ready does with what is there by then."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

STATE = "import gc; print(gc.get_freeze_count() > 50_000, gc.get_threshold()[0])"
READY = {
    "web": "import config.asgi",
    "worker": "import django; django.setup(); from config.worker import _prepare; _prepare()",
}


@pytest.mark.parametrize("role", READY)
def test_what_a_ready_process_has_is_not_looked_through_again(role: str) -> None:
    assert told(f"{READY[role]}; {STATE}").split() == ["True", "20000"]


def test_the_web_process_takes_short_turns() -> None:
    words = told(f"{READY['web']}; import sys; print(sys.getswitchinterval())")
    assert float(words) == pytest.approx(0.001)


def told(program: str) -> str:
    """What a process of its own prints."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout
