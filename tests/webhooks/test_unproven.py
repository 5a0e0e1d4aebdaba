"""A platform's keys that cannot be had: nobody can tell whose a webhook is, so that it has to come again."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from apps.connections import vault
from apps.connections.models import Channel, ChannelState, ReceivedWebhook
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.teams import keys
from apps.webhooks.door import WebhookDoor
from tests.platforms.rest import Server, rest_server
from tests.platforms.teams.activities import APP, activity, jwk, request, token
from tests.webhooks.asked import Asked, ask, with_door
from tests.worlds import Side, World

DOCUMENT = f"GET {keys.DOCUMENT}"


def teams(here: Side, server: Server) -> Channel:
    """Connected so long ago that its keys are not to be trusted any more."""
    with tenancy.scope(here.id):
        channel = Channel(platform="teams", name="Teams", address=APP, state=ChannelState.LIVE)
        channel.settings = {"app_id": APP, "base_url": server.url}
        channel.save()
        vault.store(channel, "app_secret", "canary-secret")
    return channel


def kept(here: Side) -> int:
    with tenancy.scope(here.id):
        return ReceivedWebhook.objects.count()


def test_a_webhook_that_cannot_be_checked_is_not_refused(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform repeats after 503 and gives up after 403; the keys are asked for again soon."""
    monkeypatch.setattr(keys, "AGAIN_FAILED", 0.0)
    monkeypatch.setattr(registry.get("teams"), "_keyring", keys.Keyring())

    async def posted(door: WebhookDoor, server: Server, channel: Channel, key: str) -> Asked:
        service = f"{server.url}/emea/"
        made = request(activity(serviceUrl=service), proof=token(key, serviceurl=service))
        return await ask(door, f"/hooks/teams/{channel.key}/", made.body, made.headers)

    async def use(door: WebhookDoor) -> list[Asked]:
        async with rest_server() as server:
            channel = await sync_to_async(teams)(committed_world.filante, server)
            server.refuse(DOCUMENT, 503)
            answers = [await posted(door, server, channel, "key-1")]
            server.answers[DOCUMENT] = {"jwks_uri": f"{server.url}/keys"}
            server.answers["GET /keys"] = {"keys": [jwk("key-1")]}
            answers += [await posted(door, server, channel, key) for key in ("key-1", "key-2")]
            return answers

    unproven, proven, forged = with_door(use)
    assert (unproven.status, unproven.headers["retry-after"]) == (503, "5")
    assert (proven.status, forged.status) == (200, 403)
    assert (kept(committed_world.filante), kept(committed_world.garance)) == (1, 0)
