"""`python -m tests.chaos.launch web|worker|beat`: a line of the Procfile, with what the harness adds.

The product never imports this. Added are short leases, the witness (rows outside any scope) and, when the
environment names one, a mutant. Beat has no code of ours to change.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from apps.core.running.processes import read_procfile

ROOT = Path(__file__).resolve().parents[2]


def command(name: str) -> list[str]:
    """The words of the Procfile's line, as its shell would cut them: `python -m module` first."""
    line = read_procfile(ROOT / "Procfile")[name]
    script = f"set -- {line}; printf '%s\\n' \"$@\""
    words = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    return words.stdout.splitlines()


def main(name: str) -> None:
    python, option, module, *arguments = command(name)
    if (python, option) != ("python", "-m"):
        raise LookupError(f"the Procfile starts {name} in a way that the harness cannot add to")
    if name != "beat":
        _install(["leases", "witness"], os.environ.get("CHAOS_MUTANT", ""))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _install(ours: list[str], mutant: str) -> None:
    import django

    django.setup()
    for name in (*ours, *([f"mutants.{mutant}"] if mutant else [])):
        import_module(f"tests.chaos.{name}").install()


if __name__ == "__main__":
    main(sys.argv[1])
