"""Lines of many processes on one screen, each behind the name of the one that wrote it."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import IO

COLOURS = ("36", "33", "32", "35", "34", "31")
WIDTH = 7

_writing = threading.Lock()


def say(text: str = "") -> None:
    """One message of ours; lines never mix. A terminal that was closed does not keep us from stopping."""
    with _writing, suppress(OSError):
        print(text, flush=True)


def bold(text: str) -> str:
    """Emphasis where the terminal has it."""
    return f"\033[1m{text}\033[0m" if _coloured() else text


def relay(name: str, number: int, source: IO[bytes]) -> threading.Thread:
    """Copy `source` line by line behind `name` until it ends, in a thread."""
    prefix = _prefix(name, number)
    thread = threading.Thread(target=_copy, args=(prefix, source), name=f"output of {name}", daemon=True)
    thread.start()
    return thread


def _prefix(name: str, number: int) -> str:
    label = f"{name:<{WIDTH}} |"
    return f"\033[{COLOURS[number % len(COLOURS)]}m{label}\033[0m " if _coloured() else f"{label} "


def _coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _copy(prefix: str, source: IO[bytes]) -> None:
    for line in source:
        say(prefix + line.decode("utf-8", "replace").rstrip())
