"""Two hands on the same thing at the same moment: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from apps.core import tenancy
from apps.tenants import invite
from apps.tenants.models import Invitation, Membership, User
from apps.tenants.sign_in_link import make_link, use
from tests.worlds import PASSWORD, World, person

HANDS = 4


def at_once(action: Callable[[], str]) -> list[str]:
    """What each of several threads got that did it together."""
    start, outcomes = Barrier(HANDS), []

    def run() -> None:
        start.wait()
        try:
            outcomes.append(action())
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def _offer(world: World, email: str) -> invite.Offer:
    side = world.filante
    with tenancy.scope(side.id):
        _, token = invite.invite(side.owner_membership, email, role="agent")
    offer = invite.find(token)
    assert offer is not None
    return offer


def test_one_invitation_makes_one_membership(committed_world: World) -> None:
    nadia = person("nadia")
    offer = _offer(committed_world, nadia.email)

    def accept() -> str:
        try:
            invite.accept(offer, nadia)
        except invite.NotGood:
            return "not good"
        return "joined"

    assert at_once(accept) == ["joined"] + ["not good"] * (HANDS - 1)
    with tenancy.scope(committed_world.filante.id):
        assert Membership.objects.filter(user=nadia).count() == 1
        assert Invitation.objects.exclude(accepted_at=None).count() == 1


def test_one_invitation_makes_one_person(committed_world: World) -> None:
    offer = _offer(committed_world, "nadia@example.com")

    def accept() -> str:
        try:
            invite.accept_as_new(offer, name="Nadia", password=PASSWORD)
        except invite.NotGood:
            return "not good"
        return "joined"

    assert at_once(accept) == ["joined"] + ["not good"] * (HANDS - 1)
    assert User.objects.filter(email="nadia@example.com").count() == 1


def test_one_link_signs_in_once(committed_world: World) -> None:
    token = make_link(committed_world.filante.owner).rstrip("/").rsplit("/", 1)[1]
    assert at_once(lambda: "in" if use(token) else "out") == ["in"] + ["out"] * (HANDS - 1)


@pytest.mark.advisory("S23", "Zendesk mail bombs")
def test_parallel_invitations_cannot_pass_the_counter(committed_world: World) -> None:
    side = committed_world.filante
    with tenancy.scope(side.id):
        for number in range(invite.PER_DAY - 1):
            invite.invite(side.owner_membership, f"p{number}@elsewhere.example", role="agent")

    def one_more() -> str:
        try:
            with tenancy.scope(side.id):
                invite.invite(side.owner_membership, "last@elsewhere.example", role="agent")
        except invite.TooMany:
            return "too many"
        return "sent"

    assert at_once(one_more) == ["sent"] + ["too many"] * (HANDS - 1)
