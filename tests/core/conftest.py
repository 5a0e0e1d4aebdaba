"""What the tests of the embedded servers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def run_dir() -> Iterator[Path]:
    """Not under pytest's own folder: each run of pytest closes that one to the servers' account again."""
    with TemporaryDirectory(prefix="comptoir-test-") as folder:
        yield Path(folder)
