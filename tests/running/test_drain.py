"""A restart of the web process fails no request, when somebody keeps the listening socket."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (
    "exec 3<&{fd}; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web exec {python} -m apps.core.running.web "
    "--verbosity 0 -e systemd:domain=INET:index=0 tests.running.slow:application"
)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """As systemd keeps one for a service that is activated by it."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        kept.listen(128)
        kept.set_inheritable(True)
        yield kept


def start(listening: socket.socket) -> subprocess.Popen[bytes]:
    command = COMMAND.format(fd=listening.fileno(), python=sys.executable)
    return subprocess.Popen(["bash", "-c", command], cwd=ROOT, pass_fds=[listening.fileno()])


@pytest.mark.parametrize("path", ["/", "/hooks/"])
def test_a_restart_under_load_fails_no_request(listening: socket.socket, path: str) -> None:
    url = f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
    web, ended, answers = start(listening), threading.Event(), list[str]()

    def ask() -> None:
        with httpx.Client(timeout=30) as client:
            while not ended.is_set():
                answers.append(client.post(url).raise_for_status().text)

    with ThreadPoolExecutor(8) as people:
        asking = [people.submit(ask) for _ in range(8)]
        try:
            for _ in range(3):
                seen = len(answers)
                while len(answers) < seen + 8:
                    time.sleep(0.05)
                web.send_signal(signal.SIGTERM)
                assert web.wait(20) == 0
                web = start(listening)
        finally:
            ended.set()
            for one in asking:
                one.result(60)
            web.terminate()
            web.wait(20)
    assert len(set(answers)) >= 3


@pytest.mark.parametrize("path", ["/", "/hooks/"])
def test_an_answer_begun_before_the_end_is_whole_and_the_last(listening: socket.socket, path: str) -> None:
    url = f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
    web = start(listening)
    try:
        assert httpx.get(url, timeout=30).text == str(web.pid)
        with ThreadPoolExecutor(1) as person:
            asking = person.submit(httpx.get, url, timeout=30)
            time.sleep(0.3)
            web.send_signal(signal.SIGTERM)
            answer = asking.result()
        assert (answer.text, answer.headers["connection"]) == (str(web.pid), "close")
        assert web.wait(20) == 0
    finally:
        web.kill()


def test_no_socket_is_opened_on_a_process_that_stops(listening: socket.socket) -> None:
    """A kept connection is not closed at once, but a socket on it would only be told to come back again."""
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    web = start(listening)
    try:
        with httpx.Client(timeout=30) as page, ThreadPoolExecutor(1) as person:
            assert page.get(url).text == str(web.pid)
            asking = person.submit(httpx.get, url, timeout=30)
            time.sleep(0.3)
            web.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            refused = page.get(url, headers={"Connection": "Upgrade", "Upgrade": "websocket"})
            assert (refused.status_code, refused.headers["connection"]) == (503, "close")
            assert asking.result().text == str(web.pid)
        assert web.wait(20) == 0
    finally:
        web.kill()
