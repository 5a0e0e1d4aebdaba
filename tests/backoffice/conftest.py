"""Olga runs the service; she belongs to no business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.core import tenancy
from apps.tenants.models import AuditEntry, User
from tests.worlds import Side, World, person, signed_in


@dataclass(frozen=True, slots=True)
class Operator:
    user: User
    browser: Client

    def act(self, slug: str, ids: Sequence[UUID], *, reason: str = "ticket 12") -> Any:
        """Confirm an act on rows, as the form does."""
        body = {"ids": ",".join(map(str, ids)), "reason": reason}
        return self.browser.post(f"/admin/act/{slug}/", body)

    def ask(self, side: Side, *, reason: str = "ticket 12", minutes: str = "15") -> Any:
        return self.browser.post(f"/admin/support/ask/{side.id}/", {"reason": reason, "minutes": minutes})


@pytest.fixture
def olga(committed_world: World) -> Operator:
    return make_operator("olga")


def make_operator(name: str) -> Operator:
    user = person(name)
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return Operator(user, signed_in(user))


def record_of(side: Side) -> list[tuple[str, str]]:
    """The tenant's audit chain without its first entry: action and actor."""
    with tenancy.scope(side.id):
        return list(AuditEntry.objects.exclude(number=1).values_list("action", "actor"))
