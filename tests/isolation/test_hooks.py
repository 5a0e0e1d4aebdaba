"""The platforms' door: each platform's own webhooks, put together wrongly by another tenant.

The requests are those that the simulators make: a customer of each tenant says something on every platform,
and what would be posted is taken apart and put together again with another's address, signature or words. A
platform without a simulator cannot be attacked and makes this red.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock
from urllib.parse import unquote_to_bytes, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings

from apps.connections.models import Channel, ReceivedWebhook
from apps.conversations import inbox
from apps.core import tenancy
from apps.platforms import registry
from apps.sandbox import accounts, phones, simulators, threads
from apps.sandbox.models import SandboxAccount, SandboxPost
from apps.sandbox.seed.business import _simulated
from tests.isolation.rich import fingerprint
from tests.isolation.tally import TALLY
from tests.webhooks.asked import Asked, hook
from tests.worlds import Side, World

WITHOUT_WEBHOOKS = {"webchat": "its customers come through the widget"}
WITH_WEBHOOKS = [slug for slug in registry.SLUGS if slug not in WITHOUT_WEBHOOKS]
ATTACKED = [slug for slug in WITH_WEBHOOKS if slug in simulators.SLUGS]
SHARED = [slug for slug in ATTACKED if any(each.deployment for each in registry.get(slug).credentials)]


@dataclass(frozen=True)
class Post:
    """What one tenant's customer made the platform send: to `path`, by `account`."""

    side: Side
    account: SandboxAccount
    words: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def signed_for(self, path: str) -> Post:
        """The same words to another address, with this account's signature."""
        with tenancy.scope(self.side.id):
            signed = simulators.of(self.account).hand.proof(self.account, settings.BASE_URL + path, self.body)
        return replace(self, path=_relative(signed.url), headers={**self.headers, **signed.headers})


@pytest.fixture(autouse=True)
def _silent_simulators() -> Iterator[None]:
    """Nothing is posted, and Viber does not try the address that is set: no web process runs here."""
    tried = mock.patch("apps.sandbox.viber.account.takes_calls", return_value=True)
    with mock.patch("apps.sandbox.delivery.wake"), tried:
        yield


def posts(world: World, platform: str) -> tuple[Post, Post]:
    """The attacker's and the victim's."""
    return posted(world.garance, platform), posted(world.filante, platform)


def posted(here: Side, platform: str) -> Post:
    words = f"Secret de {here.tenant.name}"
    with tenancy.scope(here.id):
        account = accounts.ensure_account(platform)
        channel = _simulated(platform)
        account.refresh_from_db()
        thread = threads.locked(phones.thread_of(phones.ensure_phone(), account).pk)
        simulators.of(account).hand.say(thread, words)
        post = SandboxPost.objects.filter(thread=thread).order_by("-id")[0]
        where = urlsplit(accounts.webhook_of(account)).path
        assert channel.key in where
    made = Post(here, account, words, where, post.headers, bytes(post.body))
    assert words.encode() in unpacked(made), "there is nothing to leak"
    return made.signed_for(where)


def unpacked(post: Post) -> bytes:
    """The body as it is and out of what some platforms wrap around it: gzip, a form, Base64 in JSON."""
    if post.body.startswith(b"\x1f\x8b"):
        return gzip.decompress(post.body)
    inner = re.findall(rb'"data": "([A-Za-z0-9+/=]{40,})"', post.body)
    return b"\n".join([post.body, unquote_to_bytes(post.body.replace(b"+", b" ")), *map(b64decode, inner)])


def send(post: Post, **scope: Any) -> Asked:
    path, _, query = post.path.partition("?")
    return hook(path, post.body, post.headers, query_string=query.encode(), **scope)


def nowhere(post: Post) -> Post:
    """The same request to a key that nobody has."""
    _, hooks, platform, _, *rest = _bare(post.path).split("/")
    query = post.path.partition("?")[2]
    path = "/".join(["", hooks, platform, uuid4().hex, *(rest or [""])])
    return replace(post, path=f"{path}?{query}" if query else path)


def wrongly_put_together(own: Post, theirs: Post) -> dict[str, Post]:
    """Requests that no platform would send; every one must be refused like one to nobody's key."""
    shared = f"/hooks/{own.account.platform}/"
    return {
        "own signature at their address": own.signed_for(theirs.path),
        "own signature on their words at their address": replace(
            own, body=theirs.body, headers=theirs.headers
        ).signed_for(theirs.path),
        "their request at one's own address": replace(theirs, path=_bare(own.path)),
        "their words, one's own proof beside, at their address": replace(
            theirs, headers={**theirs.headers, **own.headers}, path=own.signed_for(theirs.path).path
        ),
        "nothing signed at their address": replace(theirs, path=_bare(theirs.path), headers={}),
        "own signature at the shared address": own.signed_for(shared),
        "their request at the shared address": replace(theirs, path=shared),
    }


