"""A comment under a post: a conversation with room for one private answer, until they answer it."""

from __future__ import annotations

import pytest

from apps.connections import permissions
from apps.connections.connect import check_channel, connect_channel
from apps.conversations.models import Conversation, Delivery, Direction
from apps.conversations.send import Draft, Refused, decide
from apps.core import tenancy
from apps.sandbox import accounts, threads
from apps.sandbox.meta import hand
from tests.sandbox.player import Player
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")


@pytest.fixture
def player(committed_world: World, base_url: str) -> Player:
    """…whose Page takes comments."""
    player = Player(committed_world.filante, "messenger", base_url)
    with tenancy.scope(player.side.id):
        permissions.grant(player.channel, "comments", on=True, actor="alice")
        assert "feed" in check_channel(player.channel).words
        given = accounts.credentials(player.account)
    with tenancy.scope(player.side.id):
        about = {"name": "", "credentials": given, "actor": "alice"}
        connect_channel("messenger", **about, channel=player.channel)
        assert check_channel(player.channel).good
    return player


def comments(player: Player, text: str) -> Conversation:
    player.does("comment", text=text)
    player.settle()
    return player.conversation()


def test_one_private_answer_and_then_a_conversation(player: Player) -> None:
    conversation = comments(player, "Combien coûte la box ?")
    (heard,) = player.messages()
    assert (heard.text, heard.content["details"][0][0]) == ("Combien coûte la box ?", "Comment on your post")
    assert conversation.address.value.startswith("comment:")
    with pytest.raises(Refused) as refused:
        player.answers(Draft(text="a" * 3000))
    assert refused.value.decision.rule == "quota_used"

    (delivery,) = player.answers(Draft(text="12 € par mois"))
    assert (delivery.decision["rule"], delivery.decision["left"]) == ("private_reply", 1)
    player.settle()
    assert player.heard() == ["12 € par mois"]
    assert player.conversation().address.value == player.thread.address
    with pytest.raises(Refused):
        player.answers(Draft(text="Et la fibre ?"))

    player.says("Merci, et la fibre ?")
    assert player.conversation().pk == conversation.pk
    (delivery,) = player.answers(Draft(text="16 €"))
    assert (delivery.state, delivery.decision["rule"]) == ("sent", "response")


def test_each_comment_is_answered_for_itself(player: Player) -> None:
    comments(player, "Combien ?")
    player.does("comment", text="Allô ?")
    player.settle()
    with tenancy.scope(player.side.id):
        rows = Conversation.objects.filter(channel=player.channel).select_related("channel", "address")
        assert [decide(row).left for row in rows] == [1, 1]


def test_what_is_public_opens_no_window(player: Player) -> None:
    """Not for who talks to us already, either: each is what it is."""
    player.says("Bonjour")
    with tenancy.scope(player.side.id):
        hand.comment(threads.locked(player.thread.pk), "Combien ?")
    player.settle()
    with tenancy.scope(player.side.id):
        rows = Conversation.objects.filter(channel=player.channel).select_related("channel", "address")
        rules = {decide(row).rule for row in rows}
        assert rules == {"response", "private_reply"}
        assert not Delivery.objects.exclude(message__direction=Direction.OUT).exists()
