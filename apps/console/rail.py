"""The rail: every inbox view with its count, teams, and the way to one's own things."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from apps.conversations import queries
from apps.conversations.queries import View, Viewer
from apps.tenants.models import Team

_ICONS = {
    View.MINE: "inbox",
    View.UNASSIGNED: "users",
    View.TEAMS: "headset",
    View.ALL: "archive",
    View.CLOSED: "circle-check",
}


@dataclass(frozen=True, slots=True)
class Link:
    """`key` names the count among those that the socket sends; `count` None: not counted."""

    view: str
    label: str
    icon: str
    key: str
    count: int | None
    hot: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Which view is open: its name in the URL, its title, and the team that narrows it."""

    view: str
    title: str
    base: View
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Rail:
    links: list[Link]
    teams: list[Link]
    unassigned: int


def view_words() -> dict[View, str]:
    """Each view's name in the active language."""
    return {
        View.MINE: _("Mine"),
        View.UNASSIGNED: _("Unassigned"),
        View.TEAMS: _("My teams"),
        View.ALL: _("All open"),
        View.CLOSED: _("Closed"),
    }


def place_named(view: str, viewer: Viewer) -> Place | None:
    """The view of a URL, "mine" or "team-<slug>"; None when there is no such view for this viewer."""
    if view.startswith("team-"):
        team = Team.objects.filter(slug=view.removeprefix("team-")).first()
        if team is None or not viewer.may_see(team_id=team.pk, assignee_id=None):
            return None
        return Place(view, team.name, View.ALL, team.pk)
    if view not in set(View):
        return None
    return Place(view, view_words()[View(view)], View(view))


def rail_for(viewer: Viewer) -> Rail:
    """Counts and teams in two queries."""
    counts = queries.counts(viewer, queries.groups())
    words = view_words()
    links = [_link(view, words[view], counts) for view in View]
    teams = Team.objects.order_by("name")
    shown = [team for team in teams if viewer.may_see(team_id=team.pk, assignee_id=None)]
    return Rail(links, [_team(team, counts) for team in shown], counts.get(View.UNASSIGNED, 0))


def _link(view: View, label: str, counts: dict[str, int]) -> Link:
    if view is View.CLOSED:
        return Link(view, label, _ICONS[view], "", None)
    if view is View.MINE:
        return Link(view, label, _ICONS[view], "mine:waiting", counts.get("mine:waiting", 0), hot=True)
    return Link(view, label, _ICONS[view], str(view), counts.get(view, 0))


def _team(team: Team, counts: dict[str, int]) -> Link:
    key = f"team:{team.pk}"
    return Link(f"team-{team.slug}", team.name, "headset", key, counts.get(key, 0))
