from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.worlds import Side, World


@pytest.fixture(autouse=True)
def _forget_attempts(request: pytest.FixtureRequest) -> None:
    """Counters of attempts outlive a test's transaction where the cache is not the database."""
    if {"db", "database"} & set(request.fixturenames):
        cache.clear()


@pytest.fixture
def filante(world: World) -> Side:
    return world.filante


@pytest.fixture
def garance(world: World) -> Side:
    return world.garance
