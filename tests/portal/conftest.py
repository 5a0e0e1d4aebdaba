from __future__ import annotations

import pytest

from tests.worlds import Side, World


@pytest.fixture
def filante(world: World) -> Side:
    return world.filante


@pytest.fixture
def garance(world: World) -> Side:
    return world.garance
