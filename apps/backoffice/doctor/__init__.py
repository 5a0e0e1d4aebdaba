"""Is this deployment well? One finding per check, each with its fix."""

from __future__ import annotations

from apps.backoffice.doctor import database, deployment, workers
from apps.backoffice.doctor.finding import Check, Finding, State, bad

CHECKS = [*database.CHECKS, *workers.CHECKS, *deployment.CHECKS]


def examine(checks: list[Check]) -> dict[str, Finding]:
    """What each check found, in order. A check that cannot look has found something wrong."""
    return {check.name: _look(check) for check in checks}


def is_well(findings: dict[str, Finding]) -> bool:
    """Warnings are no illness."""
    return all(finding.state != State.BAD for finding in findings.values())


def _look(check: Check) -> Finding:
    try:
        return check.look()
    except Exception as error:  # whatever it is, the next check must still run; its words may hold a password
        return bad(f"cannot be checked: {type(error).__name__}", fix="is it running, and is its URL right?")
