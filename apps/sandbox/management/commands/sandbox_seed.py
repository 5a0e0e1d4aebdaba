from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from apps.core import tenancy
from apps.sandbox.seed import business, stories
from apps.tenants import doors
from apps.tenants.management.operator_command import OperatorCommand


class Command(OperatorCommand):
    help = "Make the demonstration business, once. Again: only lets its channels follow BASE_URL."

    def arguments(self, parser: CommandParser) -> None:
        pass

    def run(self, **_: Any) -> dict[str, Any]:
        if not settings.SANDBOX:
            raise CommandError("the sandbox is switched off here: set SANDBOX=true")
        known = doors.tenant_named(business.SLUG)
        if known is not None:
            with tenancy.scope(known):
                business.follow_address()
            return {"tenant": business.SLUG, "created": False}
        _make()
        return {"tenant": business.SLUG, "created": True}


def _make() -> None:
    """All of it or nothing: a start that was interrupted begins anew."""
    with transaction.atomic():
        tenant = business.found_business()
        with tenancy.scope(tenant.pk):
            stories.tell_all(business.furnish())
