"""The open scope's routing rules: tag -> team."""

from __future__ import annotations

from uuid import UUID

from apps.routing import tags
from apps.routing.models import RoutingRule
from apps.tenants import audit
from apps.tenants.models import Team


def team_by_tag() -> dict[str, UUID]:
    """Every rule of the tenant, as `route` takes them."""
    return dict(RoutingRule.objects.values_list("tag", "team_id"))


def default_team() -> UUID | None:
    return Team.objects.filter(is_default=True).values_list("pk", flat=True).first()


def send_to(tag: str, team: Team | None, *, actor: str) -> bool:
    """Let `tag` lead to `team`, or with None to the default team. Idempotent; True when it changed.

    Raises ValidationError for a tag that cannot be one.
    """
    tags.check(tag)
    before = RoutingRule.objects.filter(tag=tag).values_list("team_id", flat=True).first()
    after = team.pk if team else None
    if before == after:
        return False
    if team is None:
        RoutingRule.objects.filter(tag=tag).delete()
    else:
        RoutingRule.objects.update_or_create(tag=tag, defaults={"team": team})
    audit.record("routing.changed", actor=actor, subject=tag, team=team.slug if team else "")
    return True
