"""A channel's page: pause, send customers elsewhere, retire, bring back; health; greeting; permissions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.connections import expiry, greet, health, vault
from apps.connections.models import Channel, ChannelState
from apps.conversations.models import AuthorKind, Conversation
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.platforms.base import Greeting
from apps.tenants.models import AuditEntry
from tests.people import setup_url
from tests.platforms.graph import Server, graph_server
from tests.worlds import Side, World, signed_in


@pytest.fixture
def alice(filante: Side) -> Client:
    return signed_in(filante.owner)


@pytest.fixture
def graph(settings: Any) -> Iterator[Server]:
    """Meta's API over real HTTP, beside the view that calls it."""
    loop, made = asyncio.new_event_loop(), graph_server()
    thread = Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(made.__aenter__(), loop).result(10)
    settings.EGRESS_ALLOW = server.url.removeprefix("http://")
    yield server
    asyncio.run_coroutine_threadsafe(made.__aexit__(None, None, None), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def messenger(filante: Side, graph: Server) -> Channel:
    with tenancy.scope(filante.id):
        channel = Channel.objects.create(
            platform="messenger",
            name="Page",
            address="42",
            state=ChannelState.LIVE,
            settings={"base_url": graph.url},
        )
        vault.store(channel, "token", "EAAG-secret-token")
        vault.store(channel, "app_secret", "0123456789abcdef")
    return channel


def path(side: Side, channel: Channel, action: str = "") -> str:
    return setup_url(side, f"channels/{channel.pk}/{action}")


def page(client: Client, side: Side, channel: Channel) -> str:
    return client.get(path(side, channel)).content.decode()


def fresh(side: Side, channel: Channel) -> Channel:
    with tenancy.scope(side.id):
        return Channel.objects.get(pk=channel.pk)


def test_pause_and_resume(alice: Client, filante: Side) -> None:
    alice.post(path(filante, filante.channel, "disable/"))
    assert fresh(filante, filante.channel).state == ChannelState.DISABLED
    assert ">Resume</button>" in page(alice, filante, filante.channel)
    alice.post(path(filante, filante.channel, "enable/"))
    assert ">Pause</button>" in page(alice, filante, filante.channel)


def test_the_answer_is_previewed_in_both_languages_and_nothing_is_saved(alice: Client, filante: Side) -> None:
    chosen = {"entry_points": str(filante.entry_point.pk), "preview": "1"}
    shown = alice.post(path(filante, filante.channel, "redirect/"), chosen).content.decode()
    assert "We no longer answer here." in shown and "Nous ne répondons plus ici." in shown
    assert shown.count(f"/e/{filante.entry_point.key}/") == 2
    assert "offers only this channel" in shown
    assert fresh(filante, filante.channel).redirect_to is None


def test_customers_are_sent_elsewhere_and_no_more(alice: Client, filante: Side) -> None:
    alice.post(path(filante, filante.channel, "redirect/"), {"entry_points": str(filante.entry_point.pk)})
    assert fresh(filante, filante.channel).redirect_to == [str(filante.entry_point.pk)]
    assert "We no longer answer here." in page(alice, filante, filante.channel)
    alice.post(path(filante, filante.channel, "redirect/"), {})
    assert fresh(filante, filante.channel).redirect_to is None


def test_another_business_entry_point_is_no_choice(alice: Client, world: World) -> None:
    here, there = world.filante, world.garance
    theirs = {"entry_points": str(there.entry_point.pk)}
    for extra in ({}, {"preview": "1"}):
        answer = alice.post(path(here, here.channel, "redirect/"), {**theirs, **extra})
        assert answer.status_code == (200 if extra else 422)
        assert there.entry_point.key not in answer.content.decode()
    assert fresh(here, here.channel).redirect_to is None


def channel_on(side: Side, platform: str, address: str) -> Channel:
    with tenancy.scope(side.id):
        about = {"platform": platform, "name": f"{side.slug} {platform}", "state": ChannelState.LIVE}
        return Channel.objects.create(**about, address=address)


def test_an_sms_channel_stands_in_and_no_more(alice: Client, filante: Side) -> None:
    rcs = channel_on(filante, "rcs", "filante@rbm.goog")
    assert "Connect an SMS channel first." in page(alice, filante, rcs)
    sms = channel_on(filante, "sms", "+33644600000")
    assert "filante sms, +33644600000" in page(alice, filante, rcs)
    assert "channel-stand-in" not in page(alice, filante, sms)
    for chosen in (sms, None):
        alice.post(path(filante, rcs, "stand-in/"), {"stand_in": chosen.pk if chosen else ""})
        assert fresh(filante, rcs).stand_in_id == (chosen.pk if chosen else None)
    with tenancy.scope(filante.id):
        assert AuditEntry.objects.filter(action="channel.stand_in").count() == 2


def test_another_business_channel_does_not_stand_in(alice: Client, world: World) -> None:
    rcs = channel_on(world.filante, "rcs", "filante@rbm.goog")
    theirs = channel_on(world.garance, "sms", "+33644600001")
    assert "garance" not in page(alice, world.filante, rcs)
    answer = alice.post(path(world.filante, rcs, "stand-in/"), {"stand_in": theirs.pk})
    assert (answer.status_code, fresh(world.filante, rcs).stand_in_id) == (422, None)


def test_retiring_wants_the_name_and_keeps_the_history(alice: Client, filante: Side) -> None:
    refused = alice.post(path(filante, filante.channel, "retire/"), {"typed": "Filante"})
    assert refused.status_code == 422
    assert "That is not its name: Filante site." in refused.content.decode()
    assert fresh(filante, filante.channel).state == ChannelState.LIVE
    alice.post(path(filante, filante.channel, "retire/"), {"typed": " Filante  site "})
    assert fresh(filante, filante.channel).state == ChannelState.RETIRED
    shown = page(alice, filante, filante.channel)
    assert "Connect it again" in shown and "channel-redirect" not in shown
    alice.post(path(filante, filante.channel, "connect/"), {"name": "Filante site"})
    assert fresh(filante, filante.channel).state == ChannelState.LIVE
    with tenancy.scope(filante.id):
        assert Conversation.objects.filter(channel=filante.channel).exists()


def test_a_stopped_channel_says_why_what_to_do_and_what_waits(
    alice: Client, filante: Side, messenger: Channel
) -> None:
    author = Author(kind=AuthorKind.MEMBER, membership=filante.agent_membership)
    with tenancy.scope(filante.id):
        send_message(filante.conversation.pk, author, Draft(text="un"), client_id=uuid4())
        Channel.objects.filter(pk=filante.channel.pk).update(platform="messenger")
        health.credentials_refused(filante.channel, "Error validating access token")
    shown = page(alice, filante, filante.channel)
    assert "Error validating access token" in shown
    assert "Renew the keys" in shown
    assert "https://developers.facebook.com/docs/messenger-platform/error-codes" in shown
    assert "1 message, not lost" in shown
    assert "1 message waits." in alice.get(setup_url(filante, "channels/")).content.decode()


def test_an_end_is_shown_a_week_ahead(alice: Client, filante: Side) -> None:
    with tenancy.scope(filante.id):
        Channel.objects.update(expires_at=timezone.now() + timedelta(days=6))
    shown = page(alice, filante, filante.channel)
    assert "Ends soon" in shown and "Renew them before" in shown


GREETING = {
    "welcome": "Bonjour",
    "starter_1": "Où est ma commande ?",
    "menu_title_0": "Boutique",
    "menu_url_0": "https://shop.example",
    "menu_title_2": "Parler à quelqu’un",
}


def test_a_greeting_goes_to_the_platform_and_stays(
    alice: Client, filante: Side, messenger: Channel, graph: Server
) -> None:
    answer = alice.post(path(filante, messenger, "greeting/"), GREETING)
    assert answer.status_code == 302
    with tenancy.scope(filante.id):
        assert greet.shown(Channel.objects.get(pk=messenger.pk)) == Greeting(
            welcome="Bonjour",
            starters=("Où est ma commande ?",),
            menu=(("Boutique", "https://shop.example"), ("Parler à quelqu’un", "")),
        )
        assert AuditEntry.objects.filter(action="channel.greeting").count() == 1
    [(what, told)] = graph.said
    assert (what, told["greeting"]) == (
        "POST me/messenger_profile",
        [{"locale": "default", "text": "Bonjour"}],
    )
    shown = page(alice, filante, messenger)
    assert "Où est ma commande ?" in shown and "https://shop.example" in shown


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"welcome": "x" * 161}, "welcome", "At most 160 characters; these are 161."),
        ({"starter_3": "x" * 81}, "starter_3", "At most 80 characters; these are 81."),
        ({"menu_url_0": "http://shop.example"}, "menu_url_0", "An address begins with https://."),
        ({"menu_url_4": "https://x.example"}, "menu_title_4", "An address needs a title beside it."),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    alice: Client,
    filante: Side,
    messenger: Channel,
    graph: Server,
    wrong: dict[str, str],
    field: str,
    words: str,
) -> None:
    answer = alice.post(path(filante, messenger, "greeting/"), {**GREETING, **wrong})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert words in shown.partition(f'id="id_{field}_error"')[2][:300]
    assert "Où est ma commande ?" in shown  # nothing of what was typed is lost
    assert graph.calls == []
    assert fresh(filante, messenger).greeting is None


