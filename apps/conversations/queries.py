"""What people may see, in the order in which they want it. One rule of visibility for pages, sockets, API."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from apps.conversations.models import Conversation, ConversationStatus
from apps.core import tenancy
from apps.tenants.models import Membership, Role, TeamMember


class View(StrEnum):
    MINE = "mine"
    UNASSIGNED = "unassigned"
    TEAMS = "teams"  # my teams
    ALL = "all"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: enough to decide visibility without the database."""

    membership_id: UUID
    role: str
    team_ids: frozenset[UUID]

    @property
    def sees_all(self) -> bool:
        return Role(self.role).covers(Role.SUPERVISOR)

    def may_see(self, *, team_id: UUID | None, assignee_id: UUID | None) -> bool:
        """An agent sees what is theirs, their teams', or nobody's; supervisors and above see everything."""
        if self.sees_all or assignee_id == self.membership_id:
            return True
        return team_id is None or team_id in self.team_ids


@dataclass(frozen=True, slots=True)
class Group:
    """Open conversations of one (team, assignee): the counts of every viewer are sums of these."""

    team_id: UUID | None
    assignee_id: UUID | None
    open: int
    needing_answer: int


def viewer_of(membership: Membership) -> Viewer:
    teams = TeamMember.objects.filter(membership=membership).values_list("team_id", flat=True)
    return Viewer(membership.pk, membership.role, frozenset(teams))


def visible_to(viewer: Viewer) -> QuerySet[Conversation]:
    """Every conversation that the viewer may see, open and closed."""
    rows = Conversation.objects.all()
    if viewer.sees_all:
        return rows
    allowed = Q(assignee_id=viewer.membership_id) | Q(team_id=None) | Q(team_id__in=viewer.team_ids)
    return rows.filter(allowed)


def in_view(view: str, viewer: Viewer, *, team_id: UUID | None = None) -> QuerySet[Conversation]:
    """The conversations of one inbox view, without order or limit. `team_id` narrows any view to a team.

    Raises ValueError for a view that does not exist.
    """
    chosen = View(view)
    rows = visible_to(viewer)
    if team_id is not None:
        rows = rows.filter(team_id=team_id)
    if chosen is View.CLOSED:
        return rows.filter(status=ConversationStatus.CLOSED)
    rows = rows.exclude(status=ConversationStatus.CLOSED)
    if chosen is View.MINE:
        return rows.filter(assignee_id=viewer.membership_id)
    if chosen is View.UNASSIGNED:
        return rows.filter(assignee_id=None)
    if chosen is View.TEAMS:
        return rows.filter(team_id__in=viewer.team_ids)
    return rows


def in_order(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Longest wait for an answer first, then latest first; each view has an index in this order."""
    return rows.order_by(F("needs_answer_since").asc(nulls_last=True), "-last_message_at")


def groups() -> list[Group]:
    """The tenant's open conversations counted once, for every viewer (one query per batch of events)."""
    with connection.cursor() as cursor:
        cursor.execute(_counting(), [tenancy.require(), ConversationStatus.CLOSED])
        return [Group(*row) for row in cursor.fetchall()]


def grouped() -> QuerySet[Conversation, tuple[UUID | None, UUID | None, int, int]]:
    """Team, assignee, how many open, how many of them need an answer."""
    rows = Conversation.objects.exclude(status=ConversationStatus.CLOSED)
    counted = rows.values_list("team_id", "assignee_id").annotate(
        open=Count("*"), waiting=Count("needs_answer_since")
    )
    return counted.order_by()


@cache
def _counting() -> str:
    """The words of `grouped`, built once: its parameters are the tenant and "closed"."""
    return grouped().query.sql_with_params()[0]


def counts(viewer: Viewer, counted: list[Group]) -> dict[str, int]:
    """Open conversations by view, by "team:<id>", and "mine:waiting" for those that need an answer."""
    found: Counter[str] = Counter()
    for group in counted:
        if not viewer.may_see(team_id=group.team_id, assignee_id=group.assignee_id):
            continue
        found[View.ALL] += group.open
        if group.assignee_id is None:
            found[View.UNASSIGNED] += group.open
        if group.assignee_id == viewer.membership_id:
            found[View.MINE] += group.open
            found["mine:waiting"] += group.needing_answer
        if group.team_id in viewer.team_ids:
            found[View.TEAMS] += group.open
        if group.team_id is not None:
            found[f"team:{group.team_id}"] += group.open
    return dict(found)
