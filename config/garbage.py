"""How often Python looks for the garbage that counting references leaves."""

from __future__ import annotations

import gc

AFTER = 20_000  # objects more than were freed; Python's own 700 are reached by one page or webhook
YOUNG, OLD = 20, 50  # collections of the younger objects to one of the older


def look_rarely() -> None:
    """Once per process, when everything is imported: what is there then stays, and is not looked through
    again; what comes later is looked through in larger portions. A fifth more webhooks per second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(AFTER, YOUNG, OLD)
