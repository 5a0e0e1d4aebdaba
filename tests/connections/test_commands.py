"""What scripts type; every command may be repeated."""

from __future__ import annotations

import io
import json
import os
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.connections.models import Channel, EntryPoint
from apps.core import tenancy
from apps.routing import rules
from tests.connections.conftest import OTHER_TOKEN, TOKEN, BotServer
from tests.worlds import Side


def run(*arguments: str) -> Any:
    output = io.StringIO()
    call_command(*arguments, "--json", stdout=output)
    return json.loads(output.getvalue())


def test_a_channel_is_added_once(filante: Side, bot_server: BotServer, settings: Any) -> None:
    words = ["channel_add", "--tenant", filante.slug, "--platform", "telegram"]
    words += ["--credential", f"token={TOKEN}", f"base_url={bot_server.url}"]
    first, again = run(*words), run(*words)
    assert (first["created"], again["created"]) == (True, False)
    assert {**again, "created": True} == first
    assert first["webhook_url"] == f"{settings.BASE_URL}/hooks/telegram/{first['key']}/"
    with tenancy.scope(filante.id):
        assert Channel.objects.filter(platform="telegram").count() == 1


def test_new_credentials_under_the_same_name_reconnect(filante: Side, bot_server: BotServer) -> None:
    bot_server.bot(OTHER_TOKEN, "other_bot")
    words = [
        "channel_add",
        "--tenant",
        filante.slug,
        "--platform",
        "telegram",
        "--name",
        "Bot",
        "--credential",
    ]
    first = run(*words, f"token={TOKEN}", f"base_url={bot_server.url}")
    second = run(*words, f"token={OTHER_TOKEN}", f"base_url={bot_server.url}")
    assert (second["key"], second["address"], second["created"]) == (first["key"], "other_bot", False)


def test_what_is_wrong_is_said_without_the_secret(filante: Side, bot_server: BotServer) -> None:
    words = ["channel_add", "--tenant", filante.slug, "--platform", "telegram", "--credential"]
    with pytest.raises(CommandError) as refused:
        run(*words, f"token={OTHER_TOKEN}", f"base_url={bot_server.url}")
    assert str(refused.value).startswith("token: Telegram does not accept this")
    with pytest.raises(CommandError) as unknown:
        run(*words, OTHER_TOKEN)
    assert OTHER_TOKEN not in str(refused.value) + str(unknown.value)


def test_a_lost_key_is_said_in_a_line(bot: Channel, filante: Side, settings: Any) -> None:
    settings.CREDENTIAL_KEYS = [urlsafe_b64encode(os.urandom(32)).decode()]
    words = ["channel_add", "--tenant", filante.slug, "--platform", "telegram", "--credential"]
    with pytest.raises(CommandError, match="put it back into CREDENTIAL_KEYS"):
        run(*words, f"token={TOKEN}")


def test_an_entry_point_is_added_once_and_follows_its_description(filante: Side) -> None:
    words = [
        "entry_point_add",
        "--tenant",
        filante.slug,
        "--name",
        "Mobile",
        f"--channel={filante.channel.key}",
    ]
    first = run(*words, "--tag", "mobile", "--team", "adsl", "--locale", "fr")
    second = run(*words, "--tag", "mobile2", "--text", "Bonjour", "--origin", "https://shop.example")
    assert (first["created"], second["created"], second["key"]) == (True, False, first["key"])
    with tenancy.scope(filante.id):
        point = EntryPoint.objects.get(name="Mobile")
        assert (point.tag, point.locale, point.prefilled_text) == ("mobile2", "", "Bonjour")
        assert point.allowed_origins == ["https://shop.example"]
        assert rules.team_by_tag()["mobile"] == filante.adsl.pk


@pytest.mark.parametrize(
    "words",
    [
        ["--channel=nowhere", "--tag", "x"],
        ["--channel=KEY", "--tag", "a/b"],
        ["--channel=KEY", "--tag", "x", "--team", "nowhere"],
        ["--channel=KEY", "--tag", "x", "--text", "n" * 301],
        ["--channel=KEY", "--tag", "x", "--button-text", "n" * 61],
    ],
    ids=["no channel", "no tag", "no team", "long text", "long button"],
)
def test_an_entry_point_that_cannot_be_says_why(filante: Side, words: list[str]) -> None:
    real = [word.replace("KEY", filante.channel.key) for word in words]
    with pytest.raises(CommandError):
        run("entry_point_add", "--tenant", filante.slug, "--name", "X", *real)


def test_another_tenants_channel_is_not_there(filante: Side, world: Any) -> None:
    with pytest.raises(CommandError, match="there is no channel"):
        run("entry_point_add", "--tenant", filante.slug, "--name", "X", "--tag", "x",
            f"--channel={world.garance.channel.key}")  # fmt: skip


def test_keys_rotate_by_command(bot: Channel, filante: Side) -> None:
    assert run("rotate_keys", "--tenant", filante.slug) == {
        "tenants": 1,
        "keys_rewrapped": 0,
        "credentials_resealed": 2,
    }
