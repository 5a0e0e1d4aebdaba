"""The simulator of Teams is used by Microsoft's own connector, which nobody here wrote: it says things,
reads what the phone posts and checks its proofs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from botbuilder.schema import Activity, Attachment, ErrorResponseException
from botframework.connector import ConnectorClient
from botframework.connector.auth import ChannelValidation, JwtTokenExtractor
from botframework.connector.auth.app_credentials import AppCredentials

from apps.core import tenancy
from apps.sandbox import accounts, threads
from apps.sandbox.models import SandboxPost
from apps.sandbox.teams import hand
from tests.sandbox.player import Player
from tests.worlds import World

WEBHOOK = "https://shop.example/hooks/teams/k/"


class Given(AppCredentials):
    """The library's own sign-in goes to Microsoft only."""

    def __init__(self, creds: dict[str, str]) -> None:
        super().__init__(app_id=creds["app_id"], channel_auth_tenant=creds["tenant_id"])
        self._creds = creds

    def get_access_token(self, force_refresh: bool = False) -> str:
        form = {"grant_type": "client_credentials", "client_id": self._creds["app_id"]}
        form |= {"client_secret": self._creds["app_secret"], "scope": f"{self.oauth_scope}/.default"}
        url = f"{self._creds['base_url']}/{self.tenant}/oauth2/v2.0/token"
        return str(httpx.post(url, data=form).raise_for_status().json()["access_token"])


@pytest.fixture
def talking(committed_world: World, base_url: str) -> Player:
    player = Player(committed_world.filante, "teams", base_url)
    player.says("Bonjour")
    return player


@pytest.fixture
def given(talking: Player) -> dict[str, str]:
    with tenancy.scope(talking.side.id):
        return accounts.credentials(talking.account)


@pytest.fixture
def connector(given: dict[str, str]) -> ConnectorClient:
    return ConnectorClient(Given(given), given["base_url"])


def test_the_connector_says_something(talking: Player, connector: ConnectorClient) -> None:
    says, chat = connector.conversations.send_to_conversation, talking.thread.address
    said = says(chat, Activity(type="message", text="Bonjour <vous>"))
    assert (talking.screen()[-1].ref, talking.heard()) == (said.id, ["Bonjour <vous>"])
    says(chat, Activity(type="typing"))
    submit = {"type": "Action.Submit", "title": "Oui", "data": {"x": 1}}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [], "actions": [submit]}
    shown = Attachment(content_type="application/vnd.microsoft.card.adaptive", content=card)
    says(chat, Activity(type="message", attachments=[shown]))
    assert [option["title"] for option in talking.screen()[-1].data["options"]] == ["Oui"]


NO: dict[str, tuple[str, Activity, int]] = {
    "nobody": ("a:nobody", Activity(type="message", text="x"), 404),
    "nothing": ("", Activity(type="message", text=" "), 400),
    "too much": ("", Activity(type="message", text="x" * 30_000), 413),
    "an activity of the future": ("", Activity(type="hologram"), 400),
}


@pytest.mark.parametrize(("chat", "activity", "status"), NO.values(), ids=NO.keys())
def test_the_connector_is_refused(
    talking: Player, connector: ConnectorClient, chat: str, activity: Activity, status: int
) -> None:
    with pytest.raises(ErrorResponseException) as refused:
        connector.conversations.send_to_conversation(chat or talking.thread.address, activity)
    assert (refused.value.response.status_code, talking.heard()) == (status, [])


def posts(player: Player) -> list[tuple[Any, str]]:
    """What the phone posts, in Microsoft's types, and with which proof."""
    with tenancy.scope(player.side.id):
        thread = threads.locked(player.thread.pk)
        hand.say(thread, "Allô ?")
        hand.typing(thread, True)
        hand.leave(thread)
        bodies = [bytes(row.body) for row in SandboxPost.objects.order_by("id")]
        heads = [hand.proof(thread.account, WEBHOOK, body).headers for body in bodies]
    found = [Activity.deserialize(json.loads(body)) for body in bodies]
    return list(zip(found, [head["authorization"] for head in heads], strict=True))


def test_the_library_understands_and_believes_the_phone(talking: Player, given: dict[str, str]) -> None:
    metadata = f"{given['base_url']}/v1/.well-known/openidconfiguration?appid={given['app_id']}"
    rules = ChannelValidation.TO_BOT_FROM_CHANNEL_TOKEN_VALIDATION_PARAMETERS
    extractor = JwtTokenExtractor(rules, metadata, ["RS256"])
    said = posts(talking)
    assert [activity.type for activity, _ in said] == ["message", "typing", "installationUpdate"]
    for activity, proof in said:
        assert activity.additional_properties == {}
        identity = asyncio.run(extractor.get_identity_from_auth_header(proof, activity.channel_id))
        assert identity.get_claim_value("aud") == given["app_id"]
        assert identity.get_claim_value("serviceurl") == activity.service_url
