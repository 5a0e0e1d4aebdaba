"""What a process still has to hint at when it ends: it goes out, and the process does end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from apps.core.realtime import Courier

ROOT = Path(__file__).resolve().parents[2]
START = "import django, time; django.setup(); from apps.core import realtime\n"
SLOW = (
    START
    + "for n in range(20): realtime.courier.put(n, lambda n=n: (time.sleep(0.01), print(n, flush=True)))"
)
HINTS = START + "for n in range(20): realtime.hint(f't.{n}', {'type': 'news'})"
HUNG = START + "realtime.LAST_SECONDS = 0.2; realtime.courier.put(1, lambda: time.sleep(60))"


def ended(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_what_waits_when_a_process_ends_goes_out() -> None:
    done = ended(SLOW)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [str(n) for n in range(20)], "")


def test_a_process_that_hints_last_of_all_ends_quietly() -> None:
    done = ended(HINTS)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_hint_that_hangs_keeps_nobody() -> None:
    assert ended(HUNG).returncode == 0


def test_nothing_is_left_of_a_courier_that_has_finished() -> None:
    courier, sent = Courier(), threading.Event()
    courier.finish()
    courier.put("one", sent.set)
    courier.finish(5)
    assert sent.is_set() and not [thread for thread in threading.enumerate() if thread is courier._thread]
    began = time.monotonic()
    courier.finish()
    assert time.monotonic() - began < 1
