"""The processes of a Procfile: started in its order, watched together, stopped in its order."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from apps.core.embedded import children
from apps.core.running.output import relay, say

# The worker finishes its calls in flight within worker_soft_shutdown_timeout (20 s).
GRACE_SECONDS = 30.0
LOOK_SECONDS = 0.2
LAST_WORDS_SECONDS = 1.0
READY_SECONDS = 60.0
STEADY_SECONDS = 3.0  # who ends sooner would only end again


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
    sockets: dict[str, socket.socket] = field(default_factory=dict)  # kept while who listens there restarts
    _lasting: dict[str, tuple[str, float]] = field(default_factory=dict)  # command, time of the start

    def keep(self, name: str, command: str, *, listening: socket.socket | None = None) -> None:
        """Start it, and again whenever it ended well (SIGTERM, by whoever restarts it); on `listening` when
        that is given, where connections wait meanwhile."""
        if listening is not None:
            self.sockets[name] = listening
        self.start(name, command)
        self._lasting[name] = command, time.monotonic()

    def replace(self, name: str) -> None:
        """Another in its place without a moment between: the new one first, then SIGTERM to the old one.

        It says when it does its work (`ready.say_ready`), within READY_SECONDS; until then, or when it fails,
        the old one stays.
        """
        old, output = self.running[name], self.outputs[name]
        ready, says = os.pipe()
        new = self.start(name, self._lasting[name][0], says=says)
        os.close(says)
        told = _is_told(ready)
        os.close(ready)
        kept, ended = (new, old) if told else (old, new)
        children.stop(ended, signal.SIGTERM, grace=self.grace)
        self.running[name] = kept
        if kept is old:
            self.outputs[name] = output
        say(f"  {name} was {'replaced' if told else 'not replaced: the new one did not begin'}")

    def start(self, name: str, command: str, *, says: int | None = None) -> subprocess.Popen[bytes]:
        """Run `command` in a shell that becomes it, its output behind `name`."""
        passed = [self.sockets[name].fileno()] if name in self.sockets else []
        given = f"{sys.executable} -m apps.core.running.listening {passed[0]} " if passed else ""
        environment = dict(self.environment)
        if says is not None:
            passed.append(says)
            environment["SAYS_READY_ON"] = str(says)
        child = children.Child(
            command=["/bin/sh", "-c", f"exec {given}{command}"],
            pass_fds=passed,
            on_parent_death=signal.SIGKILL,  # nothing may outlive us, and a kill loses nothing (I1-I5)
            output=subprocess.PIPE,
            folder=self.root,
            environment=environment,
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
        """Failed when one of them has ended, unless it is one to be started again."""
        for name, process in list(self.running.items()):
            if process.poll() is None:
                continue
            self.outputs[name].join(LAST_WORDS_SECONDS)
            if process.returncode == 0 and self._was_steady(name):
                say(f"  {name} was stopped; starting it again")
                self._forget(name)
                self.keep(name, self._lasting[name][0])
            else:
                raise Failed(f"{name} ended by itself ({describe(process.returncode)}); stopping the others.")

    def _was_steady(self, name: str) -> bool:
        _, since = self._lasting.get(name, ("", float("inf")))
        return time.monotonic() - since > STEADY_SECONDS

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


def _is_told(ready: int) -> bool:
    """False after READY_SECONDS, or when nobody is left to tell."""
    return bool(select.select([ready], [], [], READY_SECONDS)[0] and os.read(ready, 1))


def describe(status: int) -> str:
    """A return code in words."""
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
