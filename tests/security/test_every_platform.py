"""Active content in every text of every webhook of every platform: what simulated phones make platforms
send, one text after another replaced, read by the adapter, received, looked at wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest

from apps.connections import vault
from apps.connections.addresses import webhook_url
from apps.connections.models import Channel, ReceivedWebhook
from apps.conversations import inbox
from apps.conversations.models import Conversation, Message
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.base import Inbound, Malformed
from apps.platforms.events import Event, MessageReceived, Unreadable
from apps.sandbox import accounts, phones, simulators, threads
from apps.sandbox.models import SandboxMessage, SandboxPost, SandboxThread
from apps.sandbox.seed.business import _simulated
from tests.conftest import empty_database
from tests.isolation.rich import PNG, enrich
from tests.people import setup_url
from tests.security.active import ADDRESSES, POLYGLOT, TRAP, found_in
from tests.security.leaves import opened, planted, texts
from tests.security.overheard import overheard
from tests.security.test_active_content import pages, shows, thread
from tests.worlds import Side, make_world, signed_in

pytestmark = pytest.mark.advisory("S8", "Rocket.Chat CVE-2017-1000054", "Zammad CVE-2018-1000154")

PLANTED = (POLYGLOT, ADDRESSES["address"])
WITHOUT_WEBHOOKS = {"webchat"}  # its customers come through the widget: tests/security/test_active_content.py


@dataclass(frozen=True)
class Found:
    """An event with active content, and the fields in which it stands."""

    event: Event
    where: frozenset[str]


@dataclass
class Said:
    """Of one platform: the fields of our events that texts reached, and what could not be read."""

    reached: set[str] = field(default_factory=set)
    refused: list[tuple[Inbound, str]] = field(default_factory=list)
    log: str = ""


@pytest.fixture(scope="module")
def side(django_db_blocker: Any) -> Iterator[Side]:
    """Made once: every platform's customers have said everything."""
    tried = mock.patch("apps.sandbox.viber.account.takes_calls", return_value=True)
    with django_db_blocker.unblock(), mock.patch("apps.sandbox.delivery.wake"), tried:
        try:
            side = make_world().filante
            enrich(side, "oscar")
            yield side
        finally:
            empty_database()


@pytest.fixture(scope="module")
def told(side: Side) -> dict[str, Said]:
    """By platform. What can be read is received."""
    with tenancy.scope(side.id):
        for channel in Channel.objects.filter(platform__in=simulators.SLUGS):
            Channel.objects.filter(pk=channel.pk).update(address=f"before {channel.pk}")
    return {slug: _everything_said(side, slug) for slug in simulators.SLUGS}


def _everything_said(side: Side, slug: str) -> Said:
    said, met = Said(), set[tuple[object, ...]]()
    with tenancy.scope(side.id), overheard() as log:
        channel, requests = _webhooks(slug)
        for found in _attacks(channel, requests, said.refused):
            kind = type(found.event).__name__
            if (kind, found.where, TRAP in repr(found.event)) not in met:
                met.add((kind, found.where, TRAP in repr(found.event)))
                receive(channel, found.event)
                said.reached |= {f"{kind}.{name}" for name in found.where}
        _keep(channel, said.refused)
    with overheard() as more:
        inbox.drain()
    said.log = log.getvalue() + more.getvalue()
    return said


def _keep(channel: Channel, refused: Iterable[tuple[Inbound, str]]) -> None:
    """As webhooks that wait for the worker."""
    for number, (request, _) in enumerate(refused):
        facts = {"headers": dict(request.headers), "dedup_key": f"refused {number}"}
        ReceivedWebhook.objects.create(channel=channel, raw=request.body, **facts)


def _webhooks(slug: str) -> tuple[Channel, list[Inbound]]:
    """What the platform posts when its customer does all that a thumb can do."""
    account = accounts.ensure_account(slug)
    if slug == "wechat":
        account.data = {**account.data, "mode": "plain"}
        account.save()
    channel = _simulated(slug)
    account.refresh_from_db()
    line = threads.locked(phones.thread_of(phones.new_phone(), account).pk)
    _does_everything(line)
    posts = SandboxPost.objects.filter(thread=line).order_by("id")
    return channel, [_request(channel, post) for post in posts]


