from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from apps.sandbox import scenario
from apps.sandbox.seed import business
from apps.tenants import doors
from apps.tenants.management.operator_command import OperatorCommand

RECORDED = Path(scenario.__file__).parent / "scenarios"


class Command(OperatorCommand):
    help = "Replay a recorded scenario on the simulated platforms of a business, against the running service."

    def arguments(self, parser: CommandParser) -> None:
        names = ", ".join(sorted(path.stem for path in RECORDED.glob("*.jsonl")))
        parser.add_argument("file", help=f"a file of JSON lines, or a recorded one: {names}")
        parser.add_argument("--tenant", default=business.SLUG, help="the business's short name")
        parser.add_argument("--speed", type=float, default=1.0, help="2 halves the pauses")

    def run(self, *, file: str, tenant: str, speed: float, **_: Any) -> dict[str, Any]:
        if not settings.SANDBOX:
            raise CommandError("the sandbox is switched off here: set SANDBOX=true")
        known = doors.tenant_named(tenant)
        if known is None:
            raise CommandError(f"there is no business {tenant!r}")
        if speed <= 0:
            raise CommandError("--speed is above 0")
        try:
            lines = scenario.read(_path(file).read_text(encoding="utf-8").splitlines())
            return {"played": scenario.Stage(known, speed=speed).play(lines)}
        except (OSError, UnicodeDecodeError, scenario.BadScenario) as error:
            raise CommandError(str(error)) from None


def _path(file: str) -> Path:
    recorded = RECORDED / f"{file}.jsonl"
    return recorded if "/" not in file and recorded.exists() else Path(file)
