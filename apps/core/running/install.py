"""Make `.venv` and install a lock into it: `python3 install.py requirements.txt`.

Standard library only, because it runs before anything is installed. A stamp with the lock's digest makes
the second run immediate. pip's `--require-hashes` refuses anything that is not the file we locked.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

NO_VENV = """\
Python cannot make a virtual environment here. On Debian and Ubuntu:
    apt-get install python3-venv
then run the same command again."""
NO_INSTALL = """\
The libraries could not be installed (pip's words are above). Usual reasons:
  - no network to a package registry: check the connection, HTTPS_PROXY, or PIP_INDEX_URL
  - the disk is full
  - Python is not 3.11, 3.12 or 3.13: set PYTHON=/path/to/python3.12 and remove .venv
then run the same command again; it continues where it stopped."""


def main(lock: Path) -> int:
    """0 when the lock is installed; otherwise what to do has been printed."""
    with (ROOT / "requirements.txt").open() as queue:  # any file will do to queue on
        fcntl.flock(queue, fcntl.LOCK_EX)  # two commands started together install once
        if _is_installed(lock):
            return 0
        return _make_venv() or _install(lock)


def _is_installed(lock: Path) -> bool:
    stamp = _stamp(lock)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == _digest(lock)


def _stamp(lock: Path) -> Path:
    return VENV / f".{lock.stem}.sha256"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _make_venv() -> int:
    if _pip_works():
        return 0
    _say(f"Making .venv with Python {sys.version.split()[0]}")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True
    )
    if made.returncode != 0 or not _pip_works():
        return _fail(f"{made.stdout}{made.stderr}\n{NO_VENV}")
    return 0


def _pip_works() -> bool:
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode == 0


def _install(lock: Path) -> int:
    began = time.monotonic()
    count = sum("==" in line for line in lock.read_text().splitlines())
    _say(f"Installing the {count} libraries of {lock.name} (once; half a minute to two minutes)")
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command = [str(PYTHON), "-m", "pip", "install", *options, "-r", str(lock)]
    pip = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    _show_progress(pip, count)
    if pip.wait() != 0:
        return _fail(NO_INSTALL)
    _stamp(lock).write_text(_digest(lock))
    _say(f"Libraries installed in {time.monotonic() - began:.0f} s")
    return 0


def _show_progress(pip: subprocess.Popen[str], count: int) -> None:
    """A line for every twentieth library, so that a slow network is told from a dead one."""
    assert pip.stdout is not None
    number = 0
    for line in pip.stdout:
        number += line.startswith("Collecting ")
        if line.startswith("Collecting ") and number % 20 == 0:
            _say(f"  {number} of {count}")
        if line.startswith("Installing collected"):
            _say("  unpacking")


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def _fail(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(ROOT / sys.argv[1]))
