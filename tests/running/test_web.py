"""Large bodies through the web process: what they cost it in memory."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.ports import free_port, until_it_listens
from tests.running import hungry

ROOT = Path(__file__).resolve().parents[2]
MB = 1024 * 1024
UPLOAD = 60 * MB


class Web(NamedTuple):
    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start_anew(self) -> int:
        """Forget the peak; the memory in use now, in bytes."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        return self.peak()

    def peak(self) -> int:
        """The most memory since `start_anew`, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    port = free_port()
    command = [sys.executable, "-m", "apps.core.running.web", "--verbosity", "0", "-p", str(port)]
    process = subprocess.Popen([*command, "tests.running.hungry:application"], cwd=ROOT)
    try:
        until_it_listens(port)
        yield Web(process.pid, port)
    finally:
        process.terminate()
        process.wait(20)


def test_an_upload_costs_little_more_than_itself(web: Web) -> None:
    before = web.start_anew()
    answer = httpx.post(web.url, files={"file": ("a.bin", bytes(UPLOAD))}, timeout=60)
    assert UPLOAD < int(answer.text) < UPLOAD + 1000
    assert web.peak() - before < 1.6 * UPLOAD


def test_a_reader_who_stops_is_waited_for(web: Web) -> None:
    before = web.start_anew()
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as reader:
        reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(2)
        waiting = web.peak()
        taken = sum(len(chunk) for chunk in iter(lambda: reader.recv(MB), b""))
    assert waiting - before < 20 * MB
    assert taken > hungry.PIECES * len(hungry.PIECE)


def test_one_who_leaves_in_the_middle_disturbs_nobody(web: Web) -> None:
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as reader:
        reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        reader.recv(MB)
    assert len(httpx.get(web.url, timeout=60).content) == hungry.PIECES * len(hungry.PIECE)


def test_a_connection_is_used_again(web: Web) -> None:
    with httpx.Client(base_url=web.url, timeout=60) as client:
        sizes = [len(client.get("/").content), int(client.post("/", content=b"abc").text)]
    assert sizes == [hungry.PIECES * len(hungry.PIECE), 3]
