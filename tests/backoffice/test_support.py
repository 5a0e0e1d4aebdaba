"""Content is read under a grant: reasoned, short, one's own, and on the business's record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core import tenancy
from apps.tenants import audit, support
from apps.tenants.models import SupportGrant
from tests.backoffice.conftest import Operator, make_operator, record_of
from tests.worlds import Side, World

OLGA = "olga@example.com"
WORDS = "plus d’internet"


@pytest.fixture
def here(committed_world: World) -> Side:
    return committed_world.filante


def conversation_page(opened: str, here: Side) -> str:
    return f"{opened}{here.conversation.pk}/"


def test_a_grant_opens_one_business_and_every_look_is_recorded(
    committed_world: World, here: Side, olga: Operator
) -> None:
    opened = olga.ask(here)["Location"]
    listed, read = olga.browser.get(opened), olga.browser.get(conversation_page(opened, here))
    for page in (listed, read):
        assert (page.status_code, WORDS in page.content.decode()) == (200, True)
        assert "Support session in Filante until" in page.content.decode()
    assert record_of(here) == [
        ("support.granted", OLGA),
        ("support.viewed", OLGA),
        ("support.viewed", OLGA),
    ]
    assert olga.browser.get(conversation_page(opened, committed_world.garance)).status_code == 404
    assert record_of(committed_world.garance) == []
    with tenancy.scope(here.id):
        assert audit.verify() is None


def end_by_time(grant: SupportGrant, here: Side, olga: Operator) -> None:
    with tenancy.scope(here.id):
        SupportGrant.objects.update(ends_at=timezone.now() - timedelta(seconds=1))


def end_by_operator(grant: SupportGrant, here: Side, olga: Operator) -> None:
    olga.browser.post(f"/admin/support/{grant.pk}/end/")


def end_by_colleague(grant: SupportGrant, here: Side, olga: Operator) -> None:
    make_operator("oscar").act("end-grants", [grant.pk])


def end_by_business(grant: SupportGrant, here: Side, olga: Operator) -> None:
    with tenancy.scope(here.id):
        support.end(grant, actor="alice@example.com")


@pytest.mark.parametrize("end", [end_by_time, end_by_operator, end_by_colleague, end_by_business])
def test_an_ended_grant_opens_nothing(here: Side, olga: Operator, end: object) -> None:
    opened = olga.ask(here)["Location"]
    with tenancy.scope(here.id):
        grant = SupportGrant.objects.get()
    assert olga.browser.get(opened).status_code == 200
    end(grant, here, olga)  # type: ignore[operator]
    before = record_of(here)
    pages = [olga.browser.get(opened), olga.browser.get(conversation_page(opened, here))]
    assert [(page.status_code, WORDS in page.content.decode()) for page in pages] == [(404, False)] * 2
    assert record_of(here) == before


def test_a_grant_is_ones_own(here: Side, olga: Operator) -> None:
    opened = olga.ask(here)["Location"]
    oscar = make_operator("oscar")
    answers = [oscar.browser.get(opened), oscar.browser.post(f"{opened}end/")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert olga.browser.get(opened).status_code == 200


@pytest.mark.parametrize(
    ("reason", "minutes"), [("", "15"), ("  ", "15"), ("why", "0"), ("why", "61"), ("why", ""), ("why", "x")]
)
def test_no_grant_without_reason_or_for_long(here: Side, olga: Operator, reason: str, minutes: str) -> None:
    assert olga.ask(here, reason=reason, minutes=minutes).status_code == 422
    assert record_of(here) == []


def test_asking_for_nobody_is_missing(olga: Operator) -> None:
    path = "/admin/support/ask/0197a000-0000-7000-8000-000000000000/"
    assert olga.browser.get(path).status_code == 404


def test_open_sessions_are_remembered_on_the_first_page(here: Side, olga: Operator) -> None:
    opened = olga.ask(here)["Location"]
    assert f'href="{opened}"' in olga.browser.get("/admin/").content.decode()
