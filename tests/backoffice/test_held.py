"""What a restore held back is counted, and released or dropped by an operator, on the business's record."""

from __future__ import annotations

from uuid import uuid4

from apps.conversations import deliver, quarantine
from apps.conversations.models import AuthorKind, Delivery
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from tests.backoffice.conftest import Operator, record_of
from tests.worlds import Side, World

OLGA = "olga@example.com"


def say(here: Side, text: str) -> None:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    with tenancy.scope(here.id):
        send_message(here.conversation.pk, author, Draft(text=text), client_id=uuid4())


def states(here: Side) -> list[tuple[str, str]]:
    with tenancy.scope(here.id):
        rows = Delivery.objects.order_by("seq").values_list("message__text", "state")
        return [(text, state) for text, state in rows]


def test_what_is_held_is_not_sent_and_holds_nothing_up(committed_world: World, olga: Operator) -> None:
    here, there = committed_world.filante, committed_world.garance
    say(here, "before"), say(there, "theirs")
    assert quarantine.hold_all() == {here.id: 1, there.id: 1}
    assert quarantine.hold_all() == {}
    say(here, "after")
    deliver.drain(seconds=5)
    assert states(here) == [("before", "unknown"), ("after", "sent")]
    page = olga.browser.get("/admin/tenants/tenant/")
    assert {row.slug: row.held for row in page.context["cl"].result_list} == {here.slug: 1, there.slug: 1}
    assert "Held after a restore" in olga.browser.get("/admin/").content.decode()


def test_an_operator_releases_what_is_held_in_order(committed_world: World, olga: Operator) -> None:
    here, there = committed_world.filante, committed_world.garance
    say(here, "one"), say(here, "two"), say(there, "theirs")
    quarantine.hold_all()
    say(here, "three")
    deliver.drain(seconds=5)
    olga.act("release-held", [here.id])
    deliver.drain(seconds=5)
    assert [state for _, state in states(here)] == ["unknown", "unknown", "sent", "sent", "sent"]
    assert [text for text, state in states(here) if state == "sent"] == ["three", "one", "two"]
    assert record_of(here) == [("held.released", OLGA)]
    assert (states(there), record_of(there)) == ([("theirs", "unknown")], [])
    with tenancy.scope(here.id):
        assert quarantine.held().count() == 0


def test_an_operator_drops_what_is_held(committed_world: World, olga: Operator) -> None:
    here = committed_world.filante
    say(here, "one")
    quarantine.hold_all()
    olga.act("drop-held", [here.id])
    olga.act("release-held", [here.id])
    deliver.drain(seconds=2)
    assert states(here) == [("one", "unknown")]
    assert record_of(here) == [("held.dropped", OLGA)]
