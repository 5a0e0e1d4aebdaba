"""The whole web process on a port of its own: simulators, hooks and phone pages, over real HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The base URL of a running daphne on the tests' database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
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
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "BASE_URL": url, "PYTHONWARNINGS": "ignore"},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def base_url(served: str, settings: object) -> str:
    """The same for this process: what it hands out leads to the running one."""
    settings.BASE_URL = served  # type: ignore[attr-defined]
    return served


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