def test_refused_keys_stop_the_channel_and_nothing_typed_is_lost(
    alice: Client, filante: Side, messenger: Channel, graph: Server
) -> None:
    graph.refuse("POST me/messenger_profile", 190, words="Session expired")
    answer = alice.post(path(filante, messenger, "greeting/"), GREETING)
    assert answer.status_code == 422
    assert "Session expired" in answer.content.decode() and "Boutique" in answer.content.decode()
    assert fresh(filante, messenger).health == "broken"


def test_a_platform_that_greets_nobody_has_no_greeting(alice: Client, filante: Side) -> None:
    assert "channel-greeting" not in page(alice, filante, filante.channel)
    alice.post(path(filante, filante.channel, "greeting/"), GREETING)
    assert fresh(filante, filante.channel).greeting is None


def test_a_missing_permission_is_named_until_it_is_granted(
    alice: Client, filante: Side, messenger: Channel
) -> None:
    assert "Missing: Human Agent." in page(alice, filante, messenger)
    alice.post(path(filante, messenger, "permissions/"), {"granted": "human_agent"})
    assert fresh(filante, messenger).settings["human_agent"] == "yes"
    assert "Missing: Human Agent." not in page(alice, filante, messenger)
    alice.post(path(filante, messenger, "permissions/"), {"granted": "nonsense"})
    assert fresh(filante, messenger).settings["human_agent"] == "yes"
    alice.post(path(filante, messenger, "permissions/"), {})
    assert "human_agent" not in fresh(filante, messenger).settings


