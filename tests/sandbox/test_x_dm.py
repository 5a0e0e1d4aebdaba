"""X all the way: phone, signed webhook in both shapes, inbox, API, phone; and what its simulator refuses."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.utils import timezone

from apps.connections import connect
from apps.connections.addresses import link
from apps.connections.connect import check_channel
from apps.connections.models import Channel, EntryPoint, Health
from apps.conversations import deliver
from apps.conversations.models import Delivery
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import Option, QuickReplies
from apps.platforms.x_dm import oauth
from apps.sandbox import accounts
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxThread
from apps.sandbox.x_dm import events
from tests.sandbox.player import Player
from tests.sandbox.said import picture

PLATFORM = "x_dm"

pytestmark = pytest.mark.usefixtures("base_url")

YES, NO = Option(id="y", title="Oui"), Option(id="n", title="Non")
ASKED = QuickReplies(id=str(UUID(int=3)), prompt="Le voyant est-il vert ?", options=(YES, NO))


def put(player: Player, **data: Any) -> None:
    with tenancy.scope(player.side.id):
        player.account.refresh_from_db()
        player.account.data = {**player.account.data, **data}
        player.account.save()


def states(deliveries: list[Delivery]) -> list[tuple[str, str]]:
    return [(each.state, each.code) for each in deliveries]


def test_the_whole_story(player: Player) -> None:
    """Tag, team, an answer, a question as numbered text, a typed answer, a block."""
    assert "adsl" in player.taps_the_button()
    message = player.says("Bonjour, plus d’internet & <rien>")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet & <rien>", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde votre ligne"))
    assert (delivery.state, player.heard()) == ("sent", ["Bonjour, je regarde votre ligne"])
    player.answers(Draft(card=ASKED))
    assert player.heard()[-1] == "Le voyant est-il vert ?\n1. Oui\n2. Non"
    answer = player.says("1").content["answer"]
    assert (answer["card_id"], [each["id"] for each in answer["selected"]]) == (ASKED.id, ["y"])
    with tenancy.scope(player.side.id):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"read"}
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--night" in page.text

    player.does("leave")
    assert states(player.answers(Draft(text="Êtes-vous là ?"))) == [("parked", "403")]
    with pytest.raises(Refused):
        player.answers(Draft(text="Encore ?"))
    player.does("return")
    player.says("De retour")
    assert states(player.answers(Draft(text="Bonjour"))) == [("sent", "")]


@pytest.mark.parametrize("shape", ["account", "activity"])
def test_both_shapes_and_each_event_twice(player: Player, shape: str) -> None:
    put(player, shape=shape)
    player.switch(FaultKind.DUPLICATE)
    player.says("un")
    player.does("typing", on="1")
    player.says("deux")
    assert [message.text for message in player.messages()] == ["un", "deux"]


def test_an_encrypted_message_says_where_to_read_it(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        events.encrypted(SandboxThread.objects.select_related("account", "phone").get(pk=talking.thread.pk))
    talking.settle()
    assert talking.messages()[-1].unsupported == "encrypted message: open X to read it"


def test_customers_are_led_to_what_replaces_x(player: Player) -> None:
    """Once a day, in the language of what replaces it since X tells none; what they say is kept."""
    with tenancy.scope(player.side.id):
        EntryPoint.objects.filter(pk=player.side.entry_point.pk).update(locale="fr")
        connect.redirect(player.channel, [player.side.entry_point], actor="alice@example.com")
    for text in ("Bonjour", "Vous êtes là ?"):
        player.does("say", text=text)
        player.settle()
        deliver.drain()
    (heard,) = player.heard()
    assert heard.startswith("Nous ne répondons plus ici.") and link(player.side.entry_point) in heard
    said = [message.text for message in player.messages() if message.direction == "in"]
    assert said == ["Bonjour", "Vous êtes là ?"]
    with tenancy.scope(player.side.id):
        assert [(each.state, each.decision["rule"]) for each in Delivery.objects.all()] == [
            ("read", "customer_wrote")
        ]


def test_files_travel_both_ways(talking: Player) -> None:
    photo = picture("teal")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    assert talking.messages()[-1].text == ""
    talking.does("file", file=("box.mp4", b"\x00\x00\x00\x18ftypmp42film", "video/mp4"))
    talking.settle()
    assert talking.attached(talking.messages()[-1])[0] == "video"
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", photo),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", photo)
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.pdf", b"%PDF-1.7 a"),)))
    assert (delivery.state, talking.heard()[-1].splitlines()[0]) == ("sent", "plan.pdf")


def test_films_are_prepared_before_they_are_sent(talking: Player) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"film" * 1_500_000  # two pieces
    draft = Draft(attachments=(talking.uploads("box.mp4", film),))
    (delivery,) = talking.answers(draft)
    assert (states([delivery]), talking.heard()) == ([("queued", "preparing")], [])
    with tenancy.scope(talking.side.id):
        Delivery.objects.update(due_at=timezone.now())
    deliver.drain()
    with tenancy.scope(talking.side.id):
        delivery.refresh_from_db()
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", film)


def test_a_film_that_x_cannot_show_is_refused(talking: Player) -> None:
    put(talking, films="fail")
    film = b"\x00\x00\x00\x18ftypmp42film"
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("box.mp4", film),)))
    with tenancy.scope(talking.side.id):
        Delivery.objects.update(due_at=timezone.now())
    deliver.drain()
    with tenancy.scope(talking.side.id):
        delivery.refresh_from_db()
    assert (states([delivery]), talking.heard()) == ([("failed", "media_failed")], [])


def test_connecting_registers_the_webhook_once(talking: Player) -> None:
    """X asks our address for the secret while it is registered: only a stored channel can answer."""
    with tenancy.scope(talking.side.id):
        channel = Channel.objects.get(pk=talking.channel.pk)
        assert (channel.health, channel.health_words) == ("good", "Webhook set, account subscribed")
        registered = SandboxAccount.objects.get(pk=talking.account.pk).webhook_url
        assert channel.key in registered
    for _ in range(2):
        with tenancy.scope(talking.side.id):
            found = check_channel(talking.channel)
        assert (found.good, found.words) == (True, "Webhook set, account subscribed")
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        assert talking.account.webhook_url == registered
    talking.says("Toujours là")


def test_fifteen_messages_and_no_more(talking: Player) -> None:
    put(talking, sent=[int(time.time())] * 15)
    assert states(talking.answers(Draft(text="Trop"))) == [("queued", "429")]
    assert talking.heard() == []


def test_without_credits_the_channel_stops_and_says_so(talking: Player) -> None:
    put(talking, credits=0)
    assert states(talking.answers(Draft(text="Bonjour"))) == [("queued", "credits")]
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert (talking.channel.health, talking.heard()) == (Health.BROKEN, [])
    assert "credits" in talking.channel.health_words


# Its refusals, as X makes them ------------------------------------------------------------------------


def asked(player: Player, method: str, path: str, json: Any = None, **other: str) -> httpx.Response:
    """One signed call; `other` replaces credentials."""
    with tenancy.scope(player.side.id):
        given = {**accounts.credentials(player.account), **other}
    url = f"{given['base_url']}{path}"
    headers = {"authorization": oauth.header(method, url, given)}
    return httpx.request(method, url, headers=headers, json=json)


def messages(to: str) -> str:
    return f"/2/dm_conversations/with/{to}/messages"


REFUSALS: dict[str, tuple[Any, dict[str, str], int]] = {
    "empty": ({"text": " "}, {}, 400),
    "too long": ({"text": "x" * 10_001}, {}, 400),
    "two files": ({"attachments": [{"media_id": "1"}, {"media_id": "2"}]}, {}, 400),
    "no such file": ({"attachments": [{"media_id": "1"}]}, {}, 400),
    "wrong secret": ({"text": "x"}, {"access_token_secret": "wrong"}, 401),
    "wrong app": ({"text": "x"}, {"consumer_key": "a" * 25}, 401),
}


@pytest.mark.parametrize(("body", "other", "status"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_refuses_as_x_does(talking: Player, body: Any, other: dict[str, str], status: int) -> None:
    answer = asked(talking, "POST", messages(talking.thread.address), body, **other)
    assert (answer.status_code, talking.heard()) == (status, [])


def test_it_knows_nobody_who_has_not_written(talking: Player) -> None:
    assert asked(talking, "POST", messages("12345"), {"text": "x"}).status_code == 403
    assert asked(talking, "GET", "/2/nothing").status_code == 404
    assert asked(talking, "GET", "/2/webhooks").status_code == 401  # wants the app's own token
    assert asked(talking, "GET", "/2/users/me").json()["data"]["id"] == talking.account.address
