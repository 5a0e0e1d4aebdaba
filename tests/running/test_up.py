"""`bin/up` as a person uses it: one story, with the whole product and its own folder and port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from redis import Redis

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"Comptoir is ready.* after (\d+\.\d) s")


class Up:
    """One `bin/up`, its lines collected in a file."""

    def __init__(self, run_dir: Path, port: int) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.run_dir = run_dir
        self.log = run_dir.with_suffix(".log")
        environment = {**kept, "RUN_DIR": str(run_dir), "PORT": str(port)}
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                ["bin/up"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> float:
        deadline = time.monotonic() + 120
        while not (found := READY.search(self.output)):
            assert self.process.poll() is None and time.monotonic() < deadline, self.output
            time.sleep(0.1)
        return float(found[1])

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


def left_behind(run_dir: Path) -> list[str]:
    """Commands of the processes that run for `run_dir`; zombies have no environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            about = (entry / "cmdline").read_text() + (entry / "environ").read_text()
            if str(run_dir) in about and (entry / "stat").read_text().rpartition(") ")[2][0] not in "ZX":
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def run_dir() -> Iterator[Path]:
    """Not under pytest's own folder: each run of pytest closes that one to the servers' account again."""
    with TemporaryDirectory(prefix="comptoir-test-") as folder:
        yield Path(folder) / "run"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def up(run_dir: Path, port: int) -> Iterator[Up]:
    up = Up(run_dir, port)
    up.wait_until_ready()
    yield up
    if up.process.poll() is None:
        up.end(signal.SIGTERM)


def where(run_dir: Path) -> dict[str, str]:
    pairs = (line.partition("=") for line in (run_dir / "env").read_text().splitlines())
    return {name: value for name, _, value in pairs}


def test_other_programs_reach_what_it_started(up: Up, port: int) -> None:
    places = where(up.run_dir)
    assert places["BASE_URL"] == f"http://localhost:{port}"
    with urllib.request.urlopen(places["BASE_URL"] + "/livez", timeout=5) as answer:
        assert answer.status == 200
    with psycopg.connect(places["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT current_user::text").fetchall() == [("comptoir",)]
        owners = "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(owners).fetchall() == [("comptoir_owner",)]
    with Redis.from_url(places["REDIS_URL"]) as client:
        assert client.ping() is True


def test_it_prints_a_link_for_the_owner_and_one_for_an_agent(up: Up, port: int) -> None:
    links = re.findall(rf"^  (\S+@\S+) +(http://localhost:{port}/\S+)  \(signs in once\)$", up.output, re.M)
    assert [email for email, _ in links] == ["owner@demo.example", "lea@demo.example"]
    assert len({url for _, url in links}) == 2
    assert not (up.run_dir / "links.json").exists()


def test_a_second_one_from_the_same_folder_says_so(up: Up, port: int) -> None:
    second = subprocess.run(
        ["bin/up"], cwd=ROOT, env={**os.environ, "RUN_DIR": str(up.run_dir)}, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert (
        f"It runs already from this folder: process {up.process.pid}, http://localhost:{port}."
        in second.stdout
    )


def test_a_busy_port_is_named(up: Up, port: int, tmp_path: Path) -> None:
    environment = {**os.environ, "RUN_DIR": str(tmp_path), "PORT": str(port)}
    other = subprocess.run(["bin/up"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert other.returncode == 1
    assert f"Port {port}: Address already in use. Choose another: PORT=8001 bin/up" in other.stdout


def test_redis_is_started_again_and_everything_goes_on(up: Up, port: int) -> None:
    with Redis.from_url(where(up.run_dir)["REDIS_URL"]) as client:
        first = client.info("server")["process_id"]
    time.sleep(10)  # one that ends at once would only end again
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while "Redis ended by itself and was started again" not in up.output and time.monotonic() < deadline:
        time.sleep(0.1)
    with Redis.from_url(where(up.run_dir)["REDIS_URL"]) as client:
        assert client.info("server")["process_id"] != first
    with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=5) as answer:
        assert answer.status == 200
    assert up.process.poll() is None


def test_sigterm_stops_all_of_it_in_order(up: Up) -> None:
    assert up.end(signal.SIGTERM) == 0
    stopped = re.findall(r"^  (\w+) stopped$", up.output, re.M)
    assert stopped == ["web", "worker", "beat", "Redis", "PostgreSQL"]
    assert left_behind(up.run_dir) == []


def test_the_second_start_keeps_the_data_and_a_kill_leaves_nothing(up: Up, run_dir: Path, port: int) -> None:
    again = Up(run_dir, port)
    again.wait_until_ready()
    assert len(re.findall(r"\(signs in once\)$", again.output, re.M)) == 2
    again.end(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while left_behind(run_dir) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_behind(run_dir) == []


def test_one_that_dies_stops_the_others(up: Up, run_dir: Path, port: int) -> None:
    third = Up(run_dir, port)
    third.wait_until_ready()
    os.kill(_number_of("config.beat", run_dir), signal.SIGKILL)
    assert third.process.wait(60) == 1
    assert "beat ended by itself (signal SIGKILL); stopping the others." in third.output
    assert left_behind(run_dir) == []


def _number_of(*words: str | Path) -> int:
    *arguments, run_dir = (str(word) for word in words)
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_text().split("\0")
            if set(arguments) <= set(command) and str(run_dir) in (entry / "environ").read_text():
                return int(entry.name)
        except OSError:
            continue
    raise AssertionError(f"no process {arguments} for {run_dir}")
