"""The servers' logs, appended to and shown when a start fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

LARGEST = 5 * 1024 * 1024


def open_log(path: Path) -> BinaryIO:
    """Open for appending, readable by us only; begins anew above 5 MB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST:
        path.unlink()
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def last_lines(path: Path, count: int = 12) -> str:
    """The end of the log, or nothing when there is none."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
