"""What an authentic platform sends and nobody can read is kept, shown, and answered 200, on all of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from html import unescape
from typing import Any
from unittest import mock

import pytest

from apps.connections.models import Channel, ReceivedWebhook
from apps.conversations import inbox
from apps.conversations.models import Message
from apps.core import tenancy
from apps.sandbox import phones, simulators, threads
from apps.sandbox.models import SandboxPost
from tests.isolation.test_hooks import ATTACKED, Post, posted, send
from tests.stories.test_webhooks import SECRET, telegram
from tests.webhooks.asked import hook
from tests.worlds import World, signed_in


@pytest.mark.parametrize(
    "body", [b"not json", b"[]", b"{}", b'{"update_id": "seven"}', b"\xff\xfe", b"{" * 5000]
)
def test_an_unreadable_update_is_kept_as_a_dead_letter(committed_world: World, body: bytes) -> None:
    here = committed_world.filante
    channel = telegram(here)
    for _ in range(2):
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
        assert hook(f"/hooks/telegram/{channel.key}/", body, headers).status == 200
    inbox.drain()
    with tenancy.scope(here.id):
        row = ReceivedWebhook.objects.get(channel=channel)
        assert (row.state, bytes(row.raw)) == ("dead", body)
        assert row.error.startswith("Malformed: ")
        assert SECRET not in str(row.headers)
    page = signed_in(here.owner).get(f"/{here.slug}/setup/channels/{channel.pk}/")
    assert row.error in unescape(page.content.decode())


# Every platform --------------------------------------------------------------------------------------

NONSENSE = [
    b"not json",
    b"",
    b"null",
    b"[]",
    b"{}",
    b"7",
    b"\xff\xfe",
    b"[" * 5000,
    b'{"type": 7, "entry": [{}]}',
]
FUTURE = {"kind": "hologram", "rows": [{"n": 1}], "none": None}


@pytest.fixture
def silent() -> Iterator[None]:
    """Nothing is posted by itself, and Viber does not try the address: no web process runs here."""
    tried = mock.patch("apps.sandbox.viber.account.takes_calls", return_value=True)
    with mock.patch("apps.sandbox.delivery.wake"), tried:
        yield


def with_body(post: Post, body: bytes) -> Post:
    """Signed by the platform, whatever it says."""
    return replace(post, body=body).signed_for(post.path.partition("?")[0])


def once_more(post: Post) -> Post:
    """The same words of the same customer, as a message of its own."""
    with tenancy.scope(post.side.id):
        thread = threads.locked(phones.thread_of(phones.ensure_phone(), post.account).pk)
        simulators.of(post.account).hand.say(thread, post.words)
        made = SandboxPost.objects.filter(thread=thread).latest("id")
    return with_body(replace(post, headers=made.headers), bytes(made.body))


def signed(post: Post, bodies: Iterable[bytes]) -> Iterator[Post]:
    """Those that the platform can sign: some prove what stands in the body."""
    for body in bodies:
        with suppress(LookupError, TypeError, ValueError, AttributeError, RecursionError):
            yield with_body(post, body)


def broken(body: bytes) -> Iterator[bytes]:
    """JSON with one of its values replaced by something that is none of them."""
    zipped = body.startswith(b"\x1f\x8b")
    try:
        known = json.loads(gzip.decompress(body) if zipped else body)
    except ValueError:
        return
    for name in known:
        for value in (7, [7], None):
            made = json.dumps({**known, name: value}).encode()
            yield gzip.compress(made) if zipped else made


def shown(post: Post) -> str:
    """What whoever looks after the channel reads."""
    key = post.path.split("/")[3]
    with tenancy.scope(post.side.id):
        channel = Channel.objects.get(key=key)
    return signed_in(post.side.owner).get(f"/{post.side.slug}/setup/channels/{channel.pk}/").text


def said(post: Post) -> int:
    """How often the customer's words stand in a conversation."""
    with tenancy.scope(post.side.id):
        return Message.objects.filter(text=post.words).count()


def rows(post: Post) -> list[ReceivedWebhook]:
    with tenancy.scope(post.side.id):
        return list(ReceivedWebhook.objects.order_by("received_at"))


@pytest.mark.parametrize("platform", ATTACKED)
def test_what_an_authentic_platform_says_is_taken_whatever_it_is(
    committed_world: World, silent: None, platform: str
) -> None:
    """Never a fault of ours. What was taken is kept as it came, and what nobody could read of it is shown to
    whoever looks after the channel; the customer's next words arrive all the same."""
    post = posted(committed_world.filante, platform)
    strange = [*signed(post, NONSENSE), *signed(post, broken(post.body))]
    taken = set()
    for each in strange:
        answer = send(each)
        assert answer.status < 500, each.body
        taken |= {each.body} if answer.status == 200 else set()
    inbox.drain()
    kept = rows(post)
    assert {bytes(row.raw) for row in kept} <= taken  # of those with one id the first
    assert {row.state for row in kept} <= {"dead", "done"}
    assert bool(kept) == bool(taken) and strange
    page = unescape(shown(post))
    assert all(row.error.startswith("Malformed: ") for row in kept if row.state == "dead")
    assert all(row.error in page for row in [each for each in kept if each.state == "dead"][-1:])
    known = said(post)
    assert send(once_more(post)).status == 200
    inbox.drain()
    assert said(post) == known + 1


def of_the_future(body: bytes) -> bytes:
    """The same with a field in every object that no platform has today."""
    if body.startswith(b"\x1f\x8b"):
        return gzip.compress(of_the_future(gzip.decompress(body)))
    if body.lstrip().startswith(b"<"):
        return body.replace(b"</xml>", b"<Hologram><N>1</N></Hologram></xml>")
    if body.lstrip()[:1] in (b"{", b"["):
        return json.dumps(_grown(json.loads(body))).encode()
    return b"X-Hologram: 1\r\n" + body if b"\r\n\r\n" in body else body + b"&Hologram=1"


def _grown(value: Any) -> Any:
    if isinstance(value, list):
        return [_grown(each) for each in value]
    if isinstance(value, dict):
        return {name: _grown(each) for name, each in value.items()} | {"hologram": FUTURE}
    return value


@pytest.mark.parametrize("platform", ATTACKED)
def test_fields_of_the_future_lose_no_words(committed_world: World, silent: None, platform: str) -> None:
    post = posted(committed_world.filante, platform)
    grown = of_the_future(post.body)
    assert grown != post.body
    assert send(with_body(post, grown)).status == 200
    inbox.drain()
    assert ([row.state for row in rows(post)], said(post)) == (["done"], 1)
