"""LINE all the way: phone, signed webhook, inbox, reply or push, phone; and what its simulator refuses."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.utils import timezone

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from linebot.v3 import messaging
    from linebot.v3.messaging import ApiException, MessagingApi, MessagingApiBlob
    from linebot.v3.webhook import WebhookParser

from apps.connections.addresses import webhook_url
from apps.connections.connect import check_channel
from apps.conversations import deliver, media
from apps.conversations.models import ContactAddress, Delivery
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
from apps.sandbox.line import hand
from apps.sandbox.models import FaultKind, SandboxPost, SandboxThread
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import World

PLATFORM = "line"

pytestmark = pytest.mark.usefixtures("base_url")

YES, NO, LATER = Option(id="y", title="Oui"), Option(id="n", title="Non"), Option(id="l", title="Plus tard")
PICKER = ListPicker(
    id=str(UUID(int=2)),
    title="Le voyant",
    sections=(Section(title="Box", options=(Option(id="a", title="Orange", subtitle="fixe"), NO)),),
)


def later(player: Player, seconds: int = 90) -> None:
    """So much later both sides know that the reply token is over."""
    then = (timezone.now() - timedelta(seconds=seconds)).isoformat()
    with tenancy.scope(player.side.id):
        thread = SandboxThread.objects.get(pk=player.thread.pk)
        thread.data = {**thread.data, "reply": dict.fromkeys(thread.data["reply"], then)}
        thread.save()
        ContactAddress.objects.filter(channel=player.channel).update(handle_at=then)


def pushes(player: Player) -> int:
    with tenancy.scope(player.side.id):
        player.account.refresh_from_db()
        return int(player.account.data["used"])


def test_the_whole_story(player: Player) -> None:
    """Tag, team, a free answer, a push, a card, a typed answer, a block."""
    assert "adsl" in player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert player.screen()[0].text == "Bonjour, plus d’internet [#adsl]"
    assert conversation.team is not None and conversation.team.slug == "adsl"

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    assert (delivery.state, player.heard(), pushes(player)) == (
        "sent",
        ["Bonjour, je regarde <votre> ligne"],
        0,
    )
    player.answers(Draft(card=PICKER))
    assert pushes(player) == 1
    answer = player.chooses("Orange")
    assert (answer["card_id"], [(o["id"], o["title"]) for o in answer["selected"]]) == (
        PICKER.id,
        [("a", "Orange")],
    )
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--meadow" in page.text and "&lt;votre&gt;" in page.text

    player.does("leave")
    player.settle()
    with pytest.raises(Refused):
        player.answers(Draft(text="Êtes-vous là ?"))
    player.does("return")
    player.settle()
    assert [d.state for d in player.answers(Draft(text="De retour"))] == ["sent"]


def test_questions_places_links_and_times(talking: Player) -> None:
    talking.answers(Draft(card=QuickReplies(id=str(uuid4()), prompt="Prêt ?", options=(YES, NO))))
    assert talking.screen()[-1].data["as"] == "confirm"
    assert talking.chooses("Non")["selected"][0]["id"] == "n"
    talking.answers(Draft(card=QuickReplies(id=str(uuid4()), prompt="Prêt ?", options=(YES, NO, LATER))))
    assert talking.screen()[-1].data["as"] == "quickReply"
    talking.answers(Draft(card=LocationRequest(id="w", prompt="Où ?")))
    talking.does("answer", message=str(talking.screen()[-1].pk), option="place")
    talking.settle()
    assert talking.messages()[-1].content["place"]["latitude"] == 48.8584
    talking.answers(Draft(card=Link(id="l", text="Le suivi", button="Ouvrir", url="https://shop.example/a")))
    assert talking.screen()[-1].data["url"] == "https://shop.example/a"
    slot = Slot(id="s1", start=timezone.now().replace(microsecond=0) + timedelta(days=1), minutes=30)
    talking.answers(Draft(card=TimeSlots(id=str(uuid4()), title="Quand ?", slots=(slot,))))
    (option,) = talking.screen()[-1].data["options"]
    assert talking.chooses(option["title"])["slot"]["id"] == "s1"


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo = picture("teal")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    talking.does("voice")
    talking.settle()
    assert talking.attached(talking.messages()[-1])[0] == "voice"
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", photo),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", photo)
    film = b"\x00\x00\x00\x18ftypmp42film"
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("box.mp4", film),)))
    shown = talking.screen()[-1]
    assert (delivery.state, shown.data["as"], talking.stored(shown)) == ("sent", "video", film)
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.pdf", b"%PDF-1.7 a"),)))
    assert (delivery.state, talking.screen()[-1].text.splitlines()[0]) == ("sent", "plan.pdf")


def test_what_was_unsent_is_gone(talking: Player) -> None:
    talking.does("withdraw", message=str(talking.screen()[0].pk))
    talking.settle()
    assert talking.messages()[0].text == ""


def test_a_lost_push_is_sent_once(talking: Player) -> None:
    """The same key again: LINE says 409 and what it sent the first time."""
    later(talking)
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    assert delivery.state == "queued"
    talking.switch(FaultKind.LOST, on=False)
    with tenancy.scope(talking.side.id):
        Delivery.objects.update(due_at=timezone.now())
    deliver.drain()
    shown = talking.screen()[-1]
    with tenancy.scope(talking.side.id):
        delivery.refresh_from_db()
    assert (delivery.state, delivery.ref, talking.heard()) == ("sent", shown.ref, [shown.text])
    assert pushes(talking) == 1


def test_a_lost_reply_is_never_repeated(talking: Player) -> None:
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    assert (delivery.state, talking.heard(), pushes(talking)) == (
        "unknown",
        ["Un technicien passe à 10 h"],
        0,
    )


def test_a_token_that_line_no_longer_takes_is_followed_by_a_push(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        SandboxThread.objects.filter(pk=talking.thread.pk).update(data={})
    (delivery,) = talking.answers(Draft(text="Bonjour"))
    assert (delivery.state, talking.heard(), pushes(talking)) == ("sent", ["Bonjour"], 1)


def test_the_months_quota_stops_pushes_and_not_the_channel(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "quota": 0}
        talking.account.save()
    later(talking)
    (delivery,) = talking.answers(Draft(text="Bonjour"))
    assert (delivery.state, delivery.code) == ("failed", "monthly_limit")
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert (talking.channel.health, talking.channel.health_words) == ("troubled", delivery.words)
    talking.says("Allô ?")
    assert [d.state for d in talking.answers(Draft(text="Bonjour"))] == ["sent"]


def test_while_another_program_has_the_thread_nothing_is_sent(talking: Player) -> None:
    def hold(on: bool) -> None:
        with tenancy.scope(talking.side.id):
            thread = SandboxThread.objects.get(pk=talking.thread.pk)
            thread.data = {**thread.data, "standby": on}
            thread.save()

    hold(True)
    talking.says("À quelqu’un d’autre")
    with pytest.raises(Refused):
        talking.answers(Draft(text="Bonjour"))
    hold(False)
    talking.says("De retour")
    assert [d.state for d in talking.answers(Draft(text="Bonjour"))] == ["sent"]


def test_the_verify_button_is_answered_and_only_line_can_press_it(talking: Player) -> None:
    body = json.dumps({"destination": talking.account.data["user_id"], "events": []}).encode()
    with tenancy.scope(talking.side.id):
        url = webhook_url(talking.channel)
    signed = hand.proof(talking.account, url, body).headers
    for headers, status in ((signed, 200), (signed, 200), ({"x-line-signature": "x"}, 403), ({}, 403)):
        assert httpx.post(url, content=body, headers=headers).status_code == status
    talking.settle()
    assert [m.text for m in talking.messages()] == ["Bonjour"]


def test_the_health_line_counts_pushes(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        found = check_channel(talking.channel)
    assert (found.good, found.words) == (True, "Webhook set, 0 of 500 pushes of this month used")


# LINE's own SDK as the business -----------------------------------------------------------------------

Asked = Callable[[MessagingApi, str], Any]


@pytest.fixture
def sdk(talking: Player) -> tuple[MessagingApi, MessagingApiBlob]:
    with tenancy.scope(talking.side.id):
        given = accounts.credentials(talking.account)
    known = messaging.Configuration(access_token=given["token"], host=given["base_url"])
    client = messaging.ApiClient(known)
    return MessagingApi(client), MessagingApiBlob(client)


def push(to: str, *messages: messaging.Message) -> messaging.PushMessageRequest:
    return messaging.PushMessageRequest(to=to, messages=list(messages))


def test_the_sdk_drives_the_simulator(talking: Player, sdk: tuple[MessagingApi, MessagingApiBlob]) -> None:
    api, _ = sdk
    to, key = talking.thread.address, str(uuid4())
    assert api.get_bot_info().basic_id == talking.account.address
    assert api.get_profile(to).display_name == "Camille"
    api.set_webhook_endpoint(messaging.SetWebhookEndpointRequest(endpoint="https://shop.example/hook"))
    assert api.get_webhook_endpoint().endpoint == "https://shop.example/hook"
    action = messaging.PostbackAction(label="Oui", data="y")
    asked = messaging.TextMessage(
        text="Prêt ?", quickReply=messaging.QuickReply(items=[messaging.QuickReplyItem(action=action)])
    )
    sent = api.push_message(push(to, asked), key)
    with pytest.raises(ApiException) as again:
        api.push_message(push(to, asked), key)
    assert (again.value.status, json.loads(again.value.body)["sentMessages"][0]["id"]) == (
        409,
        sent.sent_messages[0].id,
    )
    assert again.value.headers["x-line-accepted-request-id"]
    api.show_loading_animation(messaging.ShowLoadingAnimationRequest(chatId=to, loadingSeconds=5))
    assert "dots" in talking.browser.get(f"/filante/sandbox/threads/{talking.thread.pk}/").text
    token = talking.screen()[0].data["read_token"]
    api.mark_messages_as_read_by_token(messaging.MarkMessagesAsReadByTokenRequest(markAsReadToken=token))
    assert (talking.screen()[0].data["seen"], talking.heard()) == (True, ["Prêt ?"])
    assert (api.get_message_quota().value, api.get_message_quota_consumption().total_usage) == (500, 1)


def text(words: str) -> messaging.TextMessage:
    return messaging.TextMessage(text=words)


REFUSALS: dict[str, tuple[Asked, int]] = {
    "nobody": (lambda api, to: api.push_message(push("U" + "0" * 32, text("x"))), 400),
    "nonsense": (lambda api, to: api.push_message(push("x", text("x"))), 400),
    "too long": (lambda api, to: api.push_message(push(to, text("x" * 5001))), 400),
    "empty": (lambda api, to: api.push_message(push(to, text(" "))), 400),
    "no picture": (
        lambda api, to: api.push_message(
            push(to, messaging.ImageMessage(originalContentUrl=" ", previewImageUrl="https://x"))
        ),
        400,
    ),
    "spent token": (
        lambda api, to: api.reply_message(
            messaging.ReplyMessageRequest(replyToken="none", messages=[text("x")])
        ),
        400,
    ),
    "no such person": (lambda api, to: api.get_profile("U" + "0" * 32), 404),
    "wrong token": (lambda api, to: _with_wrong_token(api).get_bot_info(), 401),
}


def _with_wrong_token(api: MessagingApi) -> MessagingApi:
    api.api_client.configuration.access_token += "x"
    return api


@pytest.mark.parametrize(("asked", "status"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_refuses_as_line_does(
    talking: Player, sdk: tuple[MessagingApi, MessagingApiBlob], asked: Asked, status: int
) -> None:
    with pytest.raises(ApiException) as told:
        asked(sdk[0], talking.thread.address)
    assert (told.value.status, talking.heard()) == (status, [])


def test_a_film_has_to_be_prepared(talking: Player, sdk: tuple[MessagingApi, MessagingApiBlob]) -> None:
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "transcoding": "processing"}
        talking.account.save()
    talking.does("file", file=("a.mp4", b"film", "video/mp4"))
    talking.settle()
    ref = talking.screen()[-1].ref
    assert sdk[1].get_message_content_transcoding_by_message_id(ref).status == "processing"
    assert bytes(sdk[1].get_message_content(ref)) == b"film"
    with tenancy.scope(talking.side.id):
        assert talking.messages()[-1].attachments.get().state != "stored"
    media.drain()


def test_every_gesture_is_understood(committed_world: World, player: Player) -> None:
    with tenancy.scope(player.side.id):
        player.account.refresh_from_db()
        player.account.webhook_url = "http://127.0.0.1:1/nobody"
        player.account.save()
    player.does("say", text="Bonjour")
    player.does("file", file=("a.pdf", b"%PDF", "application/pdf"))
    player.does("voice")
    player.does("place")
    player.does("withdraw", message=str(player.screen()[0].pk))
    player.does("leave")
    parser = WebhookParser(player.account.data["channel_secret"], skip_signature_verification=lambda: True)
    with tenancy.scope(player.side.id):
        bodies = [bytes(post.body).decode() for post in SandboxPost.objects.order_by("id")]
    found = [event for body in bodies for event in parser.parse(body, "")]
    assert [event.type for event in found] == [
        *("follow", "message", "message", "message", "message", "unsend", "unfollow")
    ]
    assert [event.message.type for event in found[1:5]] == ["text", "file", "audio", "location"]
