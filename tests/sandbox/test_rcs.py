"""RCS all the way: phone, webhook, inbox, answer, phone; and what its simulator refuses."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from PIL import Image

from apps.connections.addresses import webhook_url
from apps.conversations import deliver
from apps.conversations.models import Delivery
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import LocationRequest, Option, QuickReplies
from apps.sandbox import phones, threads
from apps.sandbox.models import FaultKind
from apps.sandbox.rcs import hand
from tests.sandbox.player import Player

PLATFORM = "rcs"

pytestmark = pytest.mark.usefixtures("base_url")

QUICK = QuickReplies(
    id=str(uuid4()), prompt="Ça marche ?", options=(Option(id="y", title="Oui"), Option(id="n", title="Non"))
)


@pytest.fixture
def talking(player: Player) -> Player:
    """…who came through the button and said something."""
    player.taps_the_button()
    player.says("Bonjour")
    return player


def found(player: Player, delivery: Delivery) -> Delivery:
    with tenancy.scope(player.side.id):
        return Delivery.objects.get(pk=delivery.pk)


def taps(player: Player, option: str) -> dict[str, Any]:
    player.does("answer", message=str(player.screen()[-1].pk), option=option)
    player.settle()
    content: dict[str, Any] = player.messages()[-1].content
    return content


def test_the_whole_story(player: Player) -> None:
    """Tag, team, answer with both ticks, chips, typed answer, STOP."""
    assert "adsl" in player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    assert (delivery.state, player.heard()) == ("sent", ["Bonjour, je regarde <votre> ligne"])
    player.settle()
    assert found(player, delivery).state == "delivered"

    player.answers(Draft(card=QUICK))
    chips = player.screen()[-1].data["options"]
    assert [chip["title"] for chip in chips] == ["Oui", "Non"]
    answer = taps(player, chips[1]["id"])["answer"]
    assert (answer["card_id"], [o["id"] for o in answer["selected"]]) == (QUICK.id, ["n"])
    assert found(player, delivery).state == "read"

    player.does("leave")
    player.settle()
    with pytest.raises(Refused):
        player.answers(Draft(text="Êtes-vous là ?"))


def test_the_challenge_is_answered_at_the_door(player: Player) -> None:
    body = {"clientToken": player.account.secret, "secret": "once"}
    answer = httpx.post(webhook_url(player.channel), json=body)
    assert (answer.status_code, answer.text) == (200, "once")
    assert httpx.post(webhook_url(player.channel), json={**body, "clientToken": "x"}).status_code == 403


def test_pictures_and_places(talking: Player) -> None:
    out = BytesIO()
    Image.new("RGB", (320, 200), "teal").save(out, "PNG")
    talking.does("file", file=("box.png", out.getvalue(), "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", out.getvalue())
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", out.getvalue()),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", out.getvalue())
    talking.answers(Draft(card=LocationRequest(id="w", prompt="Où ?")))
    assert taps(talking, "place")["place"]["latitude"] == 48.8584


def test_a_lost_answer_is_sent_again_and_stands_there_once(talking: Player) -> None:
    """Class K: the id is our own, and the second time is told that it exists."""
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    talking.switch(FaultKind.LOST, on=False)
    assert delivery.state == "queued"
    with tenancy.scope(talking.side.id):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.created_at)
    deliver.drain()
    assert found(talking, delivery).state in ("sent", "delivered")
    assert talking.heard() == ["Un technicien passe à 10 h"]


def test_what_did_not_arrive_in_time_is_taken_back(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        phones.set_offline(talking.thread.phone, on=True)
    (delivery,) = talking.answers(Draft(text="Êtes-vous là ?"))
    with tenancy.scope(talking.side.id):
        thread = threads.locked(talking.thread.pk)
        hand.expire(thread.messages.get(ref=str(delivery.pk)))
    talking.settle()
    row = found(talking, delivery)
    assert (row.state, row.code) == ("failed", "TTL_EXPIRATION_REVOKED")


def test_the_simulator_refuses_as_google_does(player: Player) -> None:
    """Without a token, with another's, and somebody who has no RCS."""
    root = f"{settings.BASE_URL}/sandbox"
    url = f"{root}/rcs/v1/phones/+33600000001/capabilities"
    about = {"agentId": player.account.key, "requestId": str(uuid4())}
    for token in ("", "Bearer x"):
        answer = httpx.get(url, params=about, headers={"authorization": token})
        assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    refused = httpx.post(f"{root}/rcs/token", data={"assertion": "x"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert json.loads(refused.text)["error_description"]
