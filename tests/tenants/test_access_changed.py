"""A right taken away is told to the person's sockets, after it is durable and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import connection

from apps.core import realtime, tenancy
from apps.tenants import access_changed, roles, teams
from tests.worlds import Side, World


def _deactivate(side: Side) -> None:
    roles.deactivate(side.owner_membership, side.agent_membership)


def _demote(side: Side) -> None:
    roles.change_role(side.owner_membership, side.agent_membership, role="supervisor")


def _take_out_of_team(side: Side) -> None:
    teams.set_teams(side.owner_membership, side.agent_membership, [])


class _Undone(Exception):
    pass


@pytest.mark.parametrize("change", [_deactivate, _demote, _take_out_of_team])
async def test_bob_s_sockets_hear_of_it(committed_world: World, change: Callable[[Side], None]) -> None:
    side = committed_world.filante
    listener = await _listen(side)
    await _in_thread(lambda: _commit(side, change))
    layer = get_channel_layer()
    assert await asyncio.wait_for(layer.receive(listener), 3) == {"type": "access.changed"}


async def test_what_was_rolled_back_is_not_told(committed_world: World) -> None:
    side = committed_world.filante
    listener = await _listen(side)
    await _in_thread(lambda: _roll_back(side))
    await _in_thread(lambda: access_changed.publish(side.agent.pk))
    layer = get_channel_layer()
    assert await asyncio.wait_for(layer.receive(listener), 3) == {"type": "access.changed"}
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(layer.receive(listener), 0.3)


async def _listen(side: Side) -> str:
    layer = get_channel_layer()
    channel: str = await layer.new_channel()
    await layer.group_add(realtime.user_group(side.agent.pk), channel)
    return channel


async def _in_thread(work: Callable[[], None]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    await sync_to_async(run, thread_sensitive=False)()


def _commit(side: Side, change: Callable[[Side], None]) -> None:
    with tenancy.scope(side.id):
        change(side)


def _roll_back(side: Side) -> None:
    with pytest.raises(_Undone), tenancy.scope(side.id):
        _deactivate(side)
        raise _Undone
