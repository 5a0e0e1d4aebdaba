"""The environment of every process: what is set, then `.env`, then what the first start made up."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

OURS = ("BASE_URL", "DATABASE_URL", "REDIS_URL", "SANDBOX")
SMTP_BESIDE = 25  # the sandbox's mail server is that far from the web process's port
SECRETS = ("SECRET_KEY", "CREDENTIAL_KEYS")


def read_pairs(path: Path) -> dict[str, str]:
    """`KEY=value` lines as honcho and foreman read them; quotes around a value are dropped, # begins a
    comment line. A missing file is an empty one."""
    if not path.exists():
        return {}
    pairs = {}
    for line in path.read_text().splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            pairs[name.strip()] = _unquoted(value.strip())
    return pairs


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def compose(root: Path, given: Mapping[str, str]) -> dict[str, str]:
    """`given` wins over `.env`, which wins over our defaults. Makes RUN_DIR and its secrets when missing."""
    environment = {**read_pairs(root / ".env"), **given}
    run_dir = Path(environment.setdefault("RUN_DIR", str(root / ".run"))).absolute()
    environment["RUN_DIR"] = str(run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    run_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    port = environment.setdefault("PORT", "8000")
    environment.setdefault("BASE_URL", f"http://localhost:{port}")
    environment.setdefault("SANDBOX", "true")
    if port.isdigit():
        environment.setdefault("SANDBOX_SMTP_PORT", str(int(port) + SMTP_BESIDE))
    environment["PATH"] = f"{root / '.venv' / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment.setdefault("PYTHONUNBUFFERED", "1")
    environment.setdefault("LOG_FORMAT", "lines" if sys.stdout.isatty() else "json")
    if os.geteuid() == 0:  # in a container there is often nobody else; the servers have their own account
        environment.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    return environment | keys(run_dir, environment)


def known(root: Path, given: Mapping[str, str]) -> dict[str, str]:
    """`given`, and what it lacks from `.env` and from the last `bin/up`, running or not. Makes nothing."""
    environment = {**read_pairs(root / ".env"), **given}
    run_dir = Path(environment.get("RUN_DIR") or root / ".run")
    return {**read_pairs(run_dir / "env"), **read_pairs(run_dir / "secrets"), **environment}


def keys(run_dir: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What `given` lacks of SECRET_KEY and CREDENTIAL_KEYS: made once and kept in `run_dir`/secrets.

    Losing that file makes the stored credentials of channels unreadable.
    """
    missing = [name for name in SECRETS if not given.get(name)]
    path = run_dir / "secrets"
    if missing and not path.exists():
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        write_pairs(path, {"SECRET_KEY": secrets.token_urlsafe(64), "CREDENTIAL_KEYS": key})
    kept = read_pairs(path)
    return {name: kept[name] for name in missing}


def write_pairs(path: Path, pairs: Mapping[str, str]) -> None:
    """One `KEY=value` per line, whole or not at all, readable by us only."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in pairs.items())
    part.rename(path)


def publish(environment: Mapping[str, str]) -> None:
    """Write RUN_DIR/env, from which other programs learn where we are."""
    write_pairs(Path(environment["RUN_DIR"]) / "env", {name: environment.get(name, "") for name in OURS})
