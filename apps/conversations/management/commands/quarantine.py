from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from apps.conversations import quarantine
from apps.tenants.management.operator_command import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Hold everything that is on its way, of every business: for a restored database, before its first "
        "worker starts. bin/restore does it. An operator releases or drops it under /admin/, Businesses."
    )

    def arguments(self, parser: CommandParser) -> None:
        """None."""

    def run(self, **_: Any) -> dict[str, Any]:
        held = quarantine.hold_all()
        return {"held": sum(held.values()), **{str(tenant): count for tenant, count in held.items()}}
