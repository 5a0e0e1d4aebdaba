"""WhatsApp after a day: the reply box becomes a picker of templates, and what is picked reaches the phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.connections.models import Channel, MessageTemplate
from apps.conversations.models import ContactAddress
from apps.core import tenancy
from apps.platforms.windows import Opener
from apps.sandbox.models import SandboxThread
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.owner import Owner
from tests.browser.people import People
from tests.worlds import Side

pytestmark = pytest.mark.browser


def test_a_template_is_picked_filled_and_read(side: Side, people: People) -> None:
    phone = number_on_the_phone(people, side)
    phone.says("Où est ma box ?")
    bob = Desk.of(people.comes("bob at the front desk", user=side.owner), side.slug, "all")
    bob.opens("Où est ma box ?")
    expect(bob.page.locator("#window")).to_contain_text("WhatsApp bills each message")

    a_day_later(side)
    bob.page.reload()
    bob.is_live()
    expect(bob.lock).to_contain_text("WhatsApp’s time for free words is over")
    bob.page.keyboard.press("r")
    dialog = bob.page.locator("#templates dialog")
    dialog.get_by_label("Search the templates").fill("order")
    expect(dialog.locator(".templates li")).to_have_count(1)
    dialog.get_by_role("link", name="order_update").click()
    expect(dialog.get_by_label("Value 1")).to_be_focused()
    dialog.get_by_label("Value 1").fill("Ana")
    preview = dialog.locator(".template-preview")
    expect(preview).to_contain_text("Hello Ana, your order {{2}} is on its way.")
    bob.page.reload()
    bob.is_live()
    bob.page.keyboard.press("r")
    dialog.get_by_role("link", name="order_update").click()
    expect(dialog.get_by_label("Value 1")).to_be_focused()
    expect(dialog.get_by_label("Value 1")).to_have_value("Ana")
    expect(preview).to_contain_text("Hello Ana, your order {{2}} is on its way.")
    dialog.get_by_label("Value 2").fill("4711")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    expect(bob.turn("your order 4711").locator(".status").last).to_contain_text("Delivered")
    phone.hears("Hello Ana, your order 4711 is on its way.")

    phone.says("Merci")
    bob.may_write()
    bob.answers("Avec plaisir")


def test_a_template_by_keyboard_alone(side: Side, people: People) -> None:
    """Enter leads on and never sends what is half filled in; Ctrl Enter sends."""
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="whatsapp")
        old = timezone.now() - timedelta(hours=30)
        ContactAddress.objects.update(openings={Opener.MESSAGE: old.isoformat()}, last_inbound_at=old)
        for name, body in (("merci", "Merci."), ("rendez_vous", "Bonjour {{1}}, venez le {{2}}.")):
            MessageTemplate.objects.create(
                channel=side.channel,
                name=name,
                language="fr",
                state="APPROVED",
                usable=True,
                body=body,
                parameters=["1", "2"] if "{{" in body else [],
                synced_at=timezone.now(),
            )
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    page, keys = bob.page, bob.page.keyboard
    dialog = page.locator("#templates dialog")
    keys.press("r")
    expect(dialog.get_by_label("Search the templates")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(dialog.get_by_role("link", name="rendez_vous")).to_be_focused()
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    expect(dialog.get_by_label("Search the templates")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(dialog.get_by_label("Value 1")).to_be_focused()
    keys.type("Ana")
    keys.press("Enter")
    expect(dialog.get_by_label("Value 2")).to_be_focused()
    keys.type("3 juin")
    keys.press("Enter")
    expect(dialog.get_by_role("button", name="Send")).to_be_focused()
    expect(dialog).to_be_visible()
    keys.press("Shift+Tab")
    keys.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(bob.turn("Bonjour Ana, venez le 3 juin.")).to_have_count(1)


def number_on_the_phone(people: People, side: Side) -> Handset:
    owner = Owner(people.comes("alice", user=side.owner), slug=side.slug)
    page = owner.page
    page.goto(f"/{side.slug}/sandbox/")
    page.get_by_role("button", name="Switch the phone on").click()
    page.get_by_role("button", name="WhatsApp", exact=True).click()
    phone = Handset(page, "WhatsApp")
    phone.presses("Connect this account")
    expect(phone.screen.get_by_role("button", name="Connect this account")).to_have_count(0)
    page.goto(f"/{side.slug}/setup/channels/")
    page.locator(".chan-row", has_text="WhatsApp").get_by_role("link").click()
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("button", name="Ask the platform now").click()
    expect(page.get_by_text("9 templates are known.")).to_be_visible()
    page.goto(f"/{side.slug}/sandbox/")
    return phone


def a_day_later(side: Side) -> None:
    """For us and for WhatsApp."""
    old = timezone.now() - timedelta(hours=25)
    with tenancy.scope(side.id):
        rows = ContactAddress.objects.filter(channel__platform="whatsapp")
        rows.update(openings={Opener.MESSAGE: old.isoformat()}, last_inbound_at=old)
        threads = SandboxThread.objects.filter(account__platform="whatsapp")
        threads.update(data={"heard_at": old.isoformat()})
