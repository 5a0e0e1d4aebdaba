"""Who answers: take, assign, put back, transfer, close, reopen, next."""

from __future__ import annotations

from uuid import uuid4

import pytest

from apps.conversations.models import Note
from apps.conversations.receive import receive
from apps.core import tenancy
from tests.console.pages.scenes import agent, fresh, held, inbox, of, owner
from tests.people import add_member
from tests.worlds import World, said, signed_in


def test_take_and_put_back(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client.post(of(side, "assignment/"), {"to": "me", "view": "mine"})
    taken = fresh(side)
    client.post(of(side, "assignment/"), {"to": "nobody", "view": "mine"})
    given_back = fresh(side)
    assert (taken.assignee_id, taken.status) == (side.agent_membership.pk, "open")
    assert (given_back.assignee_id, given_back.status) == (None, "waiting")


def test_assign_to_a_colleague_and_take_over(world: World) -> None:
    side = world.filante
    owner(side).post(of(side, "assignment/"), {"to": str(side.agent_membership.pk)})
    assigned = fresh(side).assignee_id
    owner(side).post(of(side, "assignment/"), {"to": "me"})
    assert (assigned, fresh(side).assignee_id) == (side.agent_membership.pk, side.owner_membership.pk)


@pytest.mark.parametrize("to", ["", "x", "person:x", "team:x", "team:", "person:"])
def test_a_transfer_to_nobody_changes_nothing(world: World, to: str) -> None:
    side = world.filante
    held(side)
    answer = agent(side).post(
        of(side, "transfers/"), {"to": to, "note": "n"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "NotAMember")
    assert fresh(side).assignee_id == side.agent_membership.pk


@pytest.mark.advisory("S1", "Chatwoot CVE-2026-115725", "Zulip CVE-2017-0910")
def test_nobody_of_another_tenant_can_be_given_anything(world: World) -> None:
    side, other = world.filante, world.garance
    for path, to in [
        ("assignment/", str(other.agent_membership.pk)),
        ("transfers/", f"person:{other.agent_membership.pk}"),
        ("transfers/", f"team:{other.adsl.pk}"),
    ]:
        owner(side).post(of(side, path), {"to": to})
    assert (fresh(side).assignee_id, fresh(side).team_id) == (None, side.adsl.pk)


def test_a_transfer_out_of_sight_leads_back_to_the_list(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    held(side)
    answer = client.post(
        of(side, "transfers/"), {"to": f"team:{side.front_desk.pk}", "note": "Ligne fibre", "view": "mine"}
    )
    with tenancy.scope(side.id):
        note = Note.objects.get().text
    assert answer["Location"] == inbox(side, "mine/")
    assert (fresh(side).team_id, fresh(side).assignee_id, note) == (side.front_desk.pk, None, "Ligne fibre")
    assert client.get(inbox(side, f"all/{side.conversation.pk}/")).status_code == 404


def test_closing_leads_to_whoever_waits_next(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    with tenancy.scope(side.id):
        second = receive(
            side.channel, said("Et moi ?", to=side.channel.address, address="visitor-2", tag="adsl")
        )
    assert second is not None
    answer = client.post(of(side, "closing/"), {"view": "all"})
    assert answer["Location"] == inbox(side, f"all/{second.conversation_id}/")
    assert fresh(side).status == "closed"
    assert side.conversation.contact_id  # still there, in the closed view
    assert str(side.conversation.pk) in client.get(inbox(side, "closed/")).content.decode()


def test_reopening_is_refused_while_a_newer_one_is_open(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client.post(of(side, "closing/"), {"view": "mine"})
    with tenancy.scope(side.id):
        receive(side.channel, said("Autre chose", to=side.channel.address, tag="mobile"))
    refused = client.post(of(side, "reopening/"), headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (409, "AlreadyOpen")
    assert fresh(side).status == "closed"


def test_reopening_takes_it(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client.post(of(side, "closing/"), {"view": "mine"})
    client.post(of(side, "reopening/"), {"view": "mine"})
    assert (fresh(side).status, fresh(side).assignee_id) == ("open", side.agent_membership.pk)


def test_the_next_one_is_whoever_waited_longest(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    with tenancy.scope(side.id):
        receive(side.channel, said("Plus tard", to=side.channel.address, address="visitor-2", tag="adsl"))
    first = client.post(inbox(side, "next/"))
    assert first["Location"] == inbox(side, f"mine/{side.conversation.pk}/")
    second = client.post(inbox(side, "next/"))
    assert second["Location"] != first["Location"]
    assert client.post(inbox(side, "next/"))["Location"] == inbox(side, "unassigned/")


def test_a_colleague_of_another_team_neither_sees_nor_takes(world: World) -> None:
    side = world.filante
    eve = add_member(side, "eve", "agent")

    client = signed_in(eve.user)
    assert client.get(inbox(side, f"all/{side.conversation.pk}/")).status_code == 404
    assert client.post(of(side, "assignment/"), {"to": "me"}).status_code == 404
    assert client.post(of(side, "messages/"), {"text": "x", "client_id": str(uuid4())}).status_code == 404
    assert client.get(inbox(side, "team-adsl/")).status_code == 404
    assert fresh(side).assignee_id is None
