from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.tenants import proof
from apps.tenants.management.operator_command import OperatorCommand


class Command(OperatorCommand):
    help = "Keep the report of bin/prove-isolation, for every business to read."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("report", type=Path, help="the JSON file that the run wrote")

    def run(self, *, report: Path, **_: Any) -> dict[str, Any]:
        try:
            kept = proof.record(json.loads(report.read_text()))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise CommandError(f"{report} is no report: {error}") from None
        return {"id": kept.pk, "passed": kept.passed, "finished_at": kept.finished_at.isoformat()}
