"""Viber all the way: the opened chat, its welcome, ticks, cards; and what its simulator refuses."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from viberbot import Api
    from viberbot.api import api as viberbot_api
    from viberbot.api import messages
    from viberbot.api.bot_configuration import BotConfiguration

from apps.connections.addresses import webhook_url
from apps.connections.connect import check_channel, connect_channel
from apps.connections.models import Health
from apps.conversations.models import ContactAddress
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import (
    Link,
    ListPicker,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)
from apps.sandbox import accounts
from apps.sandbox.models import SandboxPost, SandboxThread
from tests.sandbox.player import Player
from tests.sandbox.said import picture

PLATFORM = "viber"

pytestmark = pytest.mark.usefixtures("base_url")

YES, NO = Option(id="y", title="Oui & <oui>"), Option(id="n", title="Non", subtitle="pas encore")
QUICK = QuickReplies(id=str(uuid4()), prompt="Ça marche ?", options=(YES, NO))
PICKER = ListPicker(id=str(uuid4()), title="Le voyant", sections=(Section(title="Box", options=(YES, NO)),))


def test_the_whole_story(player: Player) -> None:
    """Welcome, tag, team, ticks, a card, a typed answer, goodbye."""
    with tenancy.scope(player.side.id):
        given = {**accounts.credentials(player.account), "welcome": "Bienvenue chez <Filante>"}
        connect_channel("viber", name="", credentials=given, actor="test", channel=player.channel)
    assert "adsl" in player.taps_the_button()
    player.does("start")
    player.settle()
    assert (player.heard(), player.messages()) == (["Bienvenue chez <Filante>"], [])
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"
    with tenancy.scope(player.side.id):
        assert ContactAddress.objects.get(channel=player.channel).value == player.thread.address

    (delivery,) = player.answers(Draft(text="Je regarde"))
    assert (delivery.state, delivery.ref) == ("sent", player.screen()[-1].ref)
    assert int(delivery.ref) > 2**53
    player.settle()
    assert player.state_of(delivery) == "delivered"
    player.answers(Draft(card=QUICK))
    answer = player.chooses("Oui & <oui>")
    assert (answer["card_id"], [(o["id"], o["title"]) for o in answer["selected"]]) == (
        QUICK.id,
        [("y", "Oui & <oui>")],
    )
    assert player.state_of(delivery) == "read"
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--grape" in page.text

    player.does("leave")
    player.settle()
    with pytest.raises(Refused):
        player.answers(Draft(text="Êtes-vous là ?"))
    player.does("return")
    player.settle()
    assert [d.state for d in player.answers(Draft(text="De retour"))] == ["sent"]


def test_lists_times_links_and_places(talking: Player) -> None:
    talking.answers(Draft(card=PICKER))
    shown = talking.screen()[-1]
    assert (shown.data["as"], shown.data["options"][1]["subtitle"]) == ("rich_media", "pas encore")
    assert talking.chooses("Non")["selected"][0]["id"] == "n"
    slot = Slot(id="s1", start=timezone.now().replace(microsecond=0) + timedelta(days=1), minutes=30)
    talking.answers(Draft(card=TimeSlots(id=str(uuid4()), title="Quand ?", slots=(slot,))))
    (option,) = talking.screen()[-1].data["options"]
    assert talking.chooses(option["title"])["slot"]["id"] == "s1"
    talking.answers(Draft(card=Link(id="l", text="Le suivi", button="Ouvrir", url="https://shop.example/a")))
    assert talking.screen()[-1].data["url"] == "https://shop.example/a"
    talking.answers(Draft(card=LocationRequest(id="w", prompt="Où ?")))
    talking.does("answer", message=str(talking.screen()[-1].pk), option="place")
    talking.settle()
    assert talking.messages()[-1].content["place"]["latitude"] == 48.8584


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo = picture("teal")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    talking.does("voice")
    talking.settle()
    assert talking.attached(talking.messages()[-1])[1] == talking.stored(talking.screen()[-1])
    draft = Draft(text="Le plan", attachments=(talking.uploads("plan.png", photo),))
    (delivery,) = talking.answers(draft)
    shown = talking.screen()[-1]
    assert (delivery.state, shown.text, talking.stored(shown)) == ("sent", "Le plan", photo)
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.pdf", b"%PDF-1.7 a"),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", b"%PDF-1.7 a")


def test_an_opened_chat_is_no_subscription(player: Player) -> None:
    """Who left and only looks in again cannot be written to before they write."""
    player.says("Bonjour")
    player.does("leave")
    player.settle()
    with tenancy.scope(player.side.id):
        thread = SandboxThread.objects.get(pk=player.thread.pk)
        thread.tag = "adsl"
        thread.save(update_fields=["tag"])
    player.does("start")
    player.settle()
    with tenancy.scope(player.side.id):
        assert not ContactAddress.objects.get(channel=player.channel).reachable
    with pytest.raises(Refused, match="customer_opted_out"):
        player.answers(Draft(text="Vous revoilà"))
    player.says("Me revoilà")
    assert [d.state for d in player.answers(Draft(text="Bonjour"))] == ["sent"]


def test_after_a_day_the_plan_pays_and_the_channel_goes_on(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "plan": 1}
        talking.account.save()
        thread = SandboxThread.objects.get(pk=talking.thread.pk)
        then = (timezone.now() - timedelta(hours=25)).isoformat()
        thread.data = {**thread.data, "session": then}
        thread.save()
    first, second = (talking.answers(Draft(text=text))[0] for text in ("un", "deux"))
    assert (first.state, second.state, second.code, talking.heard()) == ("sent", "failed", "23", ["un"])
    assert health(talking) == (Health.TROUBLED, second.words)
    talking.says("Allô ?")
    assert [d.state for d in talking.answers(Draft(text="trois"))] == ["sent"]


def health(player: Player) -> tuple[str, str]:
    with tenancy.scope(player.side.id):
        player.channel.refresh_from_db()
        return player.channel.health, player.channel.health_words


def put(player: Player, **data: Any) -> None:
    with tenancy.scope(player.side.id):
        player.account.refresh_from_db()
        player.account.data = {**player.account.data, **data}
        player.account.save()


def test_what_viber_took_may_fail_afterwards(talking: Player) -> None:
    put(talking, fails="The message could not be delivered")
    (delivery,) = talking.answers(Draft(text="Bonjour"))
    assert delivery.state == "sent"
    talking.settle()
    with tenancy.scope(talking.side.id):
        delivery.refresh_from_db()
        assert (delivery.state, delivery.words) == ("failed", "The message could not be delivered")


def test_without_a_webhook_viber_takes_no_messages(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.webhook_url = ""
        talking.account.save()
    (delivery,) = talking.answers(Draft(text="Bonjour"))
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert (delivery.state, talking.channel.health) == ("queued", Health.BROKEN)


def test_the_health_line(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        found = check_channel(talking.channel)
        assert (found.good, found.words) == (True, "Webhook set, 1 subscriber(s)")


# Viber's own library as the business ------------------------------------------------------------------


@pytest.fixture
def library(talking: Player, monkeypatch: pytest.MonkeyPatch) -> Api:
    with tenancy.scope(talking.side.id):
        given = accounts.credentials(talking.account)
    monkeypatch.setattr(viberbot_api, "VIBER_BOT_API_URL", given["base_url"])
    return Api(BotConfiguration(name="Acme", avatar="https://x.example/a.jpg", auth_token=given["token"]))


def test_the_library_drives_the_simulator(talking: Player, library: Api) -> None:
    to = talking.thread.address
    assert library.get_account_info()["uri"] == talking.account.address
    assert library.get_user_details(to)["name"] == "Camille"
    with tenancy.scope(talking.side.id):
        url = webhook_url(talking.channel)
    assert library.set_webhook(url, ["delivered", "seen"]) == ["delivered", "seen"]
    with pytest.raises(Exception, match="status: 1"):
        library.set_webhook("http://127.0.0.1:1/nobody")
    keyboard = {"Type": "keyboard", "Buttons": [{"ActionBody": "y", "Text": "Oui &amp; <b>oui</b>"}]}
    (token,) = library.send_messages(to, [messages.TextMessage(text="Prêt ?", keyboard=keyboard)])
    shown = talking.screen()[-1]
    assert (shown.ref, shown.data["options"][0]["title"]) == (str(token), "Oui & oui")
    library.send_messages(
        to, [messages.LocationMessage(location=messages.data_types.location.Location(48, 2))]
    )
    assert talking.screen()[-1].data["latitude"] == 48


Made = Callable[[], Any]
REFUSALS: dict[str, tuple[str, Made, int]] = {
    "nobody": ("AAAA", lambda: messages.TextMessage(text="x"), 5),
    "too long": ("", lambda: messages.TextMessage(text="x" * 7001), 3),
    "no words": ("", lambda: messages.TextMessage(text=" "), 4),
    "no address": ("", lambda: messages.PictureMessage(media="ftp://x", text=""), 3),
    "no extension": ("", lambda: messages.FileMessage(media="https://x.example/a", size=1, file_name="a"), 3),
    "bad html": (
        "",
        lambda: messages.TextMessage(
            text="x", keyboard={"Type": "keyboard", "Buttons": [{"ActionBody": "a", "Text": "1 < 2"}]}
        ),
        3,
    ),
    "an app that is too old": ("", lambda: messages.TextMessage(text="x", min_api_version=99), 11),
    "old version": ("", lambda: messages.RichMediaMessage(rich_media={}, min_api_version=1), 3),
}


@pytest.mark.parametrize(("to", "made", "status"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_refuses_as_viber_does(talking: Player, library: Api, to: str, made: Made, status: int) -> None:
    with pytest.raises(Exception, match=f"status: {status},"):
        library.send_messages(to or talking.thread.address, [made()])
    assert talking.heard() == []


def test_details_of_one_person_twice_in_twelve_hours(talking: Player, library: Api) -> None:
    for _ in range(2):
        library.get_user_details(talking.thread.address)
    with pytest.raises(Exception, match="status: 12,"):
        library.get_user_details(talking.thread.address)


def test_every_gesture_is_understood(player: Player, library: Api) -> None:
    with tenancy.scope(player.side.id):
        player.account.refresh_from_db()
        player.account.webhook_url = "http://127.0.0.1:1/nobody"
        player.account.save()
    player.does("file", file=("a.pdf", b"%PDF", "application/pdf"))
    player.does("voice")
    player.does("place")
    player.does("leave")
    player.does("return")
    with tenancy.scope(player.side.id):
        bodies = [bytes(post.body) for post in SandboxPost.objects.order_by("id")]
    found = [library.parse_request(body) for body in bodies]
    assert [event.event_type for event in found] == [
        *("message", "message", "message", "unsubscribed", "subscribed")
    ]
    assert [type(event.message).__name__ for event in found[:3]] == [
        *("FileMessage", "FileMessage", "LocationMessage")
    ]
