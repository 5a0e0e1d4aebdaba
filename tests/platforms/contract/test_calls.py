"""What every platform says when a server fails: a named error, and no secret in it."""

from __future__ import annotations

import io
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from apps.core.http import Egress, HttpDoor
from apps.platforms import registry
from apps.platforms.base import BadCredentials, MediaFile, Outgoing, Part, Platform, SendError, Unreachable
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section
from apps.platforms.events import MediaKind, MediaRef, MessageReceived
from tests.platforms.broken import ANSWERS, broken_server
from tests.platforms.contract.every import KIND_OF_PLATFORM
from tests.platforms.samples import SAMPLES, Sample

WEBHOOK = "https://chat.example/hooks/platform/key/"
YES, NO = Option(id="y", title="Yes"), Option(id="n", title="No")
REPLIES = QuickReplies(id=str(UUID(int=1)), prompt="?", options=(YES, NO))
PICKER = ListPicker(id=str(UUID(int=2)), title="?", sections=(Section(title="S", options=(YES, NO)),))
PARTS = {
    "text": Part(kind="text", text="Hello"),
    "link": Part(kind="link", text="https://shop.example/a"),
    "quick replies": Part(kind="card", card=REPLIES),
    "list picker": Part(kind="card", card=PICKER),
    "file": Part(kind="media", media=0),
}


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door


def outgoing(sample: Sample, part: Part, folder: Path) -> Outgoing:
    path = folder / "stored"
    path.write_bytes(b"bytes")
    url = "https://chat.example/fetched/a.jpg"
    media = MediaFile(name="a.jpg", mime="image/jpeg", kind="image", size=5, path=path, url=url)
    message = Outgoing(id=UUID(int=7), sender=sample.sender, to=sample.to, part=part, handle=sample.handle)
    return replace(message, media=media) if part.kind == "media" else message


Call = Callable[[], Coroutine[Any, Any, object]]


def calls(
    platform: Platform, sample: Sample, creds: dict[str, str], http: HttpDoor, folder: Path
) -> dict[str, Call]:
    about = {"to": sample.sender, "address": sample.to, "ref": "1", "at": datetime.now(UTC)}
    tapped = MessageReceived(**about, ack={"callback_query_id": "1"})  # type: ignore[arg-type]
    media = MediaRef(kind=MediaKind.IMAGE, locator=sample.locator, mime="image/jpeg")
    sends: dict[str, Call] = {
        f"send {label}": lambda part=part: platform.send(outgoing(sample, part, folder), creds, http)  # type: ignore[misc]
        for label, part in PARTS.items()
    }
    return {
        **sends,
        "connect": lambda: platform.connect(creds, WEBHOOK, http),
        "check": lambda: platform.check(creds, WEBHOOK, http),
        "typing": lambda: platform.typing(sample.to, sample.sender, True, creds, http),
        "acknowledge": lambda: platform.acknowledge(tapped, creds, http),
        "download": lambda: platform.download(media, creds, http, io.BytesIO()),
        "profile": lambda: platform.profile(sample.to, creds, http),
    }


async def failures(slug: str, base_url: str, http: HttpDoor, folder: Path) -> dict[str, SendError]:
    """The error of every call to a server; what is no SendError is the test's failure."""
    return await failures_with({**SAMPLES[slug].creds, "base_url": base_url}, slug, http, folder)


async def failures_with(
    creds: dict[str, str], slug: str, http: HttpDoor, folder: Path
) -> dict[str, SendError]:
    found: dict[str, SendError] = {}
    for name, call in calls(registry.get(slug), SAMPLES[slug], creds, http, folder).items():
        try:
            await call()
        except SendError as error:
            found[name] = error
    return found


@KIND_OF_PLATFORM
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_a_broken_server_is_a_named_error_without_secrets(
    slug: str, answer: bytes, http: HttpDoor, tmp_path: Path
) -> None:
    async with broken_server(answer) as url:
        failed = await failures(slug, url, http, tmp_path)
    leaks = [
        value for name, value in SAMPLES[slug].creds.items() if "canary" in name + value or name == "secret"
    ]
    for error in failed.values():
        assert [value for value in leaks if value in f"{error!r} {error.code} {error.__cause__!r}"] == []


@KIND_OF_PLATFORM
async def test_nothing_is_sent_by_a_server_that_fails(slug: str, http: HttpDoor, tmp_path: Path) -> None:
    async with broken_server(ANSWERS["500"]) as url:
        failed = await failures(slug, url, http, tmp_path)
    sends = {f"send {label}" for label in PARTS}
    assert sends & set(failed) == (set() if slug == "webchat" else sends)


@KIND_OF_PLATFORM
async def test_where_nobody_listens_nothing_was_accepted(slug: str, http: HttpDoor, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        failed = await failures(slug, f"http://127.0.0.1:{closed.getsockname()[1]}", http, tmp_path)
    sends = [error for name, error in failed.items() if name.startswith("send ")]
    assert [type(error) for error in sends] == ([] if slug == "webchat" else [Unreachable] * len(PARTS))


@KIND_OF_PLATFORM
@pytest.mark.parametrize(
    "base_url", ["http://10.0.0.1", "file:///etc", "http://[bad", "nonsense", "https://a:b/"]
)
async def test_a_forbidden_address_is_a_named_error(slug: str, base_url: str, tmp_path: Path) -> None:
    async with HttpDoor(Egress()) as http:
        failed = await failures(slug, base_url, http, tmp_path)
    sends = {f"send {label}" for label in PARTS}
    assert sends & set(failed) == (set() if slug == "webchat" else sends)
    assert [error for error in failed.values() if not error.words] == []


@KIND_OF_PLATFORM
async def test_without_credentials_the_credentials_are_to_blame(
    slug: str, http: HttpDoor, tmp_path: Path
) -> None:
    failed = await failures_with({}, slug, http, tmp_path)
    sends = [type(error) for name, error in failed.items() if name.startswith("send ")]
    assert sends == ([] if slug == "webchat" else [BadCredentials] * len(PARTS))
