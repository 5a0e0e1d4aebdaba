"""facebook-business, Meta's own SDK, talks to the simulators; and what they post has Meta's proofs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from pywa.utils import webhook_updates_validator

from apps.core import tenancy
from apps.platforms.base import Content, Outgoing
from apps.platforms.cards import Link, ListPicker, Option, QuickReplies, Section
from apps.platforms.registry import get
from apps.platforms.shared.messenger_api import outbound
from apps.platforms.shared.messenger_api.platform import MessengerPlatform
from apps.sandbox import accounts, phones, threads
from apps.sandbox.meta import hand
from apps.sandbox.models import FaultKind, SandboxPost, SandboxThread
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import World


@pytest.fixture(params=["messenger", "instagram"])
def player(request: pytest.FixtureRequest, committed_world: World, base_url: str) -> Player:
    found = Player(committed_world.filante, request.param, base_url)
    found.says("Bonjour")
    return found


@pytest.fixture
def page(player: Player, monkeypatch: pytest.MonkeyPatch) -> Page:
    with tenancy.scope(player.side.id):
        given = accounts.credentials(player.account)
    monkeypatch.setattr(FacebookSession, "GRAPH", given["base_url"])
    session = FacebookSession(app_secret=given["app_secret"], access_token=given["token"])
    return Page(player.account.address, api=FacebookAdsApi(session, api_version="v26.0"))


def says(page: Page, player: Player, message: dict[str, Any], **more: Any) -> dict[str, Any]:
    to = {"id": player.thread.address}
    sent = page.create_message(
        params={"recipient": to, "messaging_type": "RESPONSE", "message": message, **more}
    )
    return dict(sent.export_all_data())


def test_words_stand_on_the_phone(page: Page, player: Player) -> None:
    sent = says(page, player, {"text": "Ça va ?"})
    shown = player.screen()[-1]
    assert (sent["message_id"], sent["recipient_id"]) == (shown.ref, player.thread.address)
    assert shown.text == "Ça va ?"


YES, NO = Option(id="y", title="Oui"), Option(id="n", title="Non", subtitle="pas maintenant")
CARDS = [
    QuickReplies(id="c", prompt="Ça marche ?", options=(YES, NO)),
    ListPicker(id="c", title="Le voyant", sections=(Section(title="Box", options=(YES, NO)),)),
    Link(id="c", text="Facture", button="Ouvrir", url="https://shop.example/1"),
]


def test_what_our_adapter_composes_passes_the_sdk(page: Page, player: Player) -> None:
    platform = get(player.account.platform)
    assert isinstance(platform, MessengerPlatform)
    for card in CARDS:
        (part,) = platform.compose(Content(card=card), None)
        out = Outgoing(id=uuid4(), sender=player.account.address, to=player.thread.address, part=part)
        sent = page.create_message(
            params={**outbound.envelope(out), "message": outbound.words(out, platform.shapes)}
        )
        assert sent["message_id"] == player.screen()[-1].ref


@pytest.mark.filterwarnings("ignore:value of tag")  # the SDK has the wrong type for it
def test_a_tag_for_people(page: Page, player: Player) -> None:
    with tenancy.scope(player.side.id):
        old = (timezone.now() - timedelta(days=3)).isoformat()
        SandboxThread.objects.filter(pk=player.thread.pk).update(data={"last_at": old})
    with pytest.raises(FacebookRequestError) as refused:
        says(page, player, {"text": "x"})
    assert (refused.value.api_error_code(), refused.value.api_error_subcode()) == (10, 2018278)
    assert says(page, player, {"text": "y"}, messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT")["message_id"]


# label, message, what else, code, subcode
REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], int, int | None]] = [
    ("empty", {"metadata": "x"}, {}, 100, 2018034),
    ("too long", {"text": "é" * 2001}, {}, 100, None),
    ("retired tag", {"text": "x"}, {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, 100, None),
    ("nobody", {"text": "x"}, {"recipient": {"id": "1"}}, 100, 2018001),
    ("dots with words", {"text": "x"}, {"sender_action": "TYPING_ON"}, 100, None),
    (
        "14 quick replies",
        {"text": "x", "quick_replies": [{"content_type": "text", "title": "a", "payload": "b"}] * 14},
        {},
        100,
        None,
    ),
    ("unknown persona", {"text": "x"}, {"persona_id": "5"}, 100, None),
]


@pytest.mark.filterwarnings("ignore:value of tag")
@pytest.mark.parametrize(
    ("message", "more", "code", "subcode"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED]
)
def test_it_refuses_as_meta_does(
    message: dict[str, Any],
    more: dict[str, Any],
    code: int,
    subcode: int | None,
    page: Page,
    player: Player,
) -> None:
    with pytest.raises(FacebookRequestError) as refused:
        says(page, player, message, **more)
    assert (refused.value.api_error_code(), refused.value.api_error_subcode()) == (code, subcode)
    assert player.heard() == []


def test_a_busy_day_and_a_block(page: Page, player: Player) -> None:
    player.switch(FaultKind.THROTTLE)
    with pytest.raises(FacebookRequestError) as busy:
        says(page, player, {"text": "x"})
    assert busy.value.api_error_code() == 613
    assert "estimated_time_to_regain_access" in busy.value.http_headers()["X-Business-Use-Case-Usage"]
    player.switch(FaultKind.THROTTLE, on=False)
    player.does("leave")
    with pytest.raises(FacebookRequestError) as gone:
        says(page, player, {"text": "x"})
    assert (gone.value.api_error_code(), gone.value.api_error_subcode()) == (551, 1545041)


def test_the_rest_of_the_page(page: Page, player: Player) -> None:
    assert "messages" in page.get_subscribed_apps()[0]["subscribed_fields"]
    persona = page.create_persona(params={"name": "Nour", "profile_picture_url": "https://a.example/n.png"})
    assert says(page, player, {"text": "moi"}, persona_id=persona["id"])["message_id"]
    assert player.screen()[-1].data["persona"] == "Nour"
    page.create_pass_thread_control(params={"recipient": {"id": player.thread.address}, "target_app_id": 888})
    with pytest.raises(FacebookRequestError) as other:
        says(page, player, {"text": "x"})
    assert other.value.api_error_code() == 10
    page.create_take_thread_control(params={"recipient": {"id": player.thread.address}})
    assert says(page, player, {"text": "me revoilà"})["message_id"]


@pytest.mark.parametrize("player", ["messenger"], indirect=True)  # Instagram takes addresses only
def test_an_uploaded_file_is_sent_twice(page: Page, player: Player, tmp_path: Path) -> None:
    path = tmp_path / "plan.png"
    path.write_bytes(picture("teal"))
    request = page.create_message_attachment(
        params={"message": {"attachment": {"type": "image", "payload": {"is_reusable": True}}}}, pending=True
    )
    with path.open("rb") as file:
        answer = page.get_api_assured().call(
            "POST", (page["id"], "message_attachments"), params=request._params, files={"filedata": file}
        )
    again = {"attachment": {"type": "image", "payload": {"attachment_id": answer.json()["attachment_id"]}}}
    assert says(page, player, again)["message_id"]
    assert player.stored(player.screen()[-1]) == picture("teal")


# What the phones post ----------------------------------------------------------------------------------


@pytest.fixture(params=["messenger", "instagram"])
def thread(request: pytest.FixtureRequest, world: World) -> Iterator[SandboxThread]:
    """A conversation whose webhooks stay where they are."""
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account(request.param)
        every = ["messages", "messaging_postbacks", "messaging_referrals", "message_edits"]
        account.data = {**account.data, "subscribed": every}
        account.save()
        found = phones.thread_of(phones.new_phone(name="Nour"), account)
        yield threads.locked(found.pk)


def test_every_webhook_is_signed_over_its_escaped_bytes(thread: SandboxThread) -> None:
    hand.say(thread, "Ça va ? 😀")
    (post,) = SandboxPost.objects.all()
    raw = bytes(post.body)
    url, headers = hand.proof(thread.account, "https://shop.example/hook", raw)
    assert b"\\u00c7a va ? \\ud83d\\ude00" in raw
    assert url == "https://shop.example/hook"
    assert webhook_updates_validator(thread.account.data["app_secret"], raw, headers["x-hub-signature-256"])
    item = json.loads(raw)["entry"][0]["messaging"][0]
    assert (item["sender"]["id"], item["recipient"]["id"]) == (thread.address, thread.account.address)


def test_a_link_is_told_with_the_first_words_where_nothing_starts(thread: SandboxThread) -> None:
    thread.tag = "adsl"
    hand.say(thread, "Bonjour")
    (post,) = SandboxPost.objects.all()
    message = json.loads(bytes(post.body))["entry"][0]["messaging"][0]["message"]
    assert message["referral"]["ref"] == "adsl"
