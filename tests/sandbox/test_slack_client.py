"""slack_sdk, which nobody here wrote, talks to the simulator and checks what it posts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, SectionBlock
from slack_sdk.signature import SignatureVerifier

from apps.core import tenancy
from apps.sandbox import accounts, phones, threads
from apps.sandbox.models import FaultKind, SandboxPost, SandboxThread
from apps.sandbox.slack import hand, shapes
from tests.sandbox.player import Player
from tests.worlds import World

Asked = Callable[[WebClient, str], Any]


@pytest.fixture
def player(committed_world: World, base_url: str) -> Player:
    found = Player(committed_world.filante, "slack", base_url)
    found.says("Bonjour")
    return found


def client(player: Player, token: str = "") -> WebClient:
    token = token or f"xoxb-{player.account.key}-{player.account.secret}"
    return WebClient(token, base_url=f"{str(player.browser.base_url).rstrip('/')}/sandbox/slack/")


def test_it_introduces_itself_and_its_people(player: Player) -> None:
    slack, channel = client(player), player.thread.address
    me = slack.auth_test()
    assert (me["team_id"], me["bot_id"]) == (player.account.address, player.account.data["bot_id"])
    assert (
        "metadata.message:read" in {name.lower(): said for name, said in me.headers.items()}["x-oauth-scopes"]
    )
    user = slack.conversations_info(channel=channel)["channel"]["user"]
    told = slack.users_info(user=user, include_locale=True)["user"]
    assert (told["real_name"], told["locale"]) == ("Camille", "fr-FR")
    assert "locale" not in slack.users_info(user=user)["user"]


def test_words_buttons_and_what_was_said(player: Player) -> None:
    slack, channel = client(player), player.thread.address
    buttons = ActionsBlock(elements=[ButtonElement(text="Oui", action_id="a", value="y")])
    mark = {"event_type": "ours", "event_payload": {"id": "1"}}
    sent = slack.chat_postMessage(
        channel=channel,
        text="Ça va ? &lt;ici&gt;",
        blocks=[SectionBlock(text="*Ça va*"), buttons],
        metadata=mark,
    )
    shown = player.screen()[-1]
    assert (sent["ts"], sent["channel"], shown.text) == (shown.ref, channel, "*Ça va*")
    assert shown.data["options"] == [{"id": "y", "title": "Oui"}]
    told = slack.conversations_history(channel=channel, include_all_metadata=True, limit=1)
    assert (told["messages"][0]["metadata"], told["has_more"]) == (mark, True)
    rest = slack.conversations_history(channel=channel, cursor=told["response_metadata"]["next_cursor"])
    assert [message["text"] for message in rest["messages"]] == ["Bonjour"]
    slack.chat_update(channel=channel, ts=sent["ts"], text="Ça va bien ?")
    assert player.screen()[-1].text == "Ça va bien ?"


def test_files_go_in_three_calls(player: Player) -> None:
    slack = client(player)
    sent = slack.files_upload_v2(
        channel=player.thread.address, filename="a.pdf", content=b"%PDF-1.7", initial_comment="Voici"
    )
    shown = player.screen()[-1]
    assert (player.stored(shown), shown.text) == (b"%PDF-1.7", "Voici")
    told = slack.files_info(file=sent["files"][0]["id"])["file"]
    assert (told["name"], told["mimetype"], told["size"]) == ("a.pdf", "application/pdf", 8)
    url = told["url_private"]
    assert player.browser.get(url, headers={"Authorization": f"Bearer {slack.token}"}).content == b"%PDF-1.7"
    page = player.browser.get(url)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html")


def block(element: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "elements": [element]}]


def button(**changes: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": "a",
        "text": {"type": "plain_text", "text": "x"},
        "value": "y",
        **changes,
    }


def post(slack: WebClient, channel: str, **message: Any) -> Any:
    return slack.chat_postMessage(channel=channel, **{"text": "x", **message})


LONG = {"type": "plain_text", "text": "x" * 76}
TEXT, VALUE = block(button(text=LONG)), block(button(value="x" * 2001))
NO: list[tuple[str, Asked, str]] = [
    ("nobody", lambda slack, d: post(slack, "D0NOBODY"), "channel_not_found"),
    ("no words", lambda slack, d: slack.api_call("chat.postMessage", params={"channel": d}), "no_text"),
    ("long button", lambda slack, d: post(slack, d, blocks=TEXT), "invalid_blocks"),
    ("long value", lambda slack, d: post(slack, d, blocks=VALUE), "invalid_blocks"),
    ("metadata", lambda slack, d: post(slack, d, metadata={"a": 1}), "invalid_metadata_format"),
    ("unknown method", lambda slack, d: slack.api_call("chat.scream"), "unknown_method"),
    (
        "no such message",
        lambda slack, d: slack.chat_update(channel=d, ts="1.1", text="x"),
        "message_not_found",
    ),
    ("no such file", lambda slack, d: slack.files_info(file="F1"), "file_not_found"),
    ("no such person", lambda slack, d: slack.users_info(user="U1"), "user_not_found"),
]


@pytest.mark.parametrize(("question", "error"), [pytest.param(*row[1:], id=row[0]) for row in NO])
def test_it_refuses_as_slack_does(player: Player, question: Asked, error: str) -> None:
    with pytest.raises(SlackApiError) as told:
        question(client(player), player.thread.address)
    assert (told.value.response["error"], player.heard()) == (error, [])


def test_it_refuses_who_has_no_business_here(player: Player) -> None:
    for token in (f"xoxb-{player.account.key}-{'x' * 24}", "xoxb-1-x", "nonsense"):
        with pytest.raises(SlackApiError, match="invalid_auth"):
            client(player, token).auth_test()


def test_a_busy_workspace_and_a_removed_app(player: Player) -> None:
    slack = client(player)
    player.switch(FaultKind.THROTTLE)
    with pytest.raises(SlackApiError) as told:
        slack.chat_postMessage(channel=player.thread.address, text="x")
    assert told.value.response.status_code == 429
    assert 28 <= int(told.value.response.headers["retry-after"]) <= 31
    player.switch(FaultKind.THROTTLE, on=False)
    player.does("leave")
    with pytest.raises(SlackApiError, match="is_archived"):
        slack.chat_postMessage(channel=player.thread.address, text="x")


# What the phone posts --------------------------------------------------------------------------------


@pytest.fixture
def thread(world: World) -> Any:
    """A conversation whose events stay where they are."""
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account("slack")
        found: SandboxThread = phones.thread_of(phones.new_phone(name="Nour"), account)
        yield threads.locked(found.pk)


def test_what_it_posts_is_signed_and_repeated_as_slack_does(thread: SandboxThread) -> None:
    thread.account.faults.create(kind=FaultKind.DUPLICATE)
    hand.say(thread, "Bonjour <b>")
    first, again = SandboxPost.objects.order_by("id")
    body = bytes(first.body)
    proof = hand.proof(thread.account, "https://shop.example/hook", body).headers
    verifier = SignatureVerifier(thread.account.data["signing_secret"])
    assert verifier.is_valid_request(body, proof)
    assert (bytes(again.body), again.headers["x-slack-retry-num"]) == (body, "1")
    event = json.loads(body)["event"]
    assert (event["text"], event["channel_type"], event["channel"]) == (
        "Bonjour &lt;b&gt;",
        "im",
        thread.address,
    )
    assert event["user"] == shapes.person(thread.phone)


def test_a_tap_comes_as_a_form(thread: SandboxThread) -> None:
    data = {"elements": [button()], "options": [{"id": "y", "title": "x"}]}
    card = threads.show(thread, mine=False, kind="choices", text="?", data=data, ref="1.000002")
    hand.answer(card, ["y"])
    post = SandboxPost.objects.get()
    payload = json.loads(parse_qs(bytes(post.body).decode())["payload"][0])
    assert (payload["type"], payload["actions"][0]["value"]) == ("block_actions", "y")
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == "1.000002"
