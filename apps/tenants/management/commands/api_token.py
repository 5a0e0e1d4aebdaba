from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from apps.core import tenancy
from apps.tenants import tokens
from apps.tenants.management.operator_command import OperatorCommand, tenant_id_of, text_up_to
from apps.tenants.models import ApiToken, Role

ACTOR = "command line"


class Command(OperatorCommand):
    help = (
        "Make an API token and print it once. When a usable token of that name exists, nothing is made; "
        "--rotate revokes it and makes a new one."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True, type=text_up_to(80))
        parser.add_argument("--role", choices=Role.values, default=Role.AGENT.value)
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--rotate", action="store_true")

    def run(self, *, tenant: str, name: str, role: str, days: int, rotate: bool, **_: Any) -> dict[str, Any]:
        with tenancy.scope(tenant_id_of(tenant)):
            current = list(_usable(name))
            if current and not rotate:
                return _result(current[0], created=False)
            for token in current:
                tokens.revoke(token, actor=ACTOR)
            try:
                token, text = tokens.issue(name, role=role, days=days, issuer=None, actor=ACTOR)
            except ValueError as error:
                raise CommandError(str(error)) from error
            return {**_result(token, created=True), "token": text}


def _usable(name: str) -> QuerySet[ApiToken]:
    rows = ApiToken.objects.filter(name=name, revoked_at=None, expires_at__gt=timezone.now())
    return rows.order_by("created_at")


def _result(token: ApiToken, *, created: bool) -> dict[str, Any]:
    return {
        "name": token.name,
        "role": token.role,
        "expires_at": token.expires_at.isoformat(),
        "created": created,
    }
