"""`bin/test`: find or install a browser, then become pytest, on every core."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from apps.core.running import workers
from apps.core.running.output import say

# In continuous integration a failed test is tried once more; the summary names it, and what it said comes
# in the output at once. Failing twice fails the run; failing once is to be looked at and stops nothing else.
SECOND_TRY = ("--reruns", "1", "-rR")
ROOT = Path(__file__).resolve().parents[3]
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL_SECONDS = 300


def main(arguments: list[str]) -> None:
    """Replace this process by pytest with `arguments`."""
    environment = {**os.environ, **browser(os.environ)}
    environment["PATH"] = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    python = str(ROOT / ".venv" / "bin" / "python")
    again = SECOND_TRY if os.environ.get("CI") else ()
    shared = workers.side_by_side(arguments, cores=workers.cores(), memory=workers.memory())
    os.execve(python, [python, "-m", "pytest", *again, *shared, *arguments], environment)


def browser(given: Mapping[str, str]) -> dict[str, str]:
    """CHROMIUM, the program that the browser tests drive, or CHROMIUM_MISSING, why they are left out."""
    if given.get("CHROMIUM"):
        return {}
    found = _find()
    reason = "" if found else _install()
    found = found or _find()
    return {"CHROMIUM": found} if found else {"CHROMIUM_MISSING": reason or "apt-get installed no chromium"}


def _find() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _install() -> str:
    """Install Debian's chromium; the reason when that is not possible."""
    if shutil.which("apt-get") is None:
        return "no chromium on this machine, and no apt-get to install it"
    prefix = _as_root()
    if prefix is None:
        return "no chromium on this machine, and no right to install it (root or sudo without a password)"
    say("  Installing chromium for the browser tests (once)")
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
        try:
            failure = _run([*prefix, "apt-get", *command])
        except subprocess.TimeoutExpired:
            failure = f"still busy after {INSTALL_SECONDS} s"
        if failure and command[0] == "install":
            return f"apt-get could not install chromium: {failure}"
    return ""


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and not _run(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _run(command: list[str]) -> str:
    """Nothing when it worked, else the last line that it said."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=INSTALL_SECONDS,
    )
    lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit status {done.returncode}"]
    return "" if done.returncode == 0 else lines[-1]


if __name__ == "__main__":
    main(sys.argv[1:])