def instagram(side: Side, graph: Server) -> Channel:
    with tenancy.scope(side.id):
        channel = Channel.objects.create(
            platform="instagram", name="Insta", address="43", state=ChannelState.LIVE,
            settings={"base_url": graph.url}, expires_at=timezone.now() + timedelta(days=6),
        )  # fmt: skip
        vault.store(channel, "token", "IGold")
    return channel


@pytest.mark.parametrize(("days", "told"), [(60, 0), (5, 1)])
def test_credentials_that_can_be_renewed_are_and_nobody_is_mailed(
    committed_world: World, graph: Server, days: int, told: int
) -> None:
    side = committed_world.filante
    channel = instagram(side, graph)
    graph.answers["GET refresh_access_token"] = {"access_token": "IGfresh", "expires_in": days * 86_400}
    assert (expiry.sweep(), expiry.sweep(), len(mail.outbox)) == (told, 0, told)
    renewed = fresh(side, channel)
    assert renewed.expires_at is not None
    assert abs(renewed.expires_at - timezone.now() - timedelta(days=days)) < timedelta(hours=1)
    with tenancy.scope(side.id):
        assert vault.reveal(renewed)["token"] == "IGfresh"
        assert AuditEntry.objects.filter(action="channel.renewed").count() == 1


def test_what_cannot_be_renewed_is_told(committed_world: World, graph: Server) -> None:
    side = committed_world.filante
    instagram(side, graph)
    graph.refuse("GET refresh_access_token", 190, words="Session expired")
    assert (expiry.sweep(), expiry.sweep(), len(mail.outbox)) == (1, 0, 1)


def test_what_is_not_in_use_offers_no_test_and_is_offered_nowhere(alice: Client, filante: Side) -> None:
    address = path(filante, filante.channel, "check/")
    found = []
    for state in (ChannelState.LIVE, ChannelState.DISABLED, ChannelState.RETIRED):
        with tenancy.scope(filante.id):
            Channel.objects.filter(pk=filante.channel.pk).update(state=state)
        shown = page(alice, filante, filante.channel)
        found.append((address in shown, "None of them offers it now." in shown, shown.count("btn--primary")))
    assert found == [(True, False, 1), (True, True, 1), (False, True, 0)]


@pytest.mark.parametrize(("language", "words"), [("en", "in English"), ("fr", "en anglais")])
def test_a_language_is_named_as_in_a_sentence(
    alice: Client, filante: Side, language: str, words: str
) -> None:
    with tenancy.scope(filante.id):
        Channel.objects.update(redirect_to=[str(filante.entry_point.pk)])
    answer = alice.get(path(filante, filante.channel), headers={"accept-language": language})
    assert f"{words}</figcaption>" in answer.content.decode()
