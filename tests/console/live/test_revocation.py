"""Story: whoever loses access loses the open socket within five seconds, hint or no hint.

Mattermost CVE-2026-9162, Papercups #848, Chatwoot CVE-2021-3740 (RELIABILITY S5).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session

from apps.core import tenancy
from apps.tenants import access_changed, roles, teams
from apps.tenants.models import Membership, TeamMember, User
from tests.console.live.page import Page, agent_of, customer_says, work
from tests.worlds import Side, World

LIMIT = 5.0


def remove_member(side: Side) -> None:
    with tenancy.scope(side.id):
        Membership.objects.filter(pk=side.agent_membership.pk).update(active=False)


def delete_member(side: Side) -> None:
    with tenancy.scope(side.id):
        Membership.objects.filter(pk=side.agent_membership.pk).delete()


def disable_user(side: Side) -> None:
    User.objects.filter(pk=side.agent.pk).update(is_active=False)


def change_password(side: Side) -> None:
    user = User.objects.get(pk=side.agent.pk)
    user.set_password("another long password")
    user.save()


def end_session(side: Side) -> None:
    Session.objects.all().delete()


def change_role(side: Side) -> None:
    with tenancy.scope(side.id):
        Membership.objects.filter(pk=side.agent_membership.pk).update(role="supervisor")


def leave_team(side: Side) -> None:
    with tenancy.scope(side.id):
        TeamMember.objects.filter(membership=side.agent_membership).delete()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (remove_member, 4003),
        (delete_member, 4003),
        (disable_user, 4003),
        (change_password, 4003),
        (end_session, 4003),
        (change_role, 4001),
        (leave_team, 4001),
    ],
)
@pytest.mark.advisory("S5", "Mattermost CVE-2026-9162", "Papercups #848")
async def test_the_socket_ends_without_any_hint(
    committed_world: World, settings: object, change: Callable[[Side], None], code: int
) -> None:
    settings.CHANNEL_LAYERS = {}  # type: ignore[attr-defined]
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side, watch=side.conversation.pk)
    await work(change, side)
    changed_at = time.monotonic()
    assert await asyncio.wait_for(page.ended(), LIMIT) == code
    assert time.monotonic() - changed_at < LIMIT
    await work(customer_says, side, "Personne ne doit lire cela ici")
    assert await page.silent(0.3) == []


async def test_a_hint_makes_it_immediate(committed_world: World) -> None:
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    await asyncio.sleep(0.3)  # joining the person's group happens soon after
    await work(_deactivate, side)
    assert await asyncio.wait_for(page.ended(), 1.5) == 4003


async def test_joining_a_team_fetches_afresh(committed_world: World) -> None:
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    await work(_join_front_desk, side)
    assert await asyncio.wait_for(page.ended(), LIMIT) == 4001
    assert page.frames[-1] == {"op": "resync"}


async def test_others_stay(committed_world: World) -> None:
    """The same person in another tenant, and a hint about nothing."""
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    await work(access_changed.publish, side.agent.pk)
    await work(remove_member, committed_world.garance)
    assert await page.silent(4.0) == []
    await page.leave()


def _deactivate(side: Side) -> None:
    with tenancy.scope(side.id):
        roles.deactivate(side.owner_membership, side.agent_membership)


def _join_front_desk(side: Side) -> None:
    with tenancy.scope(side.id):
        teams.set_teams(side.owner_membership, side.agent_membership, [side.adsl, side.front_desk])
