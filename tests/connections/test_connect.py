"""Connecting a channel, over real HTTP to a Bot API server of the business's own."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest

from apps.connections import connect, credentials, doors, vault
from apps.connections.addresses import webhook_url
from apps.connections.connect import connect_channel
from apps.connections.credentials import FieldError
from apps.connections.models import Channel, ChannelState, Health
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.base import Connection
from apps.tenants.models import AuditEntry
from tests.connections.conftest import OTHER_TOKEN, TOKEN, BotServer
from tests.worlds import Side, World

ALICE = "alice@example.com"


def connected(bot_server: BotServer, **more: Any) -> Channel:
    values = {"token": TOKEN, "base_url": bot_server.url, **more.pop("credentials", {})}
    return connect_channel("telegram", name="Bot", credentials=values, actor=ALICE, **more)


def test_a_bot_is_connected_and_its_webhook_set(filante: Side, bot_server: BotServer) -> None:
    with tenancy.scope(filante.id):
        channel = connected(bot_server)
        assert (channel.state, channel.health, channel.address, channel.shared) == (
            ChannelState.LIVE,
            Health.GOOD,
            "filante_bot",
            False,
        )
        revealed = vault.reveal(channel)
        assert set(revealed) == {"token", "base_url", "webhook_secret", "username"}
        assert "token" not in channel.settings and "webhook_secret" not in channel.settings
        entry = AuditEntry.objects.get(action="channel.connected")
        assert (entry.actor, entry.subject) == (ALICE, "Bot")
        assert entry.data == {"platform": "telegram", "address": "filante_bot"}
    webhook = bot_server.webhooks[TOKEN]
    assert webhook["url"] == webhook_url(channel)
    assert webhook["secret_token"] == revealed["webhook_secret"]
    assert doors.channel_for("telegram", channel.key) == (filante.id, channel.pk)
    assert doors.channel_for("webchat", channel.key) is None
    assert doors.channel_for("telegram", "a\x00b") is None


@pytest.mark.parametrize(
    ("credentials", "field", "words"),
    [
        ({"token": ""}, "token", "This cannot be empty."),
        (
            {"token": "nonsense"},
            "token",
            "This is not what is expected here. What @BotFather gave you, such as 123456789:AAE…",
        ),
        ({"base_url": "ftp://x"}, "base_url", None),
    ],
)  # fmt: skip
def test_what_can_be_seen_without_asking_is_said_before(
    filante: Side, bot_server: BotServer, credentials: dict[str, str], field: str, words: str | None
) -> None:
    with tenancy.scope(filante.id):
        with pytest.raises(FieldError) as refused:
            connected(bot_server, credentials=credentials)
        assert refused.value.field == field
        assert words is None or refused.value.words == words
        assert Channel.objects.filter(platform="telegram").count() == 0
    assert bot_server.calls == []


def test_a_wrong_token_says_which_and_repeats_nothing(filante: Side, bot_server: BotServer) -> None:
    with tenancy.scope(filante.id):
        with pytest.raises(FieldError) as refused:
            connected(bot_server, credentials={"token": OTHER_TOKEN})
        assert refused.value.field == "token"
        assert refused.value.words == "Telegram does not accept this: Unauthorized: ••• is not known here"
        assert Channel.objects.filter(platform="telegram").count() == 0


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://10.0.0.1:9", "EGRESS_ALLOW"), ("https://nowhere.invalid", "not be reached")],
)
def test_a_server_that_cannot_be_called_is_said_so(
    filante: Side, bot_server: BotServer, address: str, words: str
) -> None:
    with tenancy.scope(filante.id), pytest.raises(FieldError, match=words) as refused:
        connected(bot_server, credentials={"base_url": address})
    assert refused.value.field == "base_url"
    assert TOKEN not in refused.value.words


def test_a_draft_keeps_what_was_right(filante: Side, bot_server: BotServer) -> None:
    with tenancy.scope(filante.id):
        draft = connect.start_draft("telegram")
        assert connect.start_draft("telegram") == draft
        with pytest.raises(FieldError):
            connected(bot_server, channel=draft, credentials={"token": OTHER_TOKEN})
        assert vault.reveal(draft) == {"base_url": bot_server.url}
        channel = connected(bot_server, channel=draft)
        assert (channel.pk, channel.key, channel.state) == (draft.pk, draft.key, ChannelState.LIVE)
        connect.discard_draft(channel)
        assert Channel.objects.filter(pk=channel.pk).exists()


def test_connecting_again_keeps_key_secret_and_history(
    bot: Channel, filante: Side, bot_server: BotServer
) -> None:
    with tenancy.scope(filante.id):
        before = vault.reveal(bot)
        again = connected(bot_server, channel=bot, credentials={"token": ""})
        assert (again.pk, again.key) == (bot.pk, bot.key)
        assert vault.reveal(again) == before


def test_a_stored_secret_does_not_go_to_another_server(
    bot: Channel, filante: Side, bot_server: BotServer
) -> None:
    asked = len(bot_server.calls)
    with tenancy.scope(filante.id):
        with pytest.raises(FieldError) as refused:
            connected(bot_server, channel=bot, credentials={"token": "", "base_url": "https://evil.example"})
        assert (refused.value.field, refused.value.words) == (
            "token",
            "The server changed, so this has to be typed again.",
        )
        assert vault.reveal(bot)["base_url"] == bot_server.url
    assert len(bot_server.calls) == asked


def test_one_account_is_connected_once(bot: Channel, filante: Side, bot_server: BotServer) -> None:
    with tenancy.scope(filante.id), pytest.raises(FieldError) as refused:
        connected(bot_server)
    assert refused.value.words == "This account is already connected here as “Bot”."


def test_checking_tells_good_from_broken_from_troubled(
    bot: Channel, filante: Side, bot_server: BotServer
) -> None:
    with tenancy.scope(filante.id):
        assert connect.check_channel(bot).good
        bot_server.webhooks[TOKEN]["url"] = "https://elsewhere.example"
        elsewhere = connect.check_channel(bot)
        bot.refresh_from_db()
        assert (elsewhere.good, bot.health) == (False, Health.TROUBLED)
        del bot_server.answers[TOKEN]
        refused = connect.check_channel(bot)
        bot.refresh_from_db()
        assert (refused.good, refused.field, bot.health) == (False, "token", Health.BROKEN)
        assert TOKEN not in bot.health_words


def test_a_channel_is_switched_off_and_on_and_renamed(bot: Channel, filante: Side) -> None:
    with tenancy.scope(filante.id):
        for change in (connect.disable, connect.disable, connect.enable):
            change(bot, actor=ALICE)
        connect.rename(bot, "Le bot", actor=ALICE)
        actions = AuditEntry.objects.filter(action__startswith="channel.").order_by("number")
        assert list(actions.values_list("action", flat=True)) == [
            "channel.connected",
            "channel.disabled",
            "channel.enabled",
            "channel.renamed",
        ]
        bot.refresh_from_db()
        assert (bot.state, bot.name) == (ChannelState.LIVE, "Le bot")


def test_the_deployments_account_is_used_only_when_nothing_of_ones_own_is_given(monkeypatch: Any) -> None:
    apple = registry.get("apple_messages")
    monkeypatch.setenv("APPLE_MSP_ID", "msp")
    monkeypatch.setenv("APPLE_MSP_SECRET", "c2VjcmV0")
    for values, expected in [
        ({"business_id": "b"}, True),
        ({"business_id": "b", "msp_id": "mine"}, False),
        ({"business_id": "b", "secret": "mine"}, False),
        ({"business_id": "b", "base_url": "https://mine.example"}, False),
    ]:
        assert credentials.uses_deployment(apple, values) is expected


def test_only_shared_channels_are_found_by_address(world: World) -> None:
    """Whoever answers for an address on a server of their own must not receive another's messages."""
    address = "b5c1a9d0-0000-4000-8000-000000000000"
    with tenancy.scope(world.garance.id):
        Channel.objects.create(
            platform="apple_messages", name="Claimed", address=address, state=ChannelState.LIVE
        )
    assert doors.channel_for_address("apple_messages", address) is None
    with tenancy.scope(world.filante.id):
        channel = Channel.objects.create(
            platform="apple_messages", name="Ours", address=address, state=ChannelState.LIVE, shared=True
        )
    assert doors.channel_for_address("apple_messages", address) == (world.filante.id, channel.pk)
    with tenancy.scope(world.garance.id):
        Channel.objects.filter(address=address).delete()
        late = Channel(platform="apple_messages", name="Late")
        with pytest.raises(FieldError) as refused:
            connect._refuse_taken(late, address, shared=True)
    assert refused.value.field == "business_id"
    assert refused.value.words.startswith("Another business on this service already receives")


def test_a_lost_encryption_key_is_said_and_breaks_no_page(bot: Channel, filante: Side, settings: Any) -> None:
    settings.CREDENTIAL_KEYS = [base64.urlsafe_b64encode(os.urandom(32)).decode()]
    with tenancy.scope(filante.id):
        checked = connect.check_channel(bot)
        assert (checked.good, checked.field) == (False, "")
        assert checked.words.startswith("What is stored cannot be opened.")
        with pytest.raises(FieldError, match="What is stored cannot be opened"):
            connect_channel("telegram", name="", credentials={"token": TOKEN}, actor=ALICE, channel=bot)


def test_a_twin_that_slipped_in_while_the_platform_was_asked(
    bot: Channel, filante: Side, bot_server: BotServer
) -> None:
    """The constraint decides; the loser reads why instead of an error page."""
    with tenancy.scope(filante.id):
        late = Channel(platform="telegram", name="Late")
        found = Connection(address="filante_bot", name="Filante")
        with pytest.raises(FieldError, match="already connected"):
            connect._save(late, registry.get("telegram"), name="Late", connection=found, shared=False)
        assert Channel.objects.filter(platform="telegram").count() == 1
