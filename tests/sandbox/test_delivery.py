"""How the simulated platforms deliver webhooks: again when not taken, in order per customer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from apps.core import tenancy
from apps.sandbox import accounts, delivery, faults, phones, threads
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxPost, SandboxThread
from apps.sandbox.telegram import hand
from tests.worlds import World


class Shop:
    """A business that answers as told, and keeps what came."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                told = (body.get("message") or {}).get(
                    "text", next(key for key in body if key != "update_id")
                )
                shop.got.append((told, self.headers.get("x-telegram-bot-api-secret-token", "")))
                status, headers = shop.answers.pop(0) if shop.answers else (200, {})
                self.send_response(status)
                for name, value in {"content-length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silence."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def texts(self) -> list[str]:
        return [text for text, _secret in self.got]


@pytest.fixture
def shop() -> Iterator[Shop]:
    found = Shop()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of its own: these tests turn the crank themselves."""
    monkeypatch.setattr(delivery, "wake", lambda: None)


@pytest.fixture
def thread(committed_world: World, shop: Shop, sleeping: None) -> SandboxThread:
    with tenancy.scope(committed_world.filante.id):
        account = accounts.ensure_account("telegram")
        account.webhook_url, account.webhook_secret = shop.url, "s3cret"
        account.save()
        return phones.thread_of(phones.new_phone(), account)


def say(thread: SandboxThread, *texts: str) -> None:
    for text in texts:
        with tenancy.scope(thread.tenant_id):
            hand.say(threads.locked(thread.pk), text)


def drain(thread: SandboxThread, *, later: float = 0.0) -> None:
    """Until nothing more is due; `later` lets that many seconds pass first."""
    with tenancy.scope(thread.tenant_id):
        for post in SandboxPost.objects.filter(due_at__lt=timezone.now() + timedelta(seconds=later)):
            SandboxPost.objects.filter(pk=post.pk).update(due_at=timezone.now())
    while (wait := delivery.drain()) is not None and wait <= 0.05:
        pass


def waits(thread: SandboxThread) -> list[float]:
    with tenancy.scope(thread.tenant_id):
        rows = SandboxPost.objects.order_by("id")
        return [round((post.due_at - timezone.now()).total_seconds(), 1) for post in rows]


def test_in_order_with_the_secret(thread: SandboxThread, shop: Shop) -> None:
    say(thread, "un", "deux")
    drain(thread)
    assert shop.got == [("/start", "s3cret"), ("un", "s3cret"), ("deux", "s3cret")]
    assert waits(thread) == []


def test_not_taken_comes_again_before_what_follows(thread: SandboxThread, shop: Shop) -> None:
    shop.answers = [(200, {}), (503, {}), (500, {})]
    say(thread, "un", "deux")
    drain(thread)
    first = waits(thread)[0]
    drain(thread, later=3)
    second = waits(thread)[0]
    drain(thread, later=3)
    assert shop.texts == ["/start", "un", "un", "un", "deux"]
    assert (0.5 < first <= 1.0, 1.5 < second <= 2.0, waits(thread)) == (True, True, [])


def test_retry_after_is_honoured(thread: SandboxThread, shop: Shop) -> None:
    shop.answers = [(429, {"retry-after": "77"})]
    say(thread, "un")
    drain(thread)
    assert 75 <= waits(thread)[0] <= 77
    with tenancy.scope(thread.tenant_id):
        account = SandboxAccount.objects.get()
    assert account.last_error == "Wrong response from the webhook: 429"


def test_one_customer_does_not_wait_for_another(thread: SandboxThread, shop: Shop) -> None:
    shop.answers = [(500, {})]
    say(thread, "un")
    drain(thread)
    with tenancy.scope(thread.tenant_id):
        other = phones.thread_of(phones.new_phone(), SandboxAccount.objects.get())
    say(other, "autre")
    drain(thread)
    assert shop.texts == ["/start", "/start", "autre"]


def test_old_ones_are_dropped(thread: SandboxThread, shop: Shop) -> None:
    say(thread, "un")
    with tenancy.scope(thread.tenant_id):
        SandboxPost.objects.update(created_at=timezone.now() - timedelta(hours=25))
    drain(thread)
    assert (shop.got, waits(thread)) == ([], [])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.DUPLICATE, ["/start", "/start", "un", "un"]),
        (FaultKind.REORDER, ["un", "/start"]),
    ],
)
def test_trouble_on_purpose(thread: SandboxThread, shop: Shop, kind: FaultKind, expected: list[str]) -> None:
    with tenancy.scope(thread.tenant_id):
        faults.switch(SandboxAccount.objects.get(), kind, on=True)
    say(thread, "un")
    drain(thread)
    drain(thread, later=5)
    assert shop.texts == expected


def test_without_a_network_words_wait_both_ways(thread: SandboxThread, shop: Shop) -> None:
    say(thread, "un")
    drain(thread)
    with tenancy.scope(thread.tenant_id):
        phones.set_offline(thread.phone, on=True)
    say(thread, "deux")
    drain(thread, later=3600)
    assert shop.texts == ["/start", "un"]
    with tenancy.scope(thread.tenant_id):
        phones.set_offline(threads.locked(thread.pk).phone, on=False)
    drain(thread)
    assert shop.texts == ["/start", "un", "deux"]
