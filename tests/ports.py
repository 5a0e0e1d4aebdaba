"""Ports for processes that a test starts, known before they start."""

from __future__ import annotations

import os
import random
import socket
import time

WORKERS = 8  # xdist's, each with ports of its own
_given: set[int] = set()


def free_port() -> int:
    """One on which nothing listens now, and that was not given before.

    Below those that the kernel gives to clients (32768 and above): between the choice and the start of the
    process, one of many connections would take such a port now and then.
    """
    while True:
        port = random.SystemRandom().randrange(20_000 + _worker(), 32_000, WORKERS)
        if port in _given:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given.add(port)
            return port


def _worker() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS


def until_it_listens(port: int) -> None:
    """Wait, at most half a minute. Raises AssertionError."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web process did not start")
