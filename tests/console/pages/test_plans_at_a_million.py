"""As test_plans, in a tenant with a million messages and a hundred thousand conversations among two hundred
tenants: what the planner does with a small table says little of what it does with this one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connections

from apps.conversations import queries
from apps.core import tenancy
from apps.tenants.models import Membership
from benchmarks.harness.seeding import Filled, fill, named
from tests.conftest import empty_database
from tests.console.pages import test_plans
from tests.console.pages.test_plans import AGENT, ON_THE_WAY, QUESTIONS, scans, walk

CONVERSATIONS = 100_000
NOT_FILLED = {"stream"}  # traffic is left out, which would take minutes: test_plans asks for it

pytestmark = test_plans.pytestmark


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: object) -> Iterator[Filled]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield fill(os.environ["DATABASE_URL"], conversations=CONVERSATIONS, traffic=False)
        for each in connections.all():
            each.close()
        empty_database()


@pytest.mark.parametrize("question", sorted(QUESTIONS.keys() - NOT_FILLED))
def test_no_large_table_is_read_from_end_to_end(
    filled: Filled, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_plans, "LONGEST", named("conversation", 0, CONVERSATIONS))
    with tenancy.scope(filled.tenant()):
        reader = Membership.objects.select_related("user").get(pk=filled.membership(AGENT))
        viewer = queries.viewer_of(reader)
        before = scans()
        answer = QUESTIONS[question](reader, viewer)
        assert scans() - before == Counter()
    assert answer is not None


@pytest.mark.parametrize("step", sorted(ON_THE_WAY.keys() - {"the log"}))
def test_a_plan_that_is_kept_reads_no_large_table_from_end_to_end(
    filled: Filled, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_plans, "LONGEST", named("conversation", 0, CONVERSATIONS))
    walk(filled, step)
