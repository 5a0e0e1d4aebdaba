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
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    words = subprocess.run(
        [sys.executable, "-c", f"{READY[role]}; {STATE}"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert words.split() == ["True", "20000"]


def test_the_web_process_takes_short_turns() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    words = subprocess.run(
        [sys.executable, "-c", f"{READY['web']}; import sys; print(sys.getswitchinterval())"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert float(words) == pytest.approx(0.001)
