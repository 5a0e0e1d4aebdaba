"""Rules are the tenant's own, audited, and may be set again."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.core import tenancy
from apps.routing import rules
from apps.tenants.models import AuditEntry
from tests.worlds import World


def test_a_tag_is_sent_to_a_team_and_back(world: World) -> None:
    with tenancy.scope(world.filante.id):
        assert rules.send_to("mobile", world.filante.adsl, actor="alice") is True
        assert rules.send_to("mobile", world.filante.adsl, actor="alice") is False
        assert rules.team_by_tag() == {"adsl": world.filante.adsl.pk, "mobile": world.filante.adsl.pk}
        assert rules.send_to("mobile", None, actor="alice") is True
        assert rules.team_by_tag() == {"adsl": world.filante.adsl.pk}
        entries = AuditEntry.objects.filter(action="routing.changed").order_by("number")
        assert [(entry.subject, entry.data) for entry in entries] == [
            ("mobile", {"team": "adsl"}),
            ("mobile", {"team": ""}),
        ]
    with tenancy.scope(world.garance.id):
        assert rules.team_by_tag() == {"adsl": world.garance.adsl.pk}
        assert rules.default_team() == world.garance.front_desk.pk


def test_a_rule_needs_a_tag(world: World) -> None:
    with tenancy.scope(world.filante.id), pytest.raises(ValidationError):
        rules.send_to("a/b", world.filante.adsl, actor="alice")
