"""The tests' own processes: a run that was killed or stopped leaves nothing behind."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from uuid import uuid4

from tests.service import Service


def marked(mark: str) -> set[int]:
    """Every process that inherited `mark`, however deep."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes():
                found.add(int(entry.name))
        except OSError:  # it ended while we looked
            continue
    return found


def test_a_killed_worker_leaves_nothing_behind(database: None, tmp_path: Path) -> None:
    mark = uuid4().hex
    service = Service(tmp_path, {"MARK_OF_THIS_TEST": mark})
    service.start("worker")
    end = time.monotonic() + 20
    while "ready." not in service.log("worker") and time.monotonic() < end:
        time.sleep(0.1)
    assert "ready." in service.log("worker")
    assert marked(mark)
    service.stop("worker", signal.SIGKILL)
    assert marked(mark) == set()
