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
    _say(f"Installing the libraries of {lock.name} (once; about a minute)")
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check", "--progress-bar", _bar()]
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", *options, "-r", str(lock)]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode != 0:
        return _fail(NO_INSTALL)
    _stamp(lock).write_text(_digest(lock))
    _say(f"Libraries installed in {time.monotonic() - began:.0f} s")
    return 0


def _bar() -> str:
    return "on" if sys.stderr.isatty() else "off"


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def _fail(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(ROOT / sys.argv[1]))
