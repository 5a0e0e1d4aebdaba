"""Who tells of a conversation never waits for who holds it, so the two cannot wait for each other."""

from __future__ import annotations

from threading import Thread

from django.db import connection

from apps.conversations import assign, stream
from apps.conversations.stream import Kind
from apps.core import tenancy
from tests.worlds import Side, World

PATIENCE = 2.0  # seconds; a commit takes milliseconds, and lock_timeout is 3 s


def tell(side: Side) -> None:
    """An event about the conversation: its foreign key is checked at the commit, with the counter locked."""
    with tenancy.scope(side.id):
        stream.record(Kind.CONVERSATION_READ, side.conversation)
    connection.close()


def test_an_event_is_committed_while_somebody_holds_the_conversation(committed_world: World) -> None:
    side = committed_world.filante
    other = Thread(target=tell, args=[side])
    with tenancy.scope(side.id):
        assign.assign(side.conversation.pk, side.agent_membership, by=side.owner_membership)
        other.start()
        other.join(PATIENCE)
        waiting = other.is_alive()
    other.join()
    assert not waiting
    with tenancy.scope(side.id):
        told = list(stream.after(0))[-2:]
    assert [event.kind for event in told] == ["ConversationRead", "ConversationAssigned"]
