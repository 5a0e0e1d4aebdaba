"""An owner connects, tests, renames and switches channels; nobody else does, and no secret is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.connections import vault
from apps.connections.credentials import asked_for
from apps.connections.models import Channel, ChannelState, Health
from apps.core import tenancy
from apps.platforms import registry
from apps.portal.platform_words import WORDS
from tests.connections.conftest import OTHER_TOKEN, TOKEN, BotServer, bot_server  # noqa: F401
from tests.people import add_member, setup_url
from tests.worlds import Side, World, signed_in


@pytest.fixture
def alice(filante: Side) -> Client:
    return signed_in(filante.owner)


@pytest.fixture
def draft(alice: Client, filante: Side) -> Channel:
    answer = alice.post(setup_url(filante, "channels/new/telegram/"))
    with tenancy.scope(filante.id):
        channel = Channel.objects.get(platform="telegram")
        assert answer["Location"] == setup_url(filante, f"channels/{channel.pk}/connect/")
        return channel


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def fresh(side: Side, channel: Channel) -> Channel:
    with tenancy.scope(side.id):
        return Channel.objects.get(pk=channel.pk)


def test_web_chat_is_connected_with_one_press(alice: Client, filante: Side) -> None:
    alice.post(setup_url(filante, "channels/new/webchat/"))
    with tenancy.scope(filante.id):
        channel = Channel.objects.exclude(pk=filante.channel.pk).get()
        assert (channel.state, channel.address, channel.health) == (
            ChannelState.LIVE,
            channel.key,
            Health.GOOD,
        )
    assert channel.name in page(alice, setup_url(filante, "channels/"))


@pytest.mark.parametrize("slug", ["nonsense", "web-chat"])
def test_a_platform_that_is_not_there(alice: Client, filante: Side, slug: str) -> None:
    assert alice.post(setup_url(filante, f"channels/new/{slug}/")).status_code == 404


def test_the_wizard_reads_tries_and_goes_live(
    alice: Client,
    filante: Side,
    draft: Channel,
    bot_server: BotServer,  # noqa: F811
) -> None:
    path = setup_url(filante, f"channels/{draft.pk}/connect/")
    before = page(alice, path)
    assert f"/hooks/telegram/{draft.key}/" in before
    assert "BotFather" in before  # the platform's own text

    refused = alice.post(path, {"name": "Bot", "token": OTHER_TOKEN, "base_url": bot_server.url})
    words = refused.content.decode()
    assert "Telegram does not accept this: Unauthorized: ••• is not known here" in words
    assert OTHER_TOKEN not in words
    assert bot_server.url in words and 'value="Bot"' in words  # what was typed stays
    assert fresh(filante, draft).state == ChannelState.DRAFT

    done = alice.post(path, {"name": "Bot", "token": TOKEN, "base_url": bot_server.url})
    assert done["Location"] == setup_url(filante, f"channels/{draft.pk}/")
    assert fresh(filante, draft).state == ChannelState.LIVE
    shown = page(alice, done["Location"])
    assert TOKEN not in shown and TOKEN[-4:] in shown

    again = page(alice, path)
    assert TOKEN not in again and TOKEN[-4:] in again
    alice.post(path, {"name": "Bot 2", "token": "", "base_url": bot_server.url})
    with tenancy.scope(filante.id):
        assert vault.reveal(Channel.objects.get(name="Bot 2"))["token"] == TOKEN


def test_a_test_says_what_it_found(
    alice: Client,
    filante: Side,
    draft: Channel,
    bot_server: BotServer,  # noqa: F811
) -> None:
    path = setup_url(filante, f"channels/{draft.pk}/")
    alice.post(f"{path}connect/", {"name": "Bot", "token": TOKEN, "base_url": bot_server.url})
    assert "Webhook set" in alice.post(f"{path}check/", follow=True).content.decode()
    del bot_server.answers[TOKEN]
    words = alice.post(f"{path}check/", follow=True).content.decode()
    assert "Stopped" in words and TOKEN not in words
    assert "Renew" in page(alice, setup_url(filante, "channels/"))


def test_rename_pause_and_resume(alice: Client, filante: Side) -> None:
    path = setup_url(filante, f"channels/{filante.channel.pk}/")
    assert alice.post(f"{path}rename/", {"name": ""}).status_code == 422
    alice.post(f"{path}rename/", {"name": "<b>Site</b>"})
    assert "&lt;b&gt;Site&lt;/b&gt;" in page(alice, path)
    alice.post(f"{path}disable/")
    assert fresh(filante, filante.channel).state == ChannelState.DISABLED
    assert "Paused" in page(alice, setup_url(filante, "channels/"))
    alice.post(f"{path}enable/")
    assert fresh(filante, filante.channel).state == ChannelState.LIVE


def test_a_draft_can_be_dropped_and_a_live_channel_cannot(
    alice: Client, filante: Side, draft: Channel
) -> None:
    alice.post(setup_url(filante, f"channels/{filante.channel.pk}/discard/"))
    alice.post(setup_url(filante, f"channels/{draft.pk}/discard/"))
    with tenancy.scope(filante.id):
        assert list(Channel.objects.all()) == [filante.channel]


def routes(side: Side) -> Iterator[tuple[str, str]]:
    """Every page and action of channels, entry points and first steps, on the side's own things."""
    channel, point = side.channel.pk, side.entry_point.key
    for name, arguments in [
        ("onboarding", []), ("channels", []), ("channel", [channel]), ("channel-connect", [channel]),
        ("entry-points", []), ("entry-point-new", []), ("entry-point", [point]),
        ("entry-point-qr", [point]), ("entry-point-poster", [point]), ("buttons", []),
    ]:  # fmt: skip
        yield "get", reverse(f"portal:{name}", args=[side.slug, *arguments])
    for name, arguments in [
        ("channel-start", ["webchat"]), ("channel-rename", [channel]), ("channel-check", [channel]),
        ("channel-disable", [channel]), ("channel-enable", [channel]), ("channel-discard", [channel]),
        ("channel-greeting", [channel]), ("channel-redirect", [channel]),
        ("channel-retire", [channel]), ("channel-permissions", [channel]),
        ("entry-point-archive", [point]), ("entry-point-restore", [point]),
    ]:  # fmt: skip
        yield "post", reverse(f"portal:{name}", args=[side.slug, *arguments])


