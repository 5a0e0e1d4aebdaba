"""Google's server as the tests of RCS have it, and the door to reach it by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from apps.core.http import Egress, HttpDoor
from apps.platforms.rcs import calls, reach
from apps.platforms.rcs.account import Tokens
from tests.platforms.rcs.outgoings import FEATURES, MESSAGES
from tests.platforms.rest import Server, rest_server

from .envelopes import CUSTOMER, OURS


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with rest_server() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door


@pytest.fixture(autouse=True)
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left over from another test's server on the same port, and nothing known of phones."""
    monkeypatch.setattr(calls, "TOKENS", Tokens())
    monkeypatch.setattr(reach, "PHONES", reach.Phones())


@pytest.fixture
def google(server: Server) -> Iterator[Server]:
    server.answers["POST /token"] = {"access_token": "ya29.x", "expires_in": 3600}
    server.answers[MESSAGES] = {"name": f"phones/{CUSTOMER}/agentMessages/{OURS}"}
    server.answers[FEATURES] = {"features": ["RICHCARD_STANDALONE", "RICHCARD_CAROUSEL"]}
    yield server
