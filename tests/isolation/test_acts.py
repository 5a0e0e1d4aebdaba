"""Operators' acts: done to one business's rows they leave the other's alone and stand in its audit log."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.backoffice.acts.act import Act
from apps.backoffice.acts.catalogue import ACTS
from apps.core import tenancy
from apps.core.models import TenantModel
from apps.tenants.models import AuditEntry, Tenant, User
from tests.isolation.arena import Arena
from tests.isolation.ask import Ask
from tests.isolation.tally import TALLY
from tests.worlds import signed_in


@pytest.fixture(scope="module")
def olga(field: Arena) -> Client:
    return signed_in(User.objects.get(email="olga@example.com"))


def rows_of(act: Act, field: Arena) -> list[str]:
    if act.model is Tenant:
        return [str(field.attacker.id)]
    if act.model is User:
        return [str(field.attacker.agent.pk)]
    with tenancy.scope(field.attacker.id):
        return [str(pk) for pk in act.model._default_manager.values_list("pk", flat=True)]


@pytest.mark.parametrize("slug", ACTS)
def test_an_act_stays_with_its_business(field: Arena, olga: Client, slug: str) -> None:
    act = ACTS[slug]
    body: dict[str, Any] = {"ids": ",".join(rows_of(act, field)), "reason": "ticket 12"}
    shot = field.shoot(Ask("post", f"/admin/act/{slug}/", body=body), olga)
    assert shot.answer.status == 302
    found = ["the other business's rows moved"] if shot.moved else []
    assert TALLY.count("operators' acts", slug, 1, found) == []


def test_every_act_is_tried_on_rows_that_are_there(field: Arena) -> None:
    assert [slug for slug, act in ACTS.items() if not rows_of(act, field)] == []


def test_a_look_is_into_one_business(field: Arena, olga: Client) -> None:
    """A grant of the attacker's, with the victim's conversation: as one that never was."""
    grant = field.own.ids()["tenants.SupportGrant"][0]
    own, theirs = (rows.ids()["conversations.Conversation"][0] for rows in (field.own, field.theirs))
    statuses = [
        field.shoot(Ask("get", f"/admin/support/{grant}/{pk}/"), olga).answer.status
        for pk in (own, theirs, timezone.now().strftime("00000000-0000-7000-8000-%y%m%d%H%M%S"))
    ]
    found = [] if statuses == [200, 404, 404] else [f"answers {statuses}"]
    assert TALLY.count("operators' acts", "support", 3, found) == []


def test_acts_are_on_tenants_rows_or_people() -> None:
    known = {act.model for act in ACTS.values() if not issubclass(act.model, TenantModel)}
    assert known <= {Tenant, User}
    assert AuditEntry._meta.db_table == "tenants_auditentry"
