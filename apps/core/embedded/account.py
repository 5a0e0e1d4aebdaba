"""Who the servers run as, and which folders that account may enter.

PostgreSQL refuses to run as root, so root hands both servers to an account without a shell. Anyone else
runs them as themselves.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

NAME = "comptoir"


class EmbeddedError(Exception):
    """An embedded server cannot run; the text says what to do about it."""


def server_account() -> pwd.struct_passwd | None:
    """The account to switch to, made when it is missing; None unless we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return _make_account()


def _make_account() -> pwd.struct_passwd:
    program = shutil.which("useradd")
    if program is None:
        return pwd.getpwnam("nobody")
    shell = shutil.which("nologin") or "/bin/false"
    command = [program, "--system", "--no-create-home", "--shell", shell, NAME]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode not in (0, 9):  # 9: another start made it a moment ago
        raise EmbeddedError(f"Cannot make the system account {NAME}: {made.stderr.strip()}")
    return pwd.getpwnam(NAME)


def private_folder(path: Path, account: pwd.struct_passwd | None) -> Path:
    """Make `path` a folder that only the servers' account (and root) can enter. Idempotent."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
        let_pass(path)
    return path


def let_pass(path: Path) -> None:
    """Let other accounts pass through the folders above `path`; it does not let them list anything."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_read(tree: Path) -> None:
    """Let other accounts read and run the programs under `tree` (a strict umask installs them closed)."""
    let_pass(tree)
    if tree.stat().st_mode & stat.S_IROTH:
        return
    for path in (*tree.rglob("*"), tree):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
