"""The whole web process on a port of its own, and its mail server on another: simulators, hooks and phone
pages, over real HTTP and SMTP."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.ports import free_port
from tests.sandbox.player import Player
from tests.worlds import World

ROOT = Path(__file__).resolve().parents[2]


class Served(NamedTuple):
    """A running daphne on the tests' database."""

    url: str
    smtp_port: int
    log: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port, smtp_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "apps.core.running.web",
        "--verbosity",
        "0",
        "-b",
        "127.0.0.1",
        "-p",
        str(port),
        "config.asgi:application",
    ]
    log = tmp_path_factory.mktemp("served") / "web.log"
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={
            **os.environ,
            "BASE_URL": url,
            "SANDBOX_SMTP_PORT": str(smtp_port),
            "PYTHONWARNINGS": "ignore",
            "LOG_FORMAT": "json",
        },
        stderr=log.open("wb"),
    )
    try:
        _wait(url, process)
        yield Served(url, smtp_port, log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def base_url(served: Served, settings: object) -> str:
    """Its address, for this process too: what that hands out leads to the running one."""
    settings.BASE_URL = served.url  # type: ignore[attr-defined]
    settings.SANDBOX_SMTP_PORT = served.smtp_port  # type: ignore[attr-defined]
    return served.url


@pytest.fixture
def player(request: pytest.FixtureRequest, committed_world: World, base_url: str) -> Player:
    """A customer on the platform that the test's module names as its PLATFORM."""
    return Player(committed_world.filante, request.module.PLATFORM, base_url)


@pytest.fixture
def talking(player: Player) -> Player:
    """…who has said something."""
    player.says("Bonjour")
    return player


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "daphne ended"
        try:
            if httpx.get(f"{url}/livez", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("daphne does not answer")
