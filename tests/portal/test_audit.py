"""The audit page: readable, filtered, whole, exported; and the operators it tells of."""

from __future__ import annotations

import csv
import io
import json
import os

import psycopg

from apps.core import tenancy
from apps.tenants import audit, support, teams
from apps.tenants.models import AuditEntry, User
from tests.people import add_member, confirmed, setup_url, typed_in
from tests.worlds import Side, World, person, signed_in


def test_it_shows_and_filters(filante: Side, garance: Side) -> None:
    with tenancy.scope(filante.id):
        teams.create_team(filante.owner_membership, "<b>Boutique</b>")
    browser = signed_in(filante.owner)
    page = browser.get(setup_url(filante, "audit/"), {"action": "team.created"})
    assert [entry.action for entry, _ in page.context["entries"]] == ["team.created"]
    text = page.content.decode()
    assert ("The chain holds." in text, "<b>Boutique" in text, garance.owner.email in text) == (
        True,
        False,
        False,
    )


def test_it_says_where_the_chain_is_broken(committed_world: World) -> None:
    """Someone with the database owner's password changes the past."""
    side = committed_world.filante
    with tenancy.scope(side.id):
        first = AuditEntry.objects.get(number=1)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as login:
        login.execute("UPDATE tenants_auditentry SET actor = 'nobody' WHERE id = %s", [first.pk])
    page = signed_in(side.owner).get(setup_url(side, "audit/"))
    assert page.context["broken_at"] == 1
    assert "broken at entry 1" in page.content.decode()


def test_it_is_exported_with_nothing_a_spreadsheet_would_run(filante: Side) -> None:
    with tenancy.scope(filante.id):
        audit.record("team.created", actor="=cmd()", subject="+1")
    browser = confirmed(typed_in(filante.owner))
    as_json = json.loads(browser.get(setup_url(filante, "audit/export.json")).content)
    with tenancy.scope(filante.id):
        known = list(AuditEntry.objects.values_list("number", "action"))
    assert [(row["number"], row["action"]) for row in as_json] == known[:-1]
    assert known[-1][1] == "audit.exported"
    answer = browser.get(setup_url(filante, "audit/export.csv"), {"action": "team.created"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-filante-')
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["actor"], row["subject"], row["action"]) == ("'=cmd()", "'+1", "team.created")
    assert browser.get(setup_url(filante, "audit/export.xml")).status_code == 404


def test_an_agent_does_not_read_it(filante: Side) -> None:
    assert signed_in(filante.agent).get(setup_url(filante, "audit/")).status_code == 403


def _operator() -> User:
    olivia = person("olivia")
    User.objects.filter(pk=olivia.pk).update(is_staff=True)
    olivia.refresh_from_db()
    return olivia


def test_the_owner_sees_and_ends_a_support_grant(filante: Side, garance: Side) -> None:
    olivia = _operator()
    with tenancy.scope(filante.id):
        grant = support.grant(olivia, "Ticket 311: lost photos", minutes=30)
    ending = f"audit/grants/{grant.pk}/end/"
    page = signed_in(filante.owner).get(setup_url(filante, "audit/")).content.decode()
    assert ("Ticket 311: lost photos" in page, olivia.email in page) == (True, True)
    admin = signed_in(add_member(filante, "iris", "admin").user)
    assert admin.post(setup_url(filante, ending)).status_code == 403
    assert signed_in(garance.owner).post(setup_url(garance, ending)).status_code == 404
    signed_in(filante.owner).post(setup_url(filante, ending))
    with tenancy.scope(filante.id):
        assert not support.may_read(olivia)
