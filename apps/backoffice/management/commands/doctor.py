from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.backoffice.doctor import CHECKS, examine, is_well
from apps.backoffice.doctor.finding import Finding


class Command(BaseCommand):
    help = "Check this deployment: one line per check, with the fix. Exit code 1 when something is wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine(CHECKS)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(findings)))
        else:
            self.stdout.write("\n".join(_line(name, found) for name, found in findings.items()))
        if not is_well(findings):
            raise SystemExit(1)


def _as_json(findings: dict[str, Finding]) -> dict[str, Any]:
    checks = [{"name": name, **asdict(finding)} for name, finding in findings.items()]
    return {"ok": is_well(findings), "checks": checks}


def _line(name: str, finding: Finding) -> str:
    fix = f". Fix: {finding.fix}" if finding.fix else ""
    return f"{finding.state:<8} {name:<17} {finding.words}{fix}"
