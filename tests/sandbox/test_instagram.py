"""Instagram all the way: phone, signed webhook, inbox, answer, phone; what a customer takes back goes."""

from __future__ import annotations

import pytest

from apps.conversations.models import ContactAddress
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import Option, QuickReplies
from apps.sandbox.models import FaultKind
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")

QUICK = QuickReplies(
    id="card-1", prompt="Ça marche ?", options=(Option(id="y", title="Oui"), Option(id="n", title="Non"))
)


@pytest.fixture
def talking(committed_world: World, base_url: str) -> Player:
    player = Player(committed_world.filante, "instagram", base_url)
    player.taps_the_button()
    player.says("Bonjour")
    return player


def test_the_tag_leads_to_the_right_team(talking: Player) -> None:
    conversation = talking.conversation()
    assert (talking.received()[-1].text, conversation.tag) == ("Bonjour", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"


def test_an_answer_and_a_card(talking: Player) -> None:
    (delivery,) = talking.answers(Draft(text="Je regarde"))
    assert (delivery.state, talking.heard()) == ("sent", ["Je regarde"])
    page = talking.browser.get(f"/{talking.side.slug}/sandbox/threads/{talking.thread.pk}/")
    assert "ph--rose" in page.text
    talking.answers(Draft(card=QUICK))
    card = talking.screen()[-1]
    talking.does("answer", message=str(card.pk), option=card.data["options"][1]["id"])
    talking.settle()
    answer = talking.received()[-1].content["answer"]
    assert (answer["card_id"], [option["id"] for option in answer["selected"]]) == ("card-1", ["n"])


def test_a_picture_arrives_unchanged(talking: Player) -> None:
    photo = picture("teal")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.received()[-1]) == ("image", photo)


def test_what_was_taken_back_is_gone(talking: Player) -> None:
    talking.says("Un secret")
    shown = next(bubble for bubble in talking.screen() if bubble.text == "Un secret")
    talking.does("withdraw", message=str(shown.pk))
    talking.settle()
    assert [(m.text, m.withdrawn_at is None) for m in talking.received()] == [("Bonjour", True), ("", False)]


def test_what_was_taken_back_is_gone_though_it_came_first(talking: Player) -> None:
    """Both webhooks are on their way, and the second overtakes."""
    talking.switch(FaultKind.REORDER)
    talking.does("say", text="Un secret")
    shown = next(bubble for bubble in talking.screen() if bubble.text == "Un secret")
    talking.does("withdraw", message=str(shown.pk))
    talking.settle()
    assert [(m.text, m.withdrawn_at is None) for m in talking.received()] == [("Bonjour", True), ("", False)]


def test_who_blocked_us_is_known_when_we_write(talking: Player) -> None:
    talking.does("leave")
    talking.answers(Draft(text="Êtes-vous là ?"))
    with tenancy.scope(talking.side.id):
        assert not ContactAddress.objects.get(channel=talking.channel).reachable
    with pytest.raises(Refused):
        talking.answers(Draft(text="Allô ?"))
