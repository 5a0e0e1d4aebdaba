"""SMS all the way: phone, webhook, inbox, answer, phone; and its simulator driven by Twilio's own library."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import parse_qsl

import pytest
from django.conf import settings
from PIL import Image
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from apps.connections.addresses import webhook_url
from apps.conversations import deliver
from apps.conversations.models import ContactAddress
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.sandbox import accounts, phones, threads
from apps.sandbox.models import FaultKind, SandboxPost, SandboxThread
from apps.sandbox.sms import hand
from tests.sandbox.player import Player
from tests.sandbox.said import QUICK
from tests.worlds import World

PLATFORM = "sms"

pytestmark = pytest.mark.usefixtures("base_url")


@pytest.fixture
def talking(player: Player) -> Player:
    """…who came through the button and said something."""
    player.taps_the_button()
    player.says("Bonjour")
    return player


def test_the_whole_story(player: Player) -> None:
    """Tag, team, answer, delivered, card as numbers, typed answer, STOP, START."""
    assert "adsl" in player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"
    assert conversation.address.value == player.thread.address

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    assert (delivery.state, player.heard()) == ("sent", ["Bonjour, je regarde <votre> ligne"])
    player.settle()
    assert player.state_of(delivery) == "delivered"

    player.answers(Draft(card=QUICK))
    assert player.heard()[-1] == "Ça marche ?\n1. Oui\n2. Non"
    answer = player.says("2").content["answer"]
    assert (answer["card_id"], [o["id"] for o in answer["selected"]]) == (QUICK.id, ["n"])

    player.does("leave")
    player.settle()
    with pytest.raises(Refused):
        player.answers(Draft(text="Êtes-vous là ?"))
    player.does("return")
    player.settle()
    assert [d.state for d in player.answers(Draft(text="De retour"))] == ["sent"]
    assert player.heard()[-1] == "De retour"


def test_who_opted_out_elsewhere_is_gone(talking: Player) -> None:
    """Words after STOP open a conversation with us, but not with Twilio (21610)."""
    with tenancy.scope(talking.side.id):
        SandboxThread.objects.filter(pk=talking.thread.pk).update(state="left")
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    with tenancy.scope(talking.side.id):
        address = ContactAddress.objects.get(channel=talking.channel)
    assert (delivery.state, delivery.code, address.reachable) == ("parked", "21610", False)


@pytest.mark.parametrize(
    ("code", "words"),
    [("30003", "the phone could not be reached"), ("30007", "the carrier took it for spam")],
)
def test_what_twilio_took_the_carrier_may_refuse(talking: Player, code: str, words: str) -> None:
    """The failure comes before "sent" and stays."""
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "fails": code}
        talking.account.save()
    (delivery,) = talking.answers(Draft(text="Bonjour"))
    talking.settle()
    with tenancy.scope(talking.side.id):
        delivery.refresh_from_db()
    assert (delivery.state, delivery.code, delivery.words) == ("failed", code, words)


def test_long_words_say_as_how_many_they_count(talking: Player) -> None:
    talking.answers(Draft(text="b" * 160))
    address = f"/{talking.side.slug}/inbox/all/{talking.conversation().pk}/"
    assert "Counted as" not in talking.browser.get(address).text
    talking.answers(Draft(text="a" * 161))
    assert talking.browser.get(address).text.count("Counted as 2 messages") == 1


def test_pictures_travel_both_ways(talking: Player) -> None:
    out = BytesIO()
    Image.new("RGB", (320, 200), "teal").save(out, "PNG")
    talking.does("file", file=("box.png", out.getvalue(), "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", out.getvalue())
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", out.getvalue()),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", out.getvalue())


def test_a_lost_answer_is_settled_by_its_status(talking: Player) -> None:
    """The address for statuses ends with our own id: nothing is sent twice, nothing stays in doubt."""
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    talking.switch(FaultKind.LOST, on=False)
    assert delivery.state == "unknown"
    talking.settle()
    deliver.drain()
    assert (talking.state_of(delivery), talking.heard()) == ("delivered", ["Un technicien passe à 10 h"])


# Twilio's own library against the simulator -----------------------------------------------------------


class Redirected(TwilioHttpClient):
    """Every call of the library goes to the simulator."""

    def request(self, method: str, url: str, *args: object, **more: object) -> Response:
        ours = url.replace("https://api.twilio.com", f"{settings.BASE_URL}/sandbox/sms")
        return super().request(method, ours, *args, **more)  # type: ignore[arg-type]


@pytest.fixture
def client(player: Player) -> Client:
    with tenancy.scope(player.side.id):
        given = accounts.credentials(player.account)
    return Client(given["account_sid"], given["auth_token"], http_client=Redirected())


def test_the_library_sends_and_lists(talking: Player, client: Client) -> None:
    to, sender = talking.thread.address, talking.account.address
    made = client.messages.create(to=to, from_=sender, body="Bonjour 😀")
    assert (made.status, made.num_segments, made.direction) == ("queued", "1", "outbound-api")
    (listed,) = client.messages.list(to=to, limit=5)
    assert (listed.sid, listed.body, listed.status) == (made.sid, "Bonjour 😀", "delivered")
    assert listed.date_created is not None and talking.heard() == ["Bonjour 😀"]
    (number,) = client.incoming_phone_numbers.list(phone_number=sender)
    assert (number.phone_number, number.sms_url) == (sender, webhook_url(talking.channel))


NO = {
    "nobody": ({"to": "+33600000001", "body": "x"}, 21614),
    "no number": ({"to": "x", "body": "x"}, 21211),
    "nothing": ({}, 21602),
    "too long": ({"body": "x" * 1601}, 21617),
    "another's number": ({"from_": "+33600000001", "body": "x"}, 21660),
    "a callback that is none": ({"body": "x", "status_callback": "ftp://x"}, 21609),
    "a file that is not there": ({"media_url": ["http://127.0.0.1:9/x"]}, 21620),
}


@pytest.mark.parametrize(("given", "code"), NO.values(), ids=NO.keys())
def test_the_library_is_refused(talking: Player, client: Client, given: dict[str, str], code: int) -> None:
    about = {"to": talking.thread.address, "from_": talking.account.address}
    with pytest.raises(TwilioRestException) as told:
        client.messages.create(**{**about, **given})  # type: ignore[arg-type]
    assert (told.value.code, talking.heard()) == (code, [])


def test_the_library_without_the_token(player: Player, client: Client) -> None:
    stranger = Client(client.username, "wrong", http_client=Redirected())
    with pytest.raises(TwilioRestException) as told:
        stranger.messages.create(to=player.thread.address, from_=player.account.address, body="x")
    assert (told.value.status, told.value.code) == (401, 20003)


@pytest.fixture
def thread(world: World) -> Iterator[SandboxThread]:
    """A conversation whose webhooks stay where they are."""
    with tenancy.scope(world.filante.id):
        found = phones.thread_of(phones.new_phone(name="Nour"), accounts.ensure_account("sms"))
        yield threads.locked(found.pk)


def test_the_library_believes_what_the_phone_posts(thread: SandboxThread) -> None:
    hand.say(thread, "Bonjour & à bientôt")
    hand.send_file(thread, BytesIO(b"\x89PNG"), name="a.png", mime="image/png")
    data = {"status": "queued", "callback": "https://chat.example/hooks/sms/k/ours"}
    shown = threads.show(thread, mine=False, kind="text", text="x", data=data, ref="SM9")
    hand.status(shown, "delivered")
    validator = RequestValidator(thread.account.secret)
    addresses = []
    for post in SandboxPost.objects.order_by("id"):
        signed = hand.proof(thread.account, "https://chat.example/hooks/sms/k/", bytes(post.body))
        fields = dict(parse_qsl(bytes(post.body).decode(), keep_blank_values=True))
        assert validator.validate(signed.url, fields, signed.headers["x-twilio-signature"])
        addresses.append(signed.url.rpartition("/")[2])
    assert addresses == ["", "", "ours"]
