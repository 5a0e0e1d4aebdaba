"""QQ all the way: phone, signed webhook, inbox, passive reply, phone; and what its simulator refuses."""

from __future__ import annotations

import httpx
import pytest
from django.utils import timezone

from apps.connections.addresses import webhook_url
from apps.connections.connect import check_channel
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.sandbox.models import SandboxThread
from apps.sandbox.qq import signing
from tests.sandbox.player import Player, long_ago
from tests.sandbox.said import QUICK, picture

PLATFORM = "qq"


@pytest.fixture
def talking(player: Player) -> Player:
    player.says("你好")
    return player


def test_the_whole_story(player: Player) -> None:
    """Tag, team, answers, a numbered card and its typed answer, gone, back."""
    player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"
    assert conversation.address.value == player.thread.address

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    player.answers(Draft(card=QUICK))
    heard = [text for text in player.heard() if text]
    assert (delivery.state, delivery.ref) == ("sent", player.screen()[-2].ref)
    assert heard == ["Bonjour, je regarde <votre> ligne", "Ça marche ?\n1. Oui\n2. Non"]
    answer = player.says("2").content["answer"]
    assert (answer["card_id"], [o["id"] for o in answer["selected"]]) == (QUICK.id, ["n"])

    player.does("leave")
    player.settle()
    with pytest.raises(Refused) as refused:
        player.answers(Draft(text="Êtes-vous là ?"))
    assert refused.value.decision.rule == "customer_deleted"
    player.does("return")
    player.settle()
    assert [d.state for d in player.answers(Draft(text="Rebonjour"))] == ["sent"]
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--ice" in page.text and "&lt;votre&gt;" in page.text


def test_the_address_is_validated_at_the_door(player: Player) -> None:
    """QQ asks it to sign something (op 13) before it posts there; only who has the bot's secret can."""
    asked = {"op": 13, "d": {"plain_token": "Arq0D5A61EgUu4OxUvOp", "event_ts": "1725442341"}}
    answer = httpx.post(webhook_url(player.channel), json=asked)
    wanted = signing.signature(player.account.secret, b"1725442341Arq0D5A61EgUu4OxUvOp")
    assert (answer.status_code, answer.json()) == (
        200,
        {"plain_token": "Arq0D5A61EgUu4OxUvOp", "signature": wanted},
    )
    assert httpx.post(webhook_url(player.channel), json={"op": 0, "d": {}}).status_code == 403


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo = picture()
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    talking.does("voice")
    talking.settle()
    assert talking.attached(talking.messages()[-1])[1] == talking.stored(talking.screen()[-1])
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", photo),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", photo)


def test_five_answers_and_no_sixth(talking: Player) -> None:
    """Each has a number of its own; the next message begins anew."""
    sent = [talking.answers(Draft(text=str(n)))[0] for n in range(5)]
    assert [each.state for each in sent] == ["sent"] * 5
    assert answered(talking) == [[each.seq for each in sent]]
    with pytest.raises(Refused) as refused:
        talking.answers(Draft(text="6"))
    assert refused.value.decision.rule == "quota_used"
    long_ago(talking)
    talking.says("encore")
    assert [d.state for d in talking.answers(Draft(text="6"))] == ["sent"]


def test_what_waits_answers_what_it_was_allowed_for(talking: Player) -> None:
    """Written before the customer wrote again, sent after that: the new message has its own five."""
    for text in ("1", "2", "3", "4", "5"):
        talking.writes(Draft(text=text))
    long_ago(talking)
    talking.says("encore")
    for text in ("6", "7", "8", "9"):
        talking.writes(Draft(text=text))
    assert [each.state for each in talking.answers(Draft(text="10"))] == ["sent"]
    assert [text for text in talking.heard() if text] == [str(n) for n in range(1, 11)]
    assert [len(numbers) for numbers in answered(talking)] == [5, 5]


def answered(player: Player) -> list[list[int]]:
    """The numbers of the answers to each of the customer's messages, as QQ has them."""
    with tenancy.scope(player.side.id):
        heard = SandboxThread.objects.get(pk=player.thread.pk).data["heard"]
    return [numbers for _at, numbers in heard.values()]


@pytest.mark.parametrize(("age", "used", "code"), [(3700, [], "304027"), (0, [6, 7, 8, 9, 10], "40034025")])
def test_what_qq_refuses_is_shown(talking: Player, age: int, used: list[int], code: str) -> None:
    """As if an hour had gone by, or others had answered, without the product knowing."""
    with tenancy.scope(talking.side.id):
        thread = SandboxThread.objects.get(pk=talking.thread.pk)
        (msg_id,) = thread.data["heard"]
        thread.data = {"heard": {msg_id: [timezone.now().timestamp() - age, used]}}
        thread.save(update_fields=["data"])
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    assert (delivery.state, delivery.code) == ("failed", code)


def test_a_token_that_qq_forgot_is_fetched_anew(talking: Player) -> None:
    assert talking.answers(Draft(text="un"))[0].state == "sent"
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {}
        talking.account.save(update_fields=["data"])
        assert check_channel(talking.channel).good
    assert talking.answers(Draft(text="deux"))[0].state == "sent"
