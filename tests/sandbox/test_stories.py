"""One conversation all the way, on each simulated platform: phone, webhook, inbox, answer, phone.

Everything crosses real HTTP; the adapter and the simulator were written from the fact sheets by different
people, so an error has to be made twice to hide here.
"""

from __future__ import annotations

import pytest

from apps.connections.models import Health
from apps.conversations import deliver, inbox
from apps.conversations.models import ContactAddress, Delivery
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section
from apps.sandbox.models import FaultKind
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")

PICKER = ListPicker(
    id="card-1",
    title="Le voyant",
    subtitle="Touchez pour choisir",
    sections=(
        Section(title="Box", options=(Option(id="a", title="Orange"), Option(id="b", title="Vert"))),
        Section(title="Autre", options=(Option(id="c", title="Un conseiller"),)),
    ),
)
QUICK = QuickReplies(
    id="card-2", prompt="Ça marche ?", options=(Option(id="y", title="Oui"), Option(id="n", title="Non"))
)
PLATFORMS = ("apple_messages", "telegram")


@pytest.fixture(params=PLATFORMS)
def player(request: pytest.FixtureRequest, committed_world: World, base_url: str) -> Player:
    return Player(committed_world.filante, request.param, base_url)


@pytest.fixture
def talking(player: Player) -> Player:
    """…who came through the button and said something."""
    player.taps_the_button()
    player.says("Bonjour")
    return player


def test_the_tag_of_the_button_leads_to_the_right_team(player: Player) -> None:
    assert "adsl" in player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"
    assert conversation.entry_point == player.side.entry_point
    assert conversation.locale.split("-")[0] == "fr"
    assert [m.text for m in player.messages()] == ["Bonjour, plus d’internet"]


def test_an_answer_stands_on_the_phone(talking: Player) -> None:
    (delivery,) = talking.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    assert (delivery.state, talking.heard()) == ("sent", ["Bonjour, je regarde <votre> ligne"])
    page = talking.browser.get(f"/{talking.side.slug}/sandbox/threads/{talking.thread.pk}/")
    assert "Bonjour, je regarde &lt;votre&gt; ligne" in page.text


def test_pictures_travel_both_ways_unchanged(talking: Player) -> None:
    photo, plan = picture("teal"), picture("orange")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", plan),)))
    assert delivery.state == "sent"
    assert talking.stored(talking.screen()[-1]) == plan


def test_a_voice_note_arrives_as_sound(talking: Player) -> None:
    talking.does("voice")
    talking.settle()
    kind, content = talking.attached(talking.messages()[-1])
    assert content == talking.stored(talking.screen()[-1])
    assert kind == "voice"


@pytest.mark.parametrize("large", [False, True])
def test_a_list_picker_is_answered(talking: Player, large: bool) -> None:
    talking.switch(FaultKind.LARGE, on=large)
    talking.answers(Draft(card=PICKER))
    assert _choose(talking, "Orange")
    answer = talking.messages()[-1].content["answer"]
    assert (answer["card_id"], [o["title"] for o in answer["selected"]]) == ("card-1", ["Orange"])


def test_a_quick_reply_is_answered(talking: Player) -> None:
    talking.answers(Draft(card=QUICK))
    assert _choose(talking, "Non")
    answer = talking.messages()[-1].content["answer"]
    assert (answer["card_id"], [o["id"] for o in answer["selected"]]) == ("card-2", ["n"])


def test_who_left_cannot_be_written_to_until_they_write(talking: Player) -> None:
    talking.does("leave")
    talking.settle()
    with pytest.raises(Refused):
        talking.answers(Draft(text="Êtes-vous là ?"))
    talking.does("return")
    talking.says("Me revoilà")
    (delivery,) = talking.answers(Draft(text="Bonjour de nouveau"))
    assert (delivery.state, talking.heard()[-1]) == ("sent", "Bonjour de nouveau")


def test_a_lost_answer_is_unknown_and_not_sent_again(talking: Player) -> None:
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    talking.switch(FaultKind.LOST, on=False)
    deliver.drain()
    assert (delivery.state, talking.heard()) == ("unknown", ["Un technicien passe à 10 h"])


def test_a_server_error_is_never_answered_with_a_second_copy(talking: Player) -> None:
    talking.switch(FaultKind.ERROR)
    (delivery,) = talking.answers(Draft(text="Une seule fois"))
    assert (delivery.state, talking.heard()) == ("unknown", [])


def test_throttled_waits_and_goes_out_once(talking: Player) -> None:
    talking.switch(FaultKind.THROTTLE)
    (delivery,) = talking.answers(Draft(text="Patience"))
    assert (delivery.state, talking.heard()) == ("queued", [])
    talking.switch(FaultKind.THROTTLE, on=False)
    _make_due(talking)
    deliver.drain()
    assert talking.heard() == ["Patience"]


def test_refused_is_told_truthfully(talking: Player) -> None:
    """Telegram: this customer is gone. Apple: our own credentials are refused."""
    talking.switch(FaultKind.FORBIDDEN)
    talking.answers(Draft(text="Bonjour ?"))
    with tenancy.scope(talking.side.id):
        reachable = ContactAddress.objects.get(channel=talking.channel).reachable
        talking.channel.refresh_from_db()
    is_apple = talking.account.platform == "apple_messages"
    assert (reachable, talking.channel.health == Health.BROKEN) == (is_apple, is_apple)


def test_a_repeated_card_answer_is_one_answer(talking: Player) -> None:
    """Apple repeats them under another id (apple-messenger-whatsapp.md 1.7)."""
    talking.answers(Draft(card=QUICK))
    talking.switch(FaultKind.DUPLICATE)
    assert _choose(talking, "Oui")
    assert len([m for m in talking.messages() if "answer" in m.content and m.direction == "in"]) == 1


def _choose(player: Player, title: str) -> bool:
    """Tap what is called `title` on the last card; whether there was one."""
    card = player.screen()[-1]
    wire = card.data.get("wire", {}).get("data", {})
    items = wire.get("quick-reply", {}).get("items", [])
    items += [item for section in wire.get("listPicker", {}).get("sections", []) for item in section["items"]]
    named = {item["title"]: item["identifier"] for item in items}
    buttons = [button for row in card.data.get("keyboard", []) for button in row]
    named |= {button["text"]: button["callback_data"] for button in buttons}
    found = next((identifier for text, identifier in named.items() if title in text), "")
    player.does("answer", message=str(card.pk), option=found)
    player.settle()
    inbox.drain()
    return bool(found)


def _make_due(player: Player) -> None:
    """As if the platform's time had passed."""
    with tenancy.scope(player.side.id):
        now = player.conversation().opened_at
        Delivery.objects.filter(channel=player.channel, state="queued").update(due_at=now)
        player.channel.paused_until = None
        player.channel.save(update_fields=["paused_until"])