def test_the_owner_may_all_of_it(alice: Client, filante: Side) -> None:
    for method, path in routes(filante):
        assert getattr(alice, method)(path).status_code in (200, 302, 422), path


@pytest.mark.parametrize("role", ["supervisor", "agent"])
def test_small_roles_may_none_of_it(filante: Side, role: str) -> None:
    client = signed_in(add_member(filante, "nadia", role).user)
    for method, path in routes(filante):
        assert getattr(client, method)(path).status_code == 403, path


def test_an_admin_may(filante: Side) -> None:
    client = signed_in(add_member(filante, "nadia", "admin").user)
    assert client.get(setup_url(filante, "channels/")).status_code == 200


def test_strangers_are_sent_to_sign_in(filante: Side) -> None:
    for method, path in routes(filante):
        answer = getattr(Client(SERVER_NAME="localhost"), method)(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/account/login/"), path


def test_another_tenants_things_are_like_missing_ones(world: World) -> None:
    """Alice under her own tenant with Garance's ids, and under Garance's address."""
    alice = signed_in(world.filante.owner)
    missing = alice.get(setup_url(world.filante, "channels/00000000-0000-7000-8000-000000000000/"))
    for method, path in routes(world.garance):
        assert getattr(alice, method)(path).status_code == 404, path
        own = path.replace(f"/{world.garance.slug}/", f"/{world.filante.slug}/", 1)
        if re.search(r"/(channels|entry-points)/(?!new/)[^/]+/", own):
            answer = getattr(alice, method)(own)
            assert (answer.status_code, len(answer.content)) == (404, len(missing.content)), own
    with tenancy.scope(world.garance.id):
        assert Channel.objects.get().state == ChannelState.LIVE


@pytest.mark.parametrize("slug", registry.SLUGS)
def test_every_platform_can_be_begun_in_both_languages(
    alice: Client, filante: Side, slug: str, settings: Any
) -> None:
    answer = alice.post(setup_url(filante, f"channels/new/{slug}/"))
    for language in ("en", "fr"):
        shown = alice.get(answer["Location"], headers={"accept-language": language})
        assert shown.status_code == 200
        assert (
            "<img"
            not in shown.content.decode().partition('<div class="prose">')[2].partition("</section>")[0]
        )


CHOICES = {
    "en": ("Encryption", "TLS from the start (port 465)"),
    "fr": ("Chiffrement", "TLS dès le début (port 465)"),
}


@pytest.mark.parametrize("language", CHOICES)
def test_what_there_is_to_choose_from_is_a_list(alice: Client, filante: Side, language: str) -> None:
    """The first is chosen; nothing else can be sent."""
    label, first = CHOICES[language]
    path = alice.post(setup_url(filante, "channels/new/email/"))["Location"]
    text = alice.get(path, headers={"accept-language": language}).content.decode()
    options = re.findall(r'<option value="(\w+)"[^>]*>([^<]+)<', text)
    assert [value for value, _words in options] == ["tls", "starttls", "none"]
    assert (label in text, options[0][1]) == (True, first)
    answer = alice.post(path, {"smtp_security": "rot13", "address": "help@shop.example"})
    assert answer.status_code != 302
    with tenancy.scope(filante.id):
        assert Channel.objects.get(platform="email").settings.get("smtp_security") is None


def test_translators_see_every_word_of_the_platforms() -> None:
    said = {
        words
        for platform in registry.all_platforms()
        for credential in asked_for(platform)
        for words in (credential.label, credential.help, *dict(credential.choices).values())
        if words
    }
    assert set(WORDS) == said
