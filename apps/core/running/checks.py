"""`bin/ci`: every check, each named, all of them run even when one fails."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from apps.core.running.output import bold, say

ROOT = Path(__file__).resolve().parents[3]
PYTHON = sys.executable

CHECKS: dict[str, list[str]] = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy"],
    "layers": ["lint-imports"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


def main() -> int:
    """0 when every check passes. Needs no server: nothing here connects to the database."""
    with tempfile.TemporaryDirectory() as run_dir:
        environment = production(run_dir)
        failed = [name for name, command in CHECKS.items() if not _passes(name, command, environment)]
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def production(run_dir: str) -> dict[str, str]:
    """A deployment as docs/running.md describes it, with keys made for this run only."""
    return {
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": os.environ.get("HOME", run_dir),
        "LANG": "C.UTF-8",
        "RUN_DIR": run_dir,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "CREDENTIAL_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "BASE_URL": "https://chat.example",
        "DATABASE_URL": "postgresql://comptoir@127.0.0.1:1/comptoir",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "BEHIND_PROXY": "true",
        "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
    }


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    say(f"{name:<12} {'ok' if passed else bold('FAILED')} ({time.monotonic() - began:.1f} s)")
    if not passed:
        say((done.stdout + done.stderr).strip())
    return passed


if __name__ == "__main__":
    sys.exit(main())
