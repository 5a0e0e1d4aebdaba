"""What each platform's own code costs: from a signed webhook to events, from a reply to its request."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction

from apps.connections import vault
from apps.connections.addresses import webhook_url
from apps.connections.connect import connect_channel
from apps.connections.models import Channel
from apps.conversations import outgoing_http
from apps.core import tenancy
from apps.core.ids import new_id
from apps.platforms import base, cards, registry
from apps.sandbox import accounts, delivery, phones, simulators, threads
from apps.sandbox.models import SandboxPost, SandboxThread
from benchmarks.harness import business
from benchmarks.harness.machine import Machine
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import interleaved

TITLE = "each platform: a signed webhook to events, a reply with a card to its request"
SECONDS = 0.3  # of calls in one measurement
WORDS = "Bonjour, où en est ma commande n° 1042 ? Je l'attends depuis mardi. 🙏"
CARD = cards.QuickReplies(
    id="c1",
    prompt="Quelle boutique ?",
    options=(cards.Option(id="a", title="Paris"), cards.Option(id="b", title="Lyon")),
)


@dataclass(frozen=True, slots=True)
class Side:
    """One platform connected to its simulator, and a customer's words as the simulator posts them."""

    platform: base.Platform
    credentials: base.Credentials
    channel: Channel
    to: str
    inbound: base.Inbound


class Reached(Exception):
    """A request was made and would leave now."""


class NoWay:
    """Ends every call where the network would begin."""

    async def request(self, *given: Any, **named: Any) -> Any:
        raise Reached

    fetch = dial = request


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    tenant_id = business.tenant("platforms")
    machine.start("web")
    rows: list[Row] = []
    with mock.patch.object(delivery, "wake"):  # what the phone says is read here and goes nowhere
        for slug in simulators.SLUGS:
            rows += _rows(_connected(tenant_id, slug), rounds, SECONDS / 10 if quick else SECONDS)
    return rows


def _connected(tenant_id: UUID, slug: str) -> Side:
    with tenancy.scope(tenant_id):
        account = accounts.ensure_account(slug)
        given = accounts.credentials(account)
    with tenancy.scope(tenant_id):
        channel = connect_channel(slug, name=slug, credentials=given, actor="bench")
    with tenancy.scope(tenant_id):
        account.refresh_from_db()
        thread = phones.thread_of(phones.ensure_phone(), account)
        inbound = _said(thread, channel)
        return Side(registry.get(slug), vault.reveal(channel), channel, thread.address, inbound)


def _said(thread: SandboxThread, channel: Channel) -> base.Inbound:
    """The webhook for one sentence, which is taken back."""
    with transaction.atomic():
        locked = threads.locked(thread.pk)
        simulators.of(locked.account).hand.say(locked, WORDS)
        post = SandboxPost.objects.filter(thread=thread).order_by("id").last()
        assert post is not None
        body, url = bytes(post.body), webhook_url(channel)
        signed = simulators.of(locked.account).hand.proof(locked.account, url, body)
        headers = {name.lower(): value for name, value in {**post.headers, **signed.headers}.items()}
        transaction.set_rollback(True)
    place = urlsplit(signed.url)
    query = dict(parse_qsl(place.query, keep_blank_values=True))
    return base.Inbound(
        method="POST", path=place.path, query=query, headers=headers, body=body, url=signed.url
    )


def _rows(side: Side, rounds: int, seconds: float) -> list[Row]:
    taken = interleaved(
        {
            "in": partial(_cost, partial(_receive, side), seconds),
            "least": partial(_cost, partial(_least, side), seconds),
            "out": partial(_cost, _sends(side), seconds),
        },
        rounds,
    )
    size, slug = len(side.inbound.body), side.platform.slug
    note = f"{size} bytes"
    return [
        Row("platforms", f"{slug}, verify and parse", "µs", taken["in"], limit=taken["least"], note=note),
        Row("platforms", f"{slug}, compose and compile", "µs", taken["out"]),
    ]


async def _receive(side: Side) -> None:
    side.platform.verify(side.inbound, side.credentials)
    side.platform.dedup_key(side.inbound)
    if not side.platform.parse(side.inbound, side.credentials):
        raise RuntimeError(f"{side.platform.slug} saw nothing in its simulator's webhook")


async def _least(side: Side) -> None:
    body = side.inbound.body
    hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    if body[:1] == b"{":
        json.loads(body)


def _sends(side: Side) -> Callable[[], Awaitable[None]]:
    """Compose a text with a card and make the requests. A token that must be asked for is asked for once."""
    card = CARD if CARD.kind in side.platform.capabilities.cards else None
    content = base.Content(text="Bonjour !", card=card)
    ready = _outgoing(side, side.platform.compose(content, None))
    async_to_sync(_once)(side, ready[0])

    async def send() -> None:
        side.platform.compose(content, None)
        for outgoing in ready:
            try:
                await side.platform.send(outgoing, side.credentials, NoWay())
            except Reached:
                continue
            raise RuntimeError(f"{side.platform.slug} made no request")

    return send


async def _once(side: Side, outgoing: base.Outgoing) -> None:
    async with outgoing_http.door() as http:
        with suppress(base.SendError):  # the simulator may not know the customer; the token is here
            await side.platform.send(outgoing, side.credentials, http)


def _outgoing(side: Side, parts: Sequence[base.Part]) -> list[base.Outgoing]:
    (event, *_) = side.platform.parse(side.inbound, side.credentials)
    one = base.Outgoing(
        id=new_id(),
        sender=side.channel.address,
        to=side.to,
        part=parts[0],
        locale="fr-FR",
        webhook_url=webhook_url(side.channel),
        handle=getattr(event, "handle", None) or {},
        handle_age=1.0,
    )
    return [replace(one, id=new_id(), part=part) for part in parts]


def _cost(call: Callable[[], Awaitable[None]], seconds: float) -> float:
    """Microseconds of processor time of one call."""
    return asyncio.run(_timed(call, seconds))


async def _timed(call: Callable[[], Awaitable[None]], seconds: float) -> float:
    await call()
    end, calls, began = time.monotonic() + seconds, 0, time.process_time()
    while time.monotonic() < end:
        await call()
        calls += 1
    return (time.process_time() - began) / calls * 1e6
