"""`bin/prove-isolation`: one business attacks another on a database of its own; print and keep the report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from apps.core.running.environment import known
from apps.core.running.output import bold, say

ROOT = Path(__file__).resolve().parents[3]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
ATTACKED = ("apps/**/*.py", "config/**/*.py", "templates/**/*.html", "requirements.txt")


def main(arguments: list[str]) -> int:
    """Run the attack; 0 when nothing was found. Arguments go to pytest."""
    report = Path(os.environ.get("RUN_DIR") or ROOT / ".run") / "isolation.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    code = digest()
    command = [PYTHON, "-m", "pytest", "tests/isolation", "-q", "--tb=short", *arguments]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "PROOF_FILE": str(report)}, check=False)
    if not report.exists():
        say(f"\n{bold('The attack did not run.')}")
        return ended.returncode or 1
    facts = json.loads(report.read_text()) | {"code": code}
    report.write_text(json.dumps(facts, indent=1))
    _print(facts)
    if arguments:
        say(f"{report} (only a part, so it is not shown to the businesses)")
    else:
        _keep(report)
    return ended.returncode


def digest() -> str:
    """Names the program: changes with everything that answers requests."""
    found = sha256()
    for path in sorted({path for pattern in ATTACKED for path in ROOT.glob(pattern)}):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _print(facts: dict[str, Any]) -> None:
    say(f"\n{'':<26}{'places':>8}{'attempts':>10}  result")
    for kind in facts["kinds"]:
        result = f"{len(kind['findings'])} FOUND" if kind["findings"] else "held"
        say(f"{kind['kind']:<26}{kind['targets']:>8}{kind['attempts']:>10}  {result}")
        for finding in kind["findings"]:
            say(f"    {finding}")
    timing = facts["timing"]
    if timing["compared"]:
        say(f"\ntimes compared in {timing['compared']} places: ratio {timing['median_ratio']} (median), "
            f"at most {timing['widest_ms']} ms apart")  # fmt: skip
    left = [each for kind in facts["kinds"] for each in kind["uncovered"]]
    say(f"left to others, with the reason in the report: {len(left)}")
    attempts = sum(kind["attempts"] for kind in facts["kinds"])
    words = "Nothing of the other business was reached." if facts["passed"] else "Something did not hold."
    say(f"{bold(words)} {attempts} attempts, {facts['checks']} checks")


def _keep(report: Path) -> None:
    """In the database of the service that belongs to this folder, for its businesses to read."""
    environment = known(ROOT, os.environ)
    if not environment.get("DATABASE_URL"):
        say(f"{report} (no service runs from this folder, so no business can read it yet)")
        return
    command = [PYTHON, "manage.py", "isolation_proof", str(report)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        say(f"{report}, and in the portal of every business: Audit log, Isolation proof")
    else:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        say(f"{report} (not kept for the businesses to read: {last})")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
