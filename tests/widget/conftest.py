from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.widget.limits import buckets
from tests.worlds import Side, World


@pytest.fixture
def filante(world: World) -> Side:
    return world.filante


@pytest.fixture
def garance(world: World) -> Side:
    return world.garance


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Tests share an address; each begins with full buckets."""
    buckets.clear()
    yield
    buckets.clear()
