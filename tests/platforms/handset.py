"""A customer's phone on any simulated platform, in this process and one transaction.

The adapter's calls go to the simulator's views, whose rows are those of the open transaction: the adapter
runs in a loop of its own thread, the views in the test's. What crossed the wire is kept for the tests.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, BinaryIO, TypeVar
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from apps.connections.connect import start_draft
from apps.core.http import FilePart, Response
from apps.platforms import registry
from apps.platforms.base import Content, Inbound, Outgoing, Part
from apps.platforms.events import Event, MessageReceived
from apps.sandbox import accounts, phones, screen, simulators, threads
from apps.sandbox.models import SandboxMessage, SandboxPost
from apps.sandbox.seed.local_http import LocalHttp

T = TypeVar("T")
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call of an adapter, as the platform's server sees it. `path` is below the simulator's address."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    json: Any = None
    form: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[FilePart] = ()
    body: bytes = b""

    @property
    def data(self) -> Any:
        """What was sent, as JSON by whoever wrote it or as a form, in which structures stand as JSON."""
        if self.form:
            return {name: _structure(value) for name, value in self.form.items()}
        return self.json if self.json is not None else jsonlib.loads(self.body or b"{}")


def _structure(value: str) -> Any:
    try:
        found = jsonlib.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, dict | list) else value


class _Bridge:
    """Runs coroutines in a loop of another thread, and what they leave to this one here."""

    def __init__(self) -> None:
        self._left: SimpleQueue[Any] = SimpleQueue()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="adapter", daemon=True).start()

    def run(self, asked: Coroutine[Any, Any, T]) -> T:
        running = asyncio.run_coroutine_threadsafe(asked, self._loop)
        running.add_done_callback(lambda _: self._left.put(None))
        while (job := self._left.get()) is not None:
            job()
        return running.result()

    async def here(self, asked: Coroutine[Any, Any, T]) -> T:
        """For the coroutine: the result of `asked`, which waits for nothing, from the caller's thread."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._left.put(lambda: self._answer(asked, answer))
        return await answer

    def _answer(self, asked: Coroutine[Any, Any, Any], answer: asyncio.Future[Any]) -> None:
        try:
            asked.send(None)
        except StopIteration as done:
            self._loop.call_soon_threadsafe(answer.set_result, done.value)
        except Exception as error:
            self._loop.call_soon_threadsafe(answer.set_exception, error)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


class _RecordingHttp(LocalHttp):
    """The simulators by way of the bridge; carries files too, and keeps every call."""

    def __init__(self, bridge: _Bridge, base: str) -> None:
        self.asked: list[Asked] = []
        self._bridge, self._base = bridge, base

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[FilePart] = (),
        body: bytes | AsyncIterator[bytes] | None = None,
        timeout: float = 0,
        max_bytes: int = 0,
    ) -> Response:
        raw = body if isinstance(body, bytes | None) else b"".join([chunk async for chunk in body])
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        about = {"json": json, "form": form or {}, "files": files, "body": raw or b""}
        self.asked.append(Asked(method=method, headers=sent, **_address(url, self._base), **about))
        if files:
            sent, raw = {**sent, "content-type": MULTIPART_CONTENT}, _multipart(form or {}, files)
            form = None
        call = super().request(method, url, headers=sent, json=json, form=form, body=raw)
        return await self._bridge.here(call)

    async def fetch(
        self,
        url: str,
        sink: BinaryIO,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 0,
        max_bytes: int = 0,
    ) -> Response:
        raise AssertionError(f"a card needs nothing fetched, and the adapter asked for {url}")


def _address(url: str, base: str) -> Json:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return {"path": parts.path.removeprefix(urlsplit(base).path), "query": query}


def _multipart(form: Mapping[str, str], files: Sequence[FilePart]) -> bytes:
    rows = [
        (file.field, SimpleUploadedFile(file.name, file.path.read_bytes(), content_type=file.mime))
        for file in files
    ]
    return encode_multipart(BOUNDARY, {**form, **dict(rows)})