def _does_everything(line: SandboxThread) -> None:
    simulator = simulators.of(line.account)
    hand = simulator.hand
    hand.start(line)
    hand.say(line, "Bonjour")
    hand.send_file(line, BytesIO(PNG), name="photo.png", mime="image/png")
    hand.send_file(line, BytesIO(b"%PDF-1.7"), name="contrat.pdf", mime="application/pdf")
    hand.send_voice(line)
    ours = threads.show(line, mine=False, kind="text", text="Bonjour à vous", ref=uuid4().hex)
    for reaction in simulator.reactions[:1]:
        hand.react(ours, reaction)
    if "place" in simulator.verbs:
        hand.send_place(line, 48.8584, 2.2945)
    mine = SandboxMessage.objects.filter(thread=line, mine=True, kind="text").order_by("number")
    if "edit" in simulator.verbs:
        hand.edit(mine[0], "Bonsoir")
    if "withdraw" in simulator.verbs:
        hand.withdraw(mine[0])
    if simulator.comment:
        simulator.comment(line, "Et ici ?")
    hand.leave(line)
    hand.come_back(line)


def _request(channel: Channel, post: SandboxPost) -> Inbound:
    body = bytes(post.body)
    signed = simulators.of(post.account).hand.proof(post.account, webhook_url(channel), body)
    url = urlsplit(signed.url)
    headers = {name.lower(): value for name, value in {**post.headers, **signed.headers}.items()}
    return Inbound(method="POST", path=url.path, query=dict(parse_qsl(url.query)), headers=headers, body=body)


def _attacks(
    channel: Channel, requests: Iterable[Inbound], refused: list[tuple[Inbound, str]]
) -> Iterator[Found]:
    """Each request with each of its texts replaced: the events that carry it on."""
    adapter, credentials = registry.get(channel.platform), vault.reveal(channel)
    for request in requests:
        value, close = opened(request.body)
        for place in texts(value):
            for text in PLANTED:
                changed = replace(request, body=close(planted(value, place, text)))
                try:
                    events = adapter.parse(changed, credentials)
                except Malformed as error:
                    refused.append((changed, str(error)))
                    continue
                refused += [(changed, event.words) for event in events if isinstance(event, Unreadable)]
                yield from _carrying(event for event in events if not isinstance(event, Unreadable))


def _carrying(events: Iterable[Event]) -> Iterator[Found]:
    for event in events:
        where = frozenset(_fields(event))
        if where:
            fresh = {} if "ref" in where or not isinstance(event, MessageReceived) else {"ref": uuid4().hex}
            yield Found(replace(event, **fresh), where)


def _fields(value: Any, name: str = "") -> Iterator[str]:
    """Names of the fields that hold some of it."""
    if isinstance(value, str) and "__pwned" in value:
        yield name
    elif is_dataclass(value):
        for each in fields(value):
            yield from _fields(getattr(value, each.name), f"{name}.{each.name}".lstrip("."))
    elif isinstance(value, dict):
        for inner in (*value, *value.values()):
            yield from _fields(inner, name)
    elif isinstance(value, tuple | list | frozenset):
        for inner in value:
            yield from _fields(inner, name)


def test_every_platform_is_spoken(told: dict[str, Said]) -> None:
    """…and on each the customer's words arrived as words, so there was something to look for."""
    assert {*told, *WITHOUT_WEBHOOKS} == set(registry.SLUGS)
    assert [slug for slug, said in told.items() if "MessageReceived.text" not in said.reached] == []


@pytest.mark.parametrize("slug", simulators.SLUGS)
def test_nothing_of_it_is_logged(told: dict[str, Said], slug: str) -> None:
    """Not of what was read and not of what could not be: operators, too, read only why."""
    said = told[slug]
    assert TRAP not in said.log
    assert [why for _, why in said.refused if TRAP in why] == []
    assert said.log.count("apps.conversations.inbox") >= len(said.refused)


def test_no_conversation_lets_anything_through(side: Side, told: dict[str, Said]) -> None:
    """S8: each conversation as an agent reads it, with who the customer is beside it."""
    with tenancy.scope(side.id):
        ids = list(Conversation.objects.exclude(pk=side.conversation.pk).values_list("pk", flat=True))
        met = set(Message.objects.values_list("channel__platform", flat=True))
    read = {pk: thread(side, pk) for pk in ids}
    assert [(pk, each) for pk, page in read.items() for each in found_in(page)] == []
    assert met >= set(told)
    assert sum(TRAP in page for page in read.values()) >= len(told)


def test_no_list_and_no_page_lets_anything_through(side: Side, told: dict[str, Said]) -> None:
    """S8: lists, what owners read of each channel, what operators and the simulated phones show."""
    browser = signed_in(side.owner)
    with tenancy.scope(side.id):
        ids = list(Channel.objects.values_list("pk", flat=True))
    read = [(f"channel {pk}", shows(browser.get(setup_url(side, f"channels/{pk}/")))) for pk in ids]
    read += [(view, shows(browser.get(f"/{side.slug}/inbox/{view}/"))) for view in ("all", "closed")]
    read += list(pages(side))
    assert [(name, each) for name, page in read for each in found_in(page)] == []
    assert any(TRAP in page for name, page in read if name == "all")
