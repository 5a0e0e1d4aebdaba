"""What this process would write into its log, word by word as production does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from apps.core import logs


@contextmanager
def overheard(level: str = "DEBUG") -> Iterator[StringIO]:
    """Every logger's lines while it lasts, of a library's chatter too."""
    made, out = logs.configuration(level, form="json"), StringIO()
    options = dict(made["formatters"]["event"])
    handler = logging.StreamHandler(out)
    handler.setFormatter(options.pop("()")(**options))
    for name in made["filters"]:
        handler.addFilter(made["filters"][name]["()"]())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield out
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