def test_every_platform_is_attacked() -> None:
    for platform, reason in WITHOUT_WEBHOOKS.items():
        TALLY.leave_out("webhooks", platform, reason)
    assert ATTACKED == WITH_WEBHOOKS, "a platform without a simulator: nobody attacks its webhooks"


@pytest.mark.parametrize("platform", ATTACKED)
def test_a_webhook_is_for_the_business_that_it_proves(committed_world: World, platform: str) -> None:
    own, theirs = posts(committed_world, platform)
    before = fingerprint(theirs.side), fingerprint(own.side)
    found, tried = [], 0
    for what, request in wrongly_put_together(own, theirs).items():
        answer, nobodys = send(request), send(nowhere(request))
        tried += 1
        if (answer.status, answer.body, answer.headers) != (nobodys.status, nobodys.body, nobodys.headers):
            found.append(f"{what}: answers {answer.status}, nobody's key {nobodys.status}")
    if (fingerprint(theirs.side), fingerprint(own.side)) != before:
        found.append("rows moved")
    assert TALLY.count("webhooks", platform, tried, found) == []


@pytest.mark.parametrize("platform", ATTACKED)
def test_ones_own_signature_on_anothers_words_stays_at_home(committed_world: World, platform: str) -> None:
    """Whoever holds a secret can sign any body: what it names of another business moves nothing there."""
    own, theirs = posts(committed_world, platform)
    before = fingerprint(theirs.side)
    forged = replace(own, body=theirs.body, headers=theirs.headers).signed_for(_bare(own.path))
    statuses = [send(forged).status, send(own).status]
    inbox.drain()
    found = [] if statuses[1] == 200 and webhooks(own.side) else ["one's own webhook is not taken"]
    if fingerprint(theirs.side) != before:
        found.append("the victim's rows moved")
    assert statuses[0] in (200, 403)
    assert TALLY.count("webhooks", platform, 2, found) == []


@pytest.mark.parametrize("platform", ATTACKED)
def test_a_handshake_knows_ones_own_key_only(committed_world: World, platform: str) -> None:
    own, theirs = posts(committed_world, platform)
    found = []
    secrets = accounts.credentials(own.account).values()
    for secret in secrets:
        query = f"hub.mode=subscribe&hub.challenge=12345&hub.verify_token={secret}&echostr=12345"
        asked = replace(own, path=f"{_bare(theirs.path)}?{query}", body=b"")
        answer, nobodys = (send(each, method="GET") for each in (asked, nowhere(asked)))
        if (answer.status, answer.body) != (nobodys.status, nobodys.body):
            found.append(f"answers {answer.status}")
    assert TALLY.count("webhooks", platform, len(secrets), found) == []


@pytest.mark.parametrize("platform", SHARED)
def test_a_shared_account_gives_nothing_to_who_claims_the_address(
    committed_world: World, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deployment's account serves the victim; the attacker says on an account of their own, and first,
    that the victim's address is theirs."""
    own, theirs = posts(committed_world, platform)
    for credential in registry.get(platform).credentials:
        if credential.deployment:
            value = accounts.credentials(theirs.account)[credential.name]
            monkeypatch.setenv(credential.deployment, value)
    with tenancy.scope(theirs.side.id):
        here = Channel.objects.filter(key=_key(theirs))
        here.update(shared=True)
        address, since = here.values_list("address", "created_at").get()
    with tenancy.scope(own.side.id):
        earlier = since.replace(year=since.year - 1)
        Channel.objects.filter(key=_key(own)).update(address=address, created_at=earlier)
    suffix = _bare(theirs.path).partition(f"{_key(theirs)}/")[2]
    shared = f"/hooks/{platform}/{suffix}"
    forged = replace(own, body=theirs.body, headers=theirs.headers).signed_for(shared)
    statuses = [send(forged).status, send(theirs.signed_for(shared)).status]
    assert statuses == [403, 200]
    inbox.drain()
    found = ["the attacker was told"] if webhooks(own.side) else []
    assert len(webhooks(theirs.side)) == 1, "there is nothing to leak"
    assert TALLY.count("webhooks", platform, 2, found) == []


def webhooks(side: Side) -> list[ReceivedWebhook]:
    with tenancy.scope(side.id):
        return list(ReceivedWebhook.objects.all())


def _relative(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _bare(path: str) -> str:
    """Without what a query proves."""
    return path.partition("?")[0]


def _key(post: Post) -> str:
    return _bare(post.path).split("/")[3]
