"""What operators do: by a confirmed act with a reason that the business can read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client

from apps.backoffice.acts.catalogue import ACTS
from apps.connections.models import Channel, ChannelState, ReceivedWebhook
from apps.conversations import deliver, inbox
from apps.conversations.models import AuthorKind, Delivery, Message
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, Refused, send_message
from apps.core import tenancy
from apps.platforms.events import ContactLeft
from apps.tenants import audit
from apps.tenants.models import AuditEntry, Tenant, User
from tests.backoffice.conftest import Operator, make_operator, record_of
from tests.people import typed_in
from tests.platforms.telegram import updates
from tests.worlds import Side, World, said

OLGA = "olga@example.com"


def say(here: Side, text: str) -> None:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    with tenancy.scope(here.id):
        send_message(here.conversation.pk, author, Draft(text=text), client_id=uuid4())


def states(here: Side) -> list[str]:
    with tenancy.scope(here.id):
        return list(Delivery.objects.order_by("seq").values_list("state", flat=True))


def test_a_suspended_business_receives_and_sends_after_it_is_resumed(
    committed_world: World, olga: Operator
) -> None:
    here = committed_world.filante
    say(here, "en file")
    olga.act("suspend", [here.id], reason="unpaid")
    with tenancy.scope(here.id):
        receive(here.channel, said("Allô ?", to=here.channel.address))
        assert Message.objects.filter(text="Allô ?").count() == 1
        with pytest.raises(Refused):
            author = Author(kind=AuthorKind.PROGRAM, name="CRM")
            send_message(here.conversation.pk, author, Draft(text="non"), client_id=uuid4())
    assert (deliver.drain(seconds=1), states(here)) == (0, ["queued"])
    olga.act("resume", [here.id])
    assert (deliver.drain(seconds=5), states(here)) == (1, ["sent"])
    assert record_of(here) == [("tenant.suspended", OLGA), ("tenant.resumed", OLGA)]
    with tenancy.scope(here.id):
        assert AuditEntry.objects.get(action="tenant.suspended").data == {"reason": "unpaid"}
        assert audit.verify() is None


def test_suspending_one_leaves_the_other(committed_world: World, olga: Operator) -> None:
    here, there = committed_world.filante, committed_world.garance
    say(there, "part quand même")
    olga.act("suspend", [here.id])
    assert (deliver.drain(seconds=5), states(there)) == (1, ["sent"])
    assert record_of(there) == []


def test_an_act_is_confirmed_in_the_list_first(committed_world: World, olga: Operator) -> None:
    here = committed_world.filante
    page = olga.browser.post(
        "/admin/tenants/tenant/", {"action": "suspend", "_selected_action": [str(here.id)]}
    )
    shown = page.context
    assert (page.status_code, shown["ids"], shown["names"]) == (200, [str(here.id)], ["Filante"])
    assert "Messages are still received and stored." in page.content.decode()
    assert record_of(here) == []


@pytest.mark.parametrize("body", [{"reason": ""}, {"reason": "x" * 301}, {"ids": "1,2"}, {"ids": ""}])
def test_an_act_without_a_reason_or_rows_is_none(
    committed_world: World, olga: Operator, body: dict[str, str]
) -> None:
    here = committed_world.filante
    given = {"ids": str(here.id), "reason": "ticket 12", **body}
    assert olga.browser.post("/admin/act/suspend/", given).status_code == 422
    assert record_of(here) == []


@pytest.mark.parametrize("slug", sorted(ACTS))
def test_an_act_on_nothing_changes_nothing(committed_world: World, olga: Operator, slug: str) -> None:
    answer = olga.act(slug, [uuid4()])
    assert (answer.status_code, record_of(committed_world.filante)) == (302, [])


def test_unknown_acts_and_reading_acts_are_refused(committed_world: World, olga: Operator) -> None:
    answers = [olga.act("drop", [uuid4()]), olga.browser.get("/admin/act/suspend/")]
    assert [answer.status_code for answer in answers] == [404, 405]


def test_a_disabled_person_is_out_at_once(committed_world: World, olga: Operator) -> None:
    here = committed_world.filante
    bob = typed_in(here.agent)
    assert bob.get("/account/email/").status_code == 200
    olga.act("disable-people", [here.agent.pk])
    assert bob.get("/account/email/").status_code == 302
    assert User.objects.get(pk=here.agent.pk).is_active is False
    assert record_of(here) == [("person.signed_in", here.agent.email), ("person.disabled", OLGA)]
    assert LogEntry.objects.get().change_message == "person.disabled: ticket 12"
    olga.act("enable-people", [here.agent.pk])
    assert User.objects.get(pk=here.agent.pk).is_active is True


def test_operators_do_not_unmake_operators(committed_world: World, olga: Operator) -> None:
    other = make_operator("oscar")
    olga.act("disable-people", [other.user.pk, olga.user.pk])
    assert User.objects.filter(is_staff=True, is_active=True).count() == 2
    assert Session.objects.count() == 2


@pytest.mark.parametrize(
    ("slugs", "went_out"),
    [
        (["pause-channels"], 0),
        (["pause-channels", "unpause-channels"], 1),
        (["disable-channels"], 0),
        (["disable-channels", "enable-channels"], 1),
    ],
)
def test_a_channel_is_held_and_let_go(
    committed_world: World, olga: Operator, slugs: list[str], went_out: int
) -> None:
    here = committed_world.filante
    say(here, "en file")
    for slug in slugs:
        olga.act(slug, [here.channel.pk])
    assert deliver.drain(seconds=2) == went_out
    assert {actor for _, actor in record_of(here)} == {OLGA}


def dead_webhook(here: Side) -> UUID:
    """A Telegram update that could not be handled, for a reason that has passed."""
    with tenancy.scope(here.id):
        channel = Channel.objects.create(platform="telegram", name="T", state=ChannelState.LIVE)
        data = updates.update("message", updates.message(text="Perdu ?"))
        row = ReceivedWebhook.objects.create(
            channel=channel,
            dedup_key="9001",
            raw=json.dumps(data).encode(),
            state="dead",
            attempt=6,
            error="OperationalError: gone",
        )
        return row.pk


def test_a_dead_webhook_is_handled_once_more_and_once_only(committed_world: World, olga: Operator) -> None:
    here = committed_world.filante
    webhook = dead_webhook(here)
    for _ in range(2):
        olga.act("replay-webhooks", [webhook])
        inbox.drain(seconds=5)
    with tenancy.scope(here.id):
        assert ReceivedWebhook.objects.get(pk=webhook).state == "done"
        assert Message.objects.filter(text="Perdu ?").count() == 1
    assert record_of(here) == [("webhooks.replayed", OLGA)]


def test_failed_deliveries_go_out_again_and_unknown_ones_never(
    committed_world: World, olga: Operator
) -> None:
    here = committed_world.filante
    for text in ("un", "deux", "trois"):
        say(here, text)
    with tenancy.scope(here.id):
        rows = list(Delivery.objects.order_by("seq"))
        for row, state in zip(rows, ("failed", "unknown", "sent"), strict=True):
            Delivery.objects.filter(pk=row.pk).update(state=state)
    for _ in range(2):
        olga.act("resend-deliveries", [row.pk for row in rows])
    assert states(here) == ["failed", "unknown", "sent", "queued"]
    deliver.drain(seconds=5)
    assert states(here) == ["failed", "unknown", "sent", "sent"]
    assert record_of(here) == [("deliveries.resent", OLGA)]


def leave(here: Side) -> None:
    with tenancy.scope(here.id):
        left = ContactLeft(
            to=here.channel.address, address="visitor-1", ref="x", at=datetime.now(UTC), reason="deleted"
        )
        receive(here.channel, left)


def suspend(here: Side) -> None:
    with tenancy.scope(here.id):
        Tenant.objects.update(state="suspended")


@pytest.mark.parametrize("change", [leave, suspend])
def test_policy_is_asked_again_before_a_failed_one_goes_out(
    committed_world: World, olga: Operator, change: Callable[[Side], None]
) -> None:
    here = committed_world.filante
    say(here, "un")
    with tenancy.scope(here.id):
        Delivery.objects.update(state="failed")
        failed = Delivery.objects.get()
    change(here)
    olga.act("resend-deliveries", [failed.pk])
    with tenancy.scope(here.id):
        assert list(Delivery.objects.values_list("state", "settled_by")) == [("failed", "")]


def test_owners_cannot_act(committed_world: World) -> None:
    here = committed_world.filante
    owner = Client()
    owner.force_login(here.owner, backend="django.contrib.auth.backends.ModelBackend")
    owner.post("/admin/act/resume/", {"ids": str(here.id), "reason": "please"})
    assert record_of(here) == []
