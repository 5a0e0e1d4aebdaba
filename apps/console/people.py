"""Colleagues as pages show them: a name, initials, a colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from apps.core.look import initials_of, tone_of
from apps.tenants.models import Membership


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    name: str
    initials: str
    tone: int


def person_of(membership: Membership) -> Person:
    """Needs `membership.user` at hand."""
    name = membership.user.display_name
    return Person(membership.pk, name, initials_of(name), tone_of(str(membership.pk)))


def people_named(ids: Iterable[UUID]) -> dict[UUID, Person]:
    """People of the open scope's tenant by membership id, former ones included (one query)."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = Membership.objects.filter(pk__in=wanted).select_related("user")
    return {row.pk: person_of(row) for row in rows}


def colleagues() -> list[Person]:
    """Everyone active, by name."""
    rows = Membership.objects.filter(active=True).select_related("user")
    return sorted((person_of(row) for row in rows), key=lambda person: person.name.casefold())
