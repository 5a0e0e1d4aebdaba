"""Finding or installing the browser of the browser tests, with programs of our own on the PATH."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASK = "import os; from apps.core.running.test import browser; print(browser(os.environ))"
SUDO = 'shift; exec "$@"'
INSTALLS = 'if [ "$1" = install ]; then cp "$0" "${0%apt-get}chromium"; fi'
FAILS = "echo 'E: no network' >&2; exit 100"


@pytest.mark.parametrize(
    ("label", "programs", "given", "expected"),
    [
        ("named", {}, {"CHROMIUM": "/opt/chrome"}, {}),
        ("installed", {"chromium": ""}, {}, {"CHROMIUM": "{folder}/chromium"}),
        ("another name", {"google-chrome": ""}, {}, {"CHROMIUM": "{folder}/google-chrome"}),
        ("to be installed", {"apt-get": INSTALLS, "sudo": SUDO}, {}, {"CHROMIUM": "{folder}/chromium"}),
        (
            "install fails",
            {"apt-get": FAILS, "sudo": SUDO},
            {},
            {"CHROMIUM_MISSING": "apt-get could not install chromium: E: no network"},
        ),
        (
            "no Debian",
            {},
            {},
            {"CHROMIUM_MISSING": "no chromium on this machine, and no apt-get to install it"},
        ),
    ],
)
def test_browser(
    tmp_path: Path, label: str, programs: dict[str, str], given: dict[str, str], expected: dict[str, str]
) -> None:
    for name, script in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        (tmp_path / name).chmod(0o755)
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={"PATH": str(tmp_path), **given},
        capture_output=True,
        text=True,
        check=True,
    )
    wanted = {name: value.format(folder=tmp_path) for name, value in expected.items()}
    assert asked.stdout.splitlines()[-1] == str(wanted), label