class Handset:
    """One customer who has written to the business, inside the tenant's scope. `webhook` is an address that
    answers 200 to everything. `close` it."""

    def __init__(self, slug: str, *, webhook: str) -> None:
        self.platform, self._bridge = registry.get(slug), _Bridge()
        self.account = accounts.ensure_account(slug)
        given = accounts.credentials(self.account)
        self._hand = simulators.get(slug).hand
        self.http = _RecordingHttp(self._bridge, given["base_url"])
        channel = start_draft(slug)
        made = self._bridge.run(self.platform.connect(given, webhook, self.http))
        channel.address = made.address
        channel.save()
        self.creds, self._webhook, self._sender = {**given, **made.generated}, webhook, made.address
        self.account.refresh_from_db()
        self._thread = phones.thread_of(phones.new_phone(), self.account)
        self._last = next(e for e in self.says("Bonjour") if isinstance(e, MessageReceived))

    def close(self) -> None:
        self._bridge.close()

    @contextmanager
    def once(self) -> Iterator[None]:
        """What happens in the block is undone after it, on both sides."""
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def says(self, text: str) -> list[Event]:
        self._hand.say(threads.locked(self._thread.pk), text)
        return self._arrived()

    def taps(self, bubble: SandboxMessage, chosen: list[str]) -> list[Event]:
        """What the business learns when the customer chooses these options of a bubble, by their ids."""
        bubble.refresh_from_db()
        bubble.thread = threads.locked(self._thread.pk)
        self._hand.answer(bubble, chosen)
        return self._arrived()

    def hears(self, part: Part, content: Content, *, answers: int = 0) -> list[Asked]:
        """The business sends one part; the calls that it made. Raises SendError."""
        self.http.asked.clear()
        shown = dict(enumerate(content.media)) if part.card is not None else {}
        outgoing = Outgoing(
            id=uuid4(),
            sender=self._sender,
            to=self._last.address,
            part=part,
            media=content.media[part.media] if part.media is not None else None,
            files=shown,
            locale="fr-FR",
            handle=self._last.handle or {},
            answers=answers,
            webhook_url=self._webhook,
        )
        self._bridge.run(self.platform.send(outgoing, self.creds, self.http))
        return list(self.http.asked)

    def screen(self) -> list[SandboxMessage]:
        """The bubbles of the business, oldest first."""
        rows = SandboxMessage.objects.filter(thread=self._thread, mine=False)
        return list(rows.order_by("number"))

    def offers(self, bubble: SandboxMessage) -> list[str]:
        """The ids of what the customer can tap in a bubble, in the order in which the phone shows them."""
        wire, data = bubble.data.get("wire", {}).get("data", {}), bubble.data
        sections = wire.get("listPicker", {}).get("sections", [])
        below = [button for row in data.get("keyboard", []) for button in row]
        instead = [button for row in data.get("reply_keyboard", []) for button in row]
        return [
            *(option for option, _title, _subtitle in screen.options(bubble)),
            *(item["identifier"] for section in sections for item in section["items"]),
            *(button["callback_data"] for button in below if "callback_data" in button),
            *(button["text"] for button in instead),
        ]

    def _arrived(self) -> list[Event]:
        """Every webhook that waits, proven and read as the product would."""
        found: list[Event] = []
        for post in SandboxPost.objects.filter(thread=self._thread).order_by("id"):
            request = self._request(post)
            self.platform.verify(request, self.creds)
            found += self.platform.parse(request, self.creds)
            post.delete()
        return found

    def _request(self, post: SandboxPost) -> Inbound:
        body = bytes(post.body)
        signed = self._hand.proof(self.account, self._webhook, body)
        query = dict(parse_qsl(urlsplit(signed.url).query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in {**post.headers, **signed.headers}.items()}
        return Inbound(method="POST", path="", query=query, headers=headers, body=body, url=signed.url)
