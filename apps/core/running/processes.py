"""The processes of a Procfile: started in its order, watched together, stopped in its order."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from apps.core.embedded import children
from apps.core.running.output import relay, say

# The worker finishes its calls in flight within worker_soft_shutdown_timeout (20 s).
GRACE_SECONDS = 30.0
LOOK_SECONDS = 0.2
LAST_WORDS_SECONDS = 1.0


class Failed(Exception):
    """The start or a process failed; the text says which and what to do."""


def read_procfile(path: Path) -> dict[str, str]:
    """Name -> command, in the order of the file."""
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return {name.strip(): command.strip() for name, colon, command in lines if colon and name[:1] != "#"}


@dataclass(slots=True)
class Processes:
    """What runs now, by name."""

    root: Path
    environment: Mapping[str, str]
    grace: float = GRACE_SECONDS
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    outputs: dict[str, threading.Thread] = field(default_factory=dict)

    def start(self, name: str, command: str) -> subprocess.Popen[bytes]:
        """Run `command` in a shell that becomes it, its output behind `name`."""
        child = children.Child(
            command=["/bin/sh", "-c", f"exec {command}"],
            on_parent_death=signal.SIGKILL,  # nothing may outlive us, and a kill loses nothing (I1-I5)
            output=subprocess.PIPE,
            folder=self.root,
            environment=self.environment,
        )
        process = children.start(child)
        assert process.stdout is not None
        self.outputs[name] = relay(name, len(self.running), process.stdout)
        self.running[name] = process
        return process

    def finish(self, name: str) -> None:
        """Wait for a step that ends by itself; Failed when it did not work."""
        status = self.running[name].wait()
        self._forget(name)
        if status != 0:
            raise Failed(f"The step {name!r} failed ({describe(status)}); its words are above.")

    def check(self) -> None:
        """Failed when one of them has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                self.outputs[name].join(LAST_WORDS_SECONDS)
                raise Failed(f"{name} ended by itself ({describe(process.returncode)}); stopping the others.")

    def stop(self) -> None:
        """SIGTERM to one after the other, each with its time to finish. Idempotent."""
        while self.running:
            name = next(iter(self.running))
            ended = children.stop(self.running[name], signal.SIGTERM, grace=self.grace)
            self._forget(name)
            say(f"  {name} stopped" if ended else f"  {name} took over {self.grace:g} s and was killed")

    def _forget(self, name: str) -> None:
        """Its last words come before ours."""
        self.outputs.pop(name).join(LAST_WORDS_SECONDS)
        del self.running[name]


def describe(status: int) -> str:
    """A return code in words."""
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
