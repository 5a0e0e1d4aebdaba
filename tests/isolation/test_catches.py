"""Whether the attack would notice: each hole that it looks for is opened on purpose, and it must turn red."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest import mock
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from apps.conversations.models import Conversation
from apps.core import tenancy
from config import urls
from tests.isolation.addresses import Address
from tests.isolation.arena import Arena
from tests.isolation.engine import Raid
from tests.isolation.poison import leave_by, pool_of_one, remains
from tests.isolation.tally import TALLY, Tally
from tests.isolation.targets import actor_for

SLOW_SECONDS = 0.2


def anywhere(pk: UUID) -> tuple[Conversation | None, UUID]:
    """The row and whose it is, past row security: what a view must never do."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as login:
        query = "SELECT tenant_id FROM conversations_conversation WHERE id = %s"
        row = login.execute(query, [pk]).fetchone()
    if row is None:
        raise Http404
    with tenancy.scope(row[0]):
        return Conversation.objects.filter(pk=pk).first(), row[0]


def shows(request: HttpRequest, tenant: str, pk: UUID) -> HttpResponse:
    found, _ = anywhere(pk)
    return HttpResponse(f"{found.pk if found else ''}")


def admits(request: HttpRequest, tenant: str, pk: UUID) -> HttpResponse:
    """Says nothing of the row, but that there is one."""
    found, owner = anywhere(pk)
    own = request.user.is_authenticated and owner_is(request, owner)
    return HttpResponse("yours" if own else "no", status=200 if own else 403)


def writes(request: HttpRequest, tenant: str, pk: UUID) -> HttpResponse:
    found, owner = anywhere(pk)
    with tenancy.scope(owner):
        Conversation.objects.filter(pk=pk).update(tag="mine")
    if owner_is(request, owner):
        return HttpResponse("yours")
    raise Http404


def hesitates(request: HttpRequest, tenant: str, pk: UUID) -> HttpResponse:
    found, owner = anywhere(pk)
    if owner_is(request, owner):
        return HttpResponse("yours")
    time.sleep(SLOW_SECONDS)
    raise Http404


def asks(request: HttpRequest, tenant: str, pk: UUID) -> HttpResponse:
    """Careful with the path, careless with the query."""
    other = request.GET.get("beside")
    return HttpResponse(str(anywhere(UUID(other))[0]) if other else "nothing beside")


def owner_is(request: HttpRequest, tenant_id: UUID) -> bool:
    from apps.tenants import doors

    return any(place.tenant_id == tenant_id for place in doors.places_of(request.user.pk))  # type: ignore[arg-type]


@pytest.mark.parametrize("view", [shows, admits, writes, asks], ids=lambda view: view.__name__)
def test_a_leaking_page_is_found(field: Arena, view: Callable[..., HttpResponse]) -> None:
    raid = raid_on(field, view)
    assert [words for words in raid.findings if "cannot be reached" not in words], raid.findings
    TALLY.count("holes opened on purpose", view.__name__, raid.attempts)


def test_a_hesitating_page_is_found(field: Arena) -> None:
    raid = raid_on(field, hesitates)
    assert [pace.tells for pace in raid.tally.paces] == [True], raid.findings
    TALLY.count("holes opened on purpose", "hesitates", raid.attempts)


def raid_on(field: Arena, view: Callable[..., HttpResponse]) -> Raid:
    route = "<slug:tenant>/leaking/<uuid:pk>/"
    leaking: Any = ModuleType("leaking")
    leaking.urlpatterns = [path(route, view, name="leaking"), *urls.urlpatterns]
    address = Address("leaking", route, ("tenant", "pk"), view)
    actor = actor_for(address, field)
    assert actor
    raid = Raid(field, address, actor, tally=Tally(), times=5)
    with override_settings(ROOT_URLCONF=leaking):
        raid.run()
    return raid


def test_a_setting_that_outlives_its_transaction_is_found(field: Arena) -> None:
    """The fourth mutant of the chaos harness: the tenant is set on the session."""

    def tell(tenant: str) -> str:
        return f"SET app.tenant_id = '{tenant}'"

    here, there = field.victim, field.attacker
    with mock.patch.object(tenancy, "_telling", tell), pool_of_one():
        leave_by("success", here.id)
        connection.close()
        found = remains(there.id)
    assert "the connection still has a tenant" in found
    assert "rows are seen without a tenant" in found
    TALLY.count("holes opened on purpose", "a session's tenant", 1)
