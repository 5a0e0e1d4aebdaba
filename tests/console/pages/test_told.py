"""What came with a message stands beside it: what led here, the lines of an order, the subject of a mail."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.utils import translation

from apps.console.told import told_of
from apps.conversations.models import Message
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import MessageReceived, MessageWithdrawn
from apps.platforms.whatsapp.contents import REFERRAL
from tests.console.pages import scenes
from tests.platforms.email import mails
from tests.platforms.email.test_inbound import PLATFORM as EMAIL
from tests.worlds import Side, World, said

FACTS = (("Advertisement", "Fibre <b>"), ("SKU-1", "2 × 9.90 EUR"), ("Quoted text", "> Un\n> Deux"))


@pytest.fixture
def here(world: World) -> Side:
    return world.filante


def heard(side: Side, event: MessageReceived) -> Message:
    with tenancy.scope(side.id):
        found = receive(side.channel, event)
        assert found is not None
        return found


def page(side: Side) -> str:
    return scenes.agent(side).get(scenes.inbox(side, f"all/{side.conversation.pk}/")).content.decode()


def told_in(html: str) -> list[str]:
    return re.findall(r'<div class="told">(.*?)</div>', html, re.DOTALL)


def test_short_facts_are_listed_and_long_ones_folded(here: Side) -> None:
    event = replace(said("Bonjour", to=here.channel.address), details=FACTS)
    heard(here, event)
    (shown,) = told_in(page(here))
    plain = re.sub(r" dir=\"auto\"| <svg.*?</svg>", "", shown)
    assert re.sub(r"\s+", " ", plain) == (
        "<p><b>Advertisement</b> <span>Fibre &lt;b&gt;</span></p>"
        "<p><b>SKU-1</b> <span>2 × 9.90 EUR</span></p>"
        "<details><summary>Quoted text</summary><p>&gt; Un &gt; Deux</p></details>"
    )


def test_what_a_mail_quotes_is_folded_below_what_it_says(here: Side) -> None:
    """From the bytes of the mail to the agent's page."""
    body = "Toujours rien\n\nOn Sun, 22 Nov 2026 at 03:00, Acme <help@shop.example> wrote:\n> Ça marche ?"
    mail = mails.made(body, Subject="Ma commande", In_Reply_To="<x@shop.example>")
    (event,) = EMAIL.parse(mails.request(mail), mails.CREDS)
    assert isinstance(event, MessageReceived)
    heard(here, replace(event, to=here.channel.address, address="visitor-1"))
    html = page(here)
    assert re.search(r'<div class="bubble"[^>]*>Toujours rien</div>', html)
    (shown,) = told_in(html)
    assert "<summary" in shown and "Quoted text" in shown and "&gt; Ça marche ?" in shown


def test_our_own_words_are_in_the_readers_language(here: Side) -> None:
    message = heard(here, replace(said("Bonjour", to=here.channel.address), details=FACTS))
    with translation.override("fr"):
        assert [fact.label for fact in told_of(message)] == ["Publicité", "SKU-1", "Texte cité"]
        ours = dict.fromkeys([*REFERRAL.values(), "Subject", "Forwarded", "Comment on your post"], "x")
        message.content = {**message.content, "details": [list(pair) for pair in ours.items()]}
        assert [fact.label for fact in told_of(message) if fact.label in ours] == []


def test_what_was_taken_back_is_told_no_more(here: Side) -> None:
    event = replace(said("Bonjour", to=here.channel.address, ref="r-9"), details=FACTS)
    heard(here, event)
    about = {"to": here.channel.address, "address": event.address, "ref": "w-1", "at": event.at}
    with tenancy.scope(here.id):
        receive(here.channel, MessageWithdrawn(**about, target="r-9"))
    html = page(here)
    assert ("Message taken back" in html, told_in(html)) == (True, [])
