"""Who may change whom, and that a business never loses its last owner."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from apps.core import tenancy
from apps.tenants import roles
from apps.tenants.models import AuditEntry, Membership
from tests.people import add_member
from tests.worlds import Side, World


@pytest.mark.parametrize(
    ("actor", "member", "wanted", "allowed"),
    [
        ("owner", "agent", "owner", True),
        ("owner", "admin", "agent", True),
        ("admin", "agent", "admin", True),
        ("admin", "agent", "owner", False),
        ("admin", "owner", "agent", False),
        ("supervisor", "agent", "supervisor", False),
        ("agent", "agent", "supervisor", False),
    ],
)
@pytest.mark.advisory("S14", "Zulip CVE-2023-32677")
def test_nobody_reaches_above_themselves(
    filante: Side, actor: str, member: str, wanted: str, allowed: bool
) -> None:
    acting, changed = add_member(filante, "iris", actor), add_member(filante, "tom", member)
    with tenancy.scope(filante.id):
        if allowed:
            roles.change_role(acting, changed, role=wanted)
        else:
            with pytest.raises(roles.NotAllowed):
                roles.change_role(acting, changed, role=wanted)
        changed.refresh_from_db()
        assert changed.role == (wanted if allowed else member)


def test_a_right_just_lost_cannot_be_used(filante: Side) -> None:
    """Iris was demoted while her page was open: what the page remembered of her does not count."""
    iris = add_member(filante, "iris", "owner")
    with tenancy.scope(filante.id):
        Membership.objects.filter(pk=iris.pk).update(role="agent")
        with pytest.raises(roles.NotAllowed):
            roles.change_role(iris, filante.agent_membership, role="owner")


@pytest.mark.parametrize("change", ["demote", "deactivate"])
def test_the_last_owner_stays(filante: Side, change: str) -> None:
    alice = filante.owner_membership
    with tenancy.scope(filante.id), pytest.raises(roles.LastOwner):
        if change == "demote":
            roles.change_role(alice, alice, role="agent")
        else:
            roles.deactivate(alice, alice)


def test_a_deactivated_owner_does_not_count(filante: Side) -> None:
    second = add_member(filante, "iris", "owner")
    with tenancy.scope(filante.id):
        roles.deactivate(filante.owner_membership, second)
        with pytest.raises(roles.LastOwner):
            roles.change_role(filante.owner_membership, filante.owner_membership, role="admin")


def test_every_change_is_on_record(filante: Side) -> None:
    alice, bob = filante.owner_membership, filante.agent_membership
    with tenancy.scope(filante.id):
        before = AuditEntry.objects.count()
        roles.change_role(alice, bob, role="supervisor")
        roles.change_role(alice, bob, role="supervisor")  # nothing to record
        roles.deactivate(alice, bob)
        roles.activate(alice, bob)
        entries = list(AuditEntry.objects.all()[before:].values_list("actor", "action", "subject", "data"))
    who, whom = alice.user.email, bob.user.email
    assert entries == [
        (who, "member.role_changed", whom, {"before": "agent", "after": "supervisor"}),
        (who, "member.deactivated", whom, {}),
        (who, "member.activated", whom, {}),
    ]


def test_two_owners_cannot_demote_each_other_at_once(committed_world: World) -> None:
    filante = committed_world.filante
    alice, iris = filante.owner_membership, add_member(filante, "iris", "owner")
    start, outcomes = Barrier(2), []

    def demote(actor: Membership, member: Membership) -> None:
        start.wait()
        try:
            with tenancy.scope(filante.id):
                roles.change_role(actor, member, role="agent")
            outcomes.append("done")
        except (roles.NotAllowed, roles.LastOwner) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    pairs = [(alice, iris), (iris, alice)]
    threads = [Thread(target=demote, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenancy.scope(filante.id):
        owners = Membership.objects.filter(role="owner", active=True).count()
    assert (sorted(outcomes), owners) == (["NotAllowed", "done"], 1)
