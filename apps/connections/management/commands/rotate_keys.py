from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from apps.connections.keyring import CredentialUnreadable
from apps.connections.rotate import Rotated, rotate_tenant
from apps.core import tenancy
from apps.tenants.management.operator_command import OperatorCommand, tenant_id_of
from apps.tenants.models import Tenant


class Command(OperatorCommand):
    help = (
        "Wrap every data key with the newest of CREDENTIAL_KEYS and seal every credential under a new data "
        "key. Safe while the service runs; a run that broke off is finished by the next one."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", default="", metavar="SLUG", help="only this one; all by default")

    def run(self, *, tenant: str, **_: Any) -> dict[str, Any]:
        tenants = [tenant_id_of(tenant)] if tenant else _everyone()
        done = [_rotated(tenant_id) for tenant_id in tenants]
        return {
            "tenants": len(done),
            "keys_rewrapped": sum(result.rewrapped for result in done),
            "credentials_resealed": sum(result.resealed for result in done),
        }


def _everyone() -> list[UUID]:
    with tenancy.operator():
        return list(Tenant.objects.order_by("created_at").values_list("pk", flat=True))


def _rotated(tenant_id: UUID) -> Rotated:
    try:
        return rotate_tenant(tenant_id)
    except CredentialUnreadable as error:
        raise CommandError(f"tenant {tenant_id}: {error}") from None
