"""Child processes that never outlive us, even when we are killed with SIGKILL (Linux)."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PR_SET_PDEATHSIG = 1

# Loaded here because the child may not import anything between fork and exec.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """How to start a process: `on_parent_death` is the signal it gets when we die without stopping it."""

    command: Sequence[str]
    on_parent_death: signal.Signals
    output: BinaryIO | int
    account: pwd.struct_passwd | None = None
    folder: Path | None = None
    environment: Mapping[str, str] | None = None
    pass_fds: Sequence[int] = ()


def start(child: Child) -> subprocess.Popen[bytes]:
    """Start it in its own session, so that Ctrl-C on our terminal reaches us only.

    Call it from the main thread: the kernel sends the death signal when the starting thread ends.
    """
    account = child.account
    return subprocess.Popen(
        child.command,
        stdin=subprocess.DEVNULL,
        stdout=child.output,
        stderr=subprocess.STDOUT,
        cwd=child.folder,
        env=child.environment,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        start_new_session=True,
        pass_fds=child.pass_fds,
        preexec_fn=_die_with_parent(child.on_parent_death),
    )


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def arrange() -> None:  # runs after the change of account, which would clear the setting
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def stop(process: subprocess.Popen[bytes], first: signal.Signals, *, grace: float) -> bool:
    """Send `first`, wait `grace` seconds, then kill. True when it ended by itself. Idempotent."""
    if process.poll() is not None:
        return True
    process.send_signal(first)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True
