"""What the socket pushes: each piece once, the same for everybody, as the page itself would show it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.console.fragments import Fragment, of_events, personal
from apps.conversations import assign, stream
from apps.conversations.models import StreamEvent
from apps.conversations.notes import write_note
from apps.conversations.queries import Viewer, viewer_of
from apps.conversations.receive import receive
from apps.core import tenancy
from tests.console.pages.scenes import agent, held, inbox, reply, set_delivery
from tests.worlds import Side, World, said


def events_after(side: Side, cursor: int) -> list[StreamEvent]:
    with tenancy.scope(side.id):
        return stream.after(cursor)


def head(side: Side) -> int:
    with tenancy.scope(side.id):
        return stream.head()


def pieces(side: Side, cursor: int, language: str = "en") -> list[Fragment]:
    with tenancy.scope(side.id):
        return of_events(stream.after(cursor), language)


def kinds(found: list[Fragment]) -> list[tuple[str, str, str]]:
    return [(fragment.target.split("-")[0], fragment.action, fragment.region) for fragment in found]


def test_a_new_message_is_a_turn_and_a_row(world: World) -> None:
    side = world.filante
    cursor = head(side)
    with tenancy.scope(side.id):
        message = receive(side.channel, said("Toujours là ?", to=side.channel.address))
    found = pieces(side, cursor)
    assert message is not None
    assert [(f.target, f.action) for f in found] == [
        (f"m-{message.pk}", "append"),
        (f"conv-{side.conversation.pk}", "append"),
    ]
    assert {(f.conversation, f.team_id, f.assignee_id) for f in found} == {
        (side.conversation.pk, side.adsl.pk, None)
    }
    assert 'data-inbound="2"' in found[1].html
    assert "data-unread" not in found[1].html


def test_a_reply_that_takes_the_conversation_is_told_in_order(world: World) -> None:
    side = world.filante
    cursor = head(side)
    reply(side, "J’arrive")
    assert kinds(pieces(side, cursor)) == [
        ("e", "append", "thread"),
        ("m", "append", "thread"),
        ("conv", "append", "list"),
    ]


def test_a_changed_delivery_replaces_its_turn_only(world: World) -> None:
    side = world.filante
    message = reply(side, "J’arrive")
    cursor = head(side)
    set_delivery(side, message, state="unknown")
    with tenancy.scope(side.id):
        stream.record(
            stream.Kind.DELIVERY_CHANGED, message.conversation, message=str(message.pk), state="unknown"
        )
    found = pieces(side, cursor)
    assert kinds(found) == [("m", "replace", "thread"), ("conv", "append", "list")]
    assert "May not have been delivered." in found[0].html
    assert "csrfmiddlewaretoken" not in found[0].html


def test_pushed_pieces_equal_those_of_a_fresh_page(world: World) -> None:
    side = world.filante
    cursor = head(side)
    reply(side, "J’arrive")
    with tenancy.scope(side.id):
        write_note(side.conversation.pk, side.agent_membership, "Interne", client_id=None)
        receive(side.channel, said("Merci", to=side.channel.address))
        assign.close(side.conversation.pk, by=side.agent_membership)
    pushed = [f for f in pieces(side, cursor) if f.region == "thread"]
    page = agent(side).get(inbox(side, f"all/{side.conversation.pk}/")).content.decode()
    assert [f.target[0] for f in pushed] == ["e", "m", "n", "m", "e"]
    assert [f.target for f in pushed if f.html.strip() not in page] == []


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_grow(world: World, count: int) -> None:
    side = world.filante
    cursor = head(side)
    with tenancy.scope(side.id):
        for number in range(count):
            receive(
                side.channel, said(f"n{number}", to=side.channel.address, address=f"v{number}", tag="adsl")
            )
    events = events_after(side, cursor)
    with tenancy.scope(side.id), CaptureQueriesContext(connection) as asked:
        found = of_events(events, "en")
    assert len(found) == 3 * count
    # Rows with all that they show; messages with files, deliveries; names.
    assert len(asked) == 5


def test_each_language_gets_its_own_words(world: World) -> None:
    side = world.filante
    cursor = head(side)
    held(side)
    english, french = pieces(side, cursor, "en"), pieces(side, cursor, "fr")
    assert [f.target for f in english] == [f.target for f in french]


def test_events_about_nothing_on_the_page_are_nothing(world: World) -> None:
    side = world.filante
    cursor = head(side)
    with tenancy.scope(side.id):
        stream.record(stream.Kind.CHANNEL_CHANGED, None, channel=str(side.channel.pk))
    assert pieces(side, cursor) == []


def test_head_composer_and_facts_are_personal(world: World) -> None:
    side = world.filante
    held(side)
    found = {}
    for membership in (side.agent_membership, side.owner_membership):
        with tenancy.scope(side.id):
            fragments = personal(side.conversation.pk, viewer_of(membership), membership, "en")
        found[membership.pk] = {f.target: f.html for f in fragments}
    mine, theirs = found[side.agent_membership.pk], found[side.owner_membership.pk]
    assert list(mine) == ["thread-head", "composer", "facts"]
    assert "send-reply" in mine["composer"]
    assert "Bob is answering" in theirs["composer"]
    assert "Take over" in theirs["facts"]


def test_nothing_is_personal_to_who_may_not_see_it(world: World) -> None:
    side = world.filante
    stranger = Viewer(side.agent_membership.pk, "agent", frozenset())
    with tenancy.scope(side.id):
        assert personal(side.conversation.pk, stranger, side.agent_membership, "en") == []
    with tenancy.scope(world.garance.id):
        other = world.garance.owner_membership
        assert personal(side.conversation.pk, viewer_of(other), other, "en") == []
