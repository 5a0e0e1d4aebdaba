"""WeChat all the way: code, phone, encrypted webhook, inbox, answer; and what its simulator refuses."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.connections.connect import check_channel, connect_channel
from apps.connections.models import ChannelSecret, ReceivedWebhook
from apps.conversations.models import ContactAddress
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import Link, Option, QuickReplies, Slot, TimeSlots
from apps.sandbox import accounts
from apps.sandbox.models import SandboxThread
from apps.sandbox.wechat import hand
from tests.sandbox.player import Player, long_ago
from tests.sandbox.said import picture

PLATFORM = "wechat"

pytestmark = pytest.mark.usefixtures("base_url")

YES, NO = Option(id="y", title="Oui"), Option(id="n", title="Non", subtitle="pas encore")
QUICK = QuickReplies(id=str(uuid4()), prompt="Ça marche ?", options=(YES, NO))


@pytest.fixture
def talking(player: Player) -> Player:
    player.says("你好")
    return player


def test_the_whole_story(player: Player) -> None:
    """Code, team, answer, card, typed answer, gone, back."""
    player.taps_the_button()
    player.does("start")
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"
    assert conversation.address.value == player.thread.address

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne 你好"))
    assert (delivery.state, player.heard()) == ("sent", ["Bonjour, je regarde <votre> ligne 你好"])
    player.answers(Draft(card=QUICK))
    assert player.heard()[-1] == "Ça marche ?\n• Non: pas encore"
    answer = player.chooses("Non")
    assert (answer["card_id"], [o["id"] for o in answer["selected"]]) == (QUICK.id, ["n"])
    assert player.messages()[-1].text == "Non"

    player.does("leave")
    player.settle()
    with pytest.raises(Refused) as refused:
        player.answers(Draft(text="Êtes-vous là ?"))
    assert refused.value.decision.rule == "customer_opted_out"
    player.does("return")
    player.settle()
    assert [d.state for d in player.answers(Draft(text="Rebonjour"))] == ["sent"]
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--leaf" in page.text and "&lt;votre&gt;" in page.text


def test_the_secure_mode(player: Player) -> None:
    """Nothing of what was said stands in the request."""
    with tenancy.scope(player.side.id):
        player.account.data = {**player.account.data, "mode": "secure"}
        player.account.save(update_fields=["data"])
    assert player.says("chiffré").text == "chiffré"
    with tenancy.scope(player.side.id):
        stored = [bytes(row.raw) for row in ReceivedWebhook.objects.all()]
    assert len(stored) == 2  # they followed, and spoke
    assert not any("chiffré".encode() in raw or b"FromUserName" in raw for raw in stored)


@pytest.mark.parametrize("mode", ["plain", "compatible", "secure"])
def test_a_new_follower_is_welcomed_in_the_answer(player: Player, mode: str) -> None:
    """It counts as none of the answers: three may follow within the minute."""
    with tenancy.scope(player.side.id):
        player.account.refresh_from_db()
        player.account.data = {**player.account.data, "mode": mode}
        player.account.save(update_fields=["data"])
        if mode == "plain":  # a secret that is left empty would be kept
            ChannelSecret.objects.filter(channel=player.channel, field="aes_key").delete()
    with tenancy.scope(player.side.id):
        given = {**accounts.credentials(player.account), "welcome": "Bienvenue chez <Filante>"}
        given["aes_key"] = "" if mode == "plain" else given["aes_key"]
        connect_channel("wechat", name="", credentials=given, actor="test", channel=player.channel)
    player.taps_the_button()
    player.does("start")
    player.settle()
    assert (player.heard(), player.messages()) == (["Bienvenue chez <Filante>"], [])
    player.says("Bonjour")
    assert [player.answers(Draft(text=str(n)))[0].state for n in range(5)] == ["sent"] * 5
    assert player.heard() == ["Bienvenue chez <Filante>", "0", "1", "2", "3", "4"]


@pytest.mark.parametrize("body", [b"ok", b"<xml/>", b"<xml><Encrypt>eA==</Encrypt></xml>", b"<!DOCTYPE x>"])
def test_any_other_answer_is_a_service_that_is_away(talking: Player, body: bytes) -> None:
    with tenancy.scope(talking.side.id):
        hand.answered(talking.thread, body)
    assert "unavailable" in talking.screen()[-1].text or "indisponible" in talking.screen()[-1].text


def test_times_and_a_link(talking: Player) -> None:
    start = timezone.now().replace(microsecond=0) + timedelta(days=1)
    slots = (Slot(id="s1", start=start, minutes=30), Slot(id="s2", start=start, minutes=60))
    times = TimeSlots(id=str(uuid4()), title="Quand ?", slots=slots, timezone="Europe/Paris")
    talking.answers(Draft(card=times))
    answer = talking.chooses(talking.screen()[-1].data["options"][1]["title"])
    assert (answer["card_id"], answer["slot"]["id"], answer["slot"]["minutes"]) == (times.id, "s2", 60)
    link = Link(id="l", text="Le suivi", button="Ouvrir", url="https://shop.example/a")
    assert [d.state for d in talking.answers(Draft(card=link))] == ["sent"]
    shown = talking.screen()[-1]
    assert (shown.text, shown.data["url"]) == ("Ouvrir\nLe suivi", "https://shop.example/a")


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo = picture()
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    talking.does("file", file=("film.mp4", b"\x00\x00\x00\x18ftypmp42", "video/mp4"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("video", b"\x00\x00\x00\x18ftypmp42")
    talking.does("voice")
    talking.settle()
    kind, content = talking.attached(talking.messages()[-1])
    assert (kind, content) == ("voice", talking.stored(talking.screen()[-1]))
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", photo),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", photo)
    talking.does("place")
    talking.settle()
    assert talking.messages()[-1].content["place"]["latitude"] == 48.8584


def test_five_answers_and_no_sixth(talking: Player) -> None:
    """The policy counts as WeChat does, so that nobody writes in vain; the next message begins anew."""
    states = [talking.answers(Draft(text=str(n)))[0].state for n in range(5)]
    assert states == ["sent"] * 5
    with pytest.raises(Refused) as refused:
        talking.answers(Draft(text="6"))
    assert refused.value.decision.rule == "quota_used"
    long_ago(talking)
    talking.says("encore")
    assert [d.state for d in talking.answers(Draft(text="6"))] == ["sent"]


@pytest.mark.parametrize(("left", "code"), [(0, "45047"), (None, "45015")])
def test_what_wechat_refuses_is_shown(talking: Player, left: int | None, code: str) -> None:
    """As if answers had been sent, or two days gone by, without the product knowing."""
    end = timezone.now().timestamp() + (3600 if left is not None else -1)
    with tenancy.scope(talking.side.id):
        SandboxThread.objects.filter(pk=talking.thread.pk).update(data={"message": [end, left or 0]})
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    assert (delivery.state, delivery.code, talking.heard()) == ("failed", code, [])


def test_a_token_that_wechat_forgot_is_fetched_anew(talking: Player) -> None:
    assert talking.answers(Draft(text="un"))[0].state == "sent"
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "stable_tokens": []}
        talking.account.save(update_fields=["data"])
    assert talking.answers(Draft(text="deux"))[0].state == "sent"
    assert talking.heard() == ["un", "deux"]


def test_the_channel_is_checked_and_the_language_known(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        assert check_channel(talking.channel).good
        assert ContactAddress.objects.get(channel=talking.channel).value == talking.thread.address
