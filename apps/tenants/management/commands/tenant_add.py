from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from apps.tenants import doors
from apps.tenants.management.operator_command import OperatorCommand, email_address, text_up_to
from apps.tenants.models import User
from apps.tenants.person import ensure_person
from apps.tenants.register import is_possible_slug, register_tenant


class Command(OperatorCommand):
    help = "Make a tenant with its owner. Again with the same name (or slug) and owner: finds it."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", type=text_up_to(120))
        parser.add_argument("--slug", default="", help="its address; made from the name by default")
        parser.add_argument("--owner", required=True, metavar="EMAIL", type=email_address)
        parser.add_argument("--locale", default="en", choices=list(dict(settings.LANGUAGES)))

    @transaction.atomic
    def run(self, *, name: str, slug: str, owner: str, locale: str, **_: Any) -> dict[str, Any]:
        user, _new = ensure_person(owner)
        place = _place_of(user, name, slug)
        if place is not None:
            return _result(place.slug, place.name, owner, created=False)
        if slug:
            _require_possible(slug)
        tenant = register_tenant(user, name, slug=slug, locale=locale)
        return _result(tenant.slug, tenant.name, owner, created=True)


def _require_possible(slug: str) -> None:
    """An address that was named is taken as it is or refused: another one would be made anew each time."""
    if not is_possible_slug(slug):
        raise CommandError(f"{slug!r} cannot be an address: a-z, 0-9 and -, at most 32, and none of ours")
    if doors.tenant_named(slug) is not None:
        raise CommandError(f"the address {slug!r} belongs to another business")


def _place_of(user: User, name: str, slug: str) -> doors.Place | None:
    for place in doors.places_of(user.pk):
        if place.role == "owner" and (place.slug == slug if slug else place.name == name):
            return place
    return None


def _result(slug: str, name: str, owner: str, *, created: bool) -> dict[str, Any]:
    return {"tenant": slug, "name": name, "owner": owner, "created": created}
