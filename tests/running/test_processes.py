"""Processes started, watched and stopped together, with real ones."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from apps.core.running.processes import Failed, Processes, read_procfile

ROOT = Path(__file__).resolve().parents[2]
READY = 'test -z "$SAYS_READY_ON" || printf 1 > "/dev/fd/$SAYS_READY_ON"'
OBEDIENT = """sh -c 'trap "echo {name} ends; exit 0" TERM; echo {name} runs; while :; do sleep 0.05; done'"""


def wait_for(capsys: pytest.CaptureFixture[str], *expected: str) -> list[str]:
    """The lines printed until all of `expected` are among them."""
    lines: list[str] = []
    deadline = time.monotonic() + 10
    while not set(expected) <= set(lines) and time.monotonic() < deadline:
        lines += capsys.readouterr().out.splitlines()
        time.sleep(0.02)
    return lines


def test_the_procfile_names_three_processes_in_order() -> None:
    assert list(read_procfile(ROOT / "Procfile")) == ["web", "worker", "beat"]


def test_reading_a_procfile(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("# all of it\nweb: serve http://x:1\n\nworker:work\n")
    assert read_procfile(tmp_path / "Procfile") == {"web": "serve http://x:1", "worker": "work"}


def test_each_line_carries_the_name_of_its_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    processes = Processes(tmp_path, {"PATH": os.defpath, "WORD": "hello"})
    processes.start("web", "sh -c 'echo $WORD; echo bad >&2'")
    processes.finish("web")
    assert capsys.readouterr().out == "web     | hello\nweb     | bad\n"


def test_they_are_stopped_one_after_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    processes = Processes(tmp_path, {"PATH": os.defpath})
    processes.start("web", OBEDIENT.format(name="web"))
    processes.start("worker", OBEDIENT.format(name="worker"))
    wait_for(capsys, "web     | web runs", "worker  | worker runs")
    processes.stop()
    assert capsys.readouterr().out.splitlines() == [
        "web     | web ends",
        "  web stopped",
        "worker  | worker ends",
        "  worker stopped",
    ]
    processes.stop()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("command", "reason"),
    [("sh -c 'exit 3'", "exit status 3"), ("sh -c 'kill -9 $$'", "signal SIGKILL")],
)
def test_the_one_that_ended_is_named(tmp_path: Path, command: str, reason: str) -> None:
    processes = Processes(tmp_path, {"PATH": os.defpath})
    processes.start("worker", command).wait()
    with pytest.raises(Failed) as failed:
        processes.check()
    assert str(failed.value) == f"worker ended by itself ({reason}); stopping the others."


def test_a_step_that_fails_is_named(tmp_path: Path) -> None:
    processes = Processes(tmp_path, {"PATH": os.defpath})
    processes.start("setup", "sh -c 'exit 2'")
    with pytest.raises(Failed) as failed:
        processes.finish("setup")
    assert str(failed.value) == "The step 'setup' failed (exit status 2); its words are above."
    assert processes.running == {}


def test_a_deaf_process_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    processes = Processes(tmp_path, {"PATH": os.defpath}, grace=0.2)
    process = processes.start("web", """sh -c 'trap "" TERM; echo deaf; while :; do sleep 0.05; done'""")
    wait_for(capsys, "web     | deaf")
    processes.stop()
    assert process.returncode == -9
    assert capsys.readouterr().out == "  web took over 0.2 s and was killed\n"


def test_who_is_stopped_by_somebody_else_is_started_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.core.running.processes.STEADY_SECONDS", 0.0)
    processes = Processes(tmp_path, {"PATH": os.defpath})
    processes.keep("worker", OBEDIENT.format(name="worker"))
    wait_for(capsys, "worker  | worker runs")
    first = processes.running["worker"]
    first.terminate()
    first.wait(10)
    processes.check()
    assert processes.running["worker"] is not first
    wait_for(capsys, "worker  | worker runs")
    processes.stop()


def test_another_takes_the_place_before_the_first_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "command").write_text(f"echo worker runs; sleep 0.5; {READY}; exec sleep 60")
    processes = Processes(tmp_path, {"PATH": os.defpath})
    processes.keep("worker", f"sh {tmp_path}/command")
    wait_for(capsys, "worker  | worker runs")
    first, began = processes.running["worker"], time.monotonic()
    processes.replace("worker")
    assert time.monotonic() - began >= 0.5
    assert (first.poll(), processes.running["worker"].poll()) == (-signal.SIGTERM, None)
    wait_for(capsys, "worker  | worker runs")
    processes.stop()


def test_the_first_stays_when_the_other_never_listens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "command").write_text("echo runs; sleep 60")
    processes = Processes(ROOT, {"PATH": os.environ["PATH"]})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        processes.keep("web", f"sh {tmp_path}/command", listening=listening)
        first = processes.running["web"]
        wait_for(capsys, "web     | runs")
        (tmp_path / "command").write_text("exit 1")
        processes.replace("web")
        assert processes.running["web"] is first
        assert first.poll() is None
    processes.stop()
    assert "web was not replaced: the new one did not begin" in capsys.readouterr().out.replace("  ", "")
