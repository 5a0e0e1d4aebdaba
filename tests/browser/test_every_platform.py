"""The same story on every simulated platform: a tagged entry point, the right team, an answer, a card and the
answer to it, and a customer who leaves. A new platform joins by being in the sandbox's list."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from apps.connections import entry_points
from apps.connections.entry_points import Wanted
from apps.connections.models import Channel, EntryPoint
from apps.core import tenancy
from apps.platforms import registry
from apps.sandbox import accounts, phones, simulators
from apps.sandbox.models import SandboxAccount, SandboxThread, SandboxWire
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.people import People
from tests.conftest import empty_database
from tests.service import Service
from tests.worlds import Side, make_world

pytestmark = pytest.mark.browser

TOLD_AT_ONCE = 2_000  # milliseconds; some platforms say it only to who writes again


@pytest.fixture(scope="module")
def side(django_db_blocker: Any) -> Iterator[Side]:
    """One world for all platforms: starting the processes takes longer than a story."""
    with django_db_blocker.unblock():
        try:
            yield make_world().filante
        finally:
            empty_database()


@pytest.fixture(scope="module")
def service(side: Side, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with socket.create_server(("127.0.0.1", 0)) as probe:  # for mail servers of businesses
        mail = {"SANDBOX_SMTP_PORT": str(probe.getsockname()[1])}
    running = Service(tmp_path_factory.mktemp("service"), mail)
    try:
        running.start("worker")
        running.start("web")
        yield running
    finally:
        running.stop_all()


def in_a_shared_channel(side: Side) -> None:
    """Slack Connect: the customer asks in a channel that both workspaces have."""
    with tenancy.scope(side.id):
        SandboxThread.objects.filter(account__platform="slack").update(address="C0CUSTOMER:new")


def by_its_gateway(side: Side) -> None:
    """The business has no mail server that can be reached."""
    with tenancy.scope(side.id):
        channel = newest("email")
        channel.settings = {**channel.settings, "smtp_host": ""}
        channel.save(update_fields=["settings"])


# What changes once the channel is connected, and what has to have crossed the wire at the end.
Twist = Callable[[Side], None]
USUAL: dict[str, tuple[Twist | None, str]] = {"email": (None, "SMTP DATA")}
WAYS = [pytest.param(slug, *USUAL.get(slug, (None, "")), id=slug) for slug in simulators.SLUGS] + [
    pytest.param("slack", in_a_shared_channel, "chat.postMessage", id="slack connect"),
    pytest.param("email", by_its_gateway, "POST messages", id="email by a gateway"),
]


@pytest.mark.parametrize(("slug", "twist", "crossed"), WAYS)
def test_a_counter_on_every_platform(
    side: Side, people: People, slug: str, twist: Twist | None, crossed: str
) -> None:
    """Bob sees only what the tag leads to his team. Where a platform carries none, the one entry point that
    offers the channel stands in for it, and the customer simply writes."""
    simulator = simulators.get(slug)
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug, "teams")
    phone = connected(people.comes("alice", user=side.owner).opens(), side, slug)
    offers(side, slug)
    if simulator.carries_tag:
        taps(phone, side, slug)
    if twist:
        twist(side)
    if simulator.needs_start:
        phone.presses("Start")
    words = f"La fibre arrive quand ? ({slug}{crossed})"
    phone.says(words)
    expect(bob.row(words)).to_contain_text("fibre")
    bob.opens(words)
    bob.writes("Mardi")
    phone.hears("Mardi")
    asks_and_is_answered(bob, phone)
    phone.does(str(simulator.leave_words))
    if simulator.tells_leaving:
        is_locked_out(bob)
    with tenancy.scope(side.id):
        wires = SandboxWire.objects.filter(account__platform=slug).values_list("words", flat=True)
        assert any(crossed in words for words in wires)


def connected(page: Page, side: Side, slug: str) -> Handset:
    """A fresh customer whose phone has this one platform; its account is connected by one press."""
    with tenancy.scope(side.id):
        SandboxAccount.objects.all().delete()
        accounts.ensure_account(slug)
        phones.new_phone(locale="en-GB")
    page.goto(f"/{side.slug}/sandbox/")
    phone = Handset(page, registry.get(slug).name)
    phone.presses("Connect this account")
    expect(phone.screen.get_by_role("button", name="Connect this account")).to_have_count(0)
    return phone


def newest(slug: str) -> Channel:
    """Each story connects an account of its own."""
    return Channel.objects.filter(platform=slug).latest("created_at")


def offers(side: Side, slug: str) -> None:
    """An entry point with the tag "fibre" for team ADSL, and no other."""
    with tenancy.scope(side.id):
        EntryPoint.objects.update(active=False)
        channel = newest(slug)
        wanted = Wanted(name=f"Fibre {slug}", tag="fibre", channels=[channel], team=side.adsl, locale="en")
        entry_points.create_entry_point(wanted, actor=side.owner.email)


def taps(phone: Handset, side: Side, slug: str) -> None:
    """The button of the entry point, on the demonstration site."""
    with tenancy.scope(side.id):
        name = newest(slug).name
    phone.page.goto(f"/{side.slug}/sandbox/site/")
    phone.page.locator(".shop-way").get_by_role("link", name=name, exact=True).click()
    expect(phone.screen).to_be_visible()


def asks_and_is_answered(bob: Desk, phone: Handset) -> None:
    """By the button where the platform has one, by its number where the card went as text."""
    bob.asks("Quel jour ?", "Lundi", "Jeudi")
    expect(phone.screen.locator(".log").get_by_text("Jeudi").first).to_be_visible()
    button = phone.screen.get_by_role("button", name="Jeudi", exact=True)
    if button.count():
        button.click()
    else:
        phone.says("2")
    expect(bob.card("Quel jour ?").locator(".q.is-on")).to_contain_text("Jeudi")


def is_locked_out(bob: Desk) -> None:
    """At once, or when he writes again: unless it is told just when he is about to."""
    try:
        expect(bob.lock).to_be_visible(timeout=TOLD_AT_ONCE)
    except AssertionError:
        with suppress(TimeoutError):
            bob.writes("Encore là ?")
        expect(bob.lock).to_be_visible()
