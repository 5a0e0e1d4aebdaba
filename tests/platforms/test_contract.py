"""What every platform has in common: one test per promise of `apps/platforms/base.py`, for all of them."""

from __future__ import annotations

import io
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.http import Egress, HttpDoor
from apps.platforms import base, cards, compose, registry
from apps.platforms.base import (
    BadCredentials,
    BadSignature,
    Content,
    Credential,
    Inbound,
    Malformed,
    MediaFile,
    Outgoing,
    Part,
    Platform,
    RetryClass,
    SendError,
    Unreachable,
)
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section
from apps.platforms.events import Event, MediaKind, MediaRef, MessageReceived
from tests.platforms.broken import ANSWERS, broken_server
from tests.platforms.contents import CONTENTS
from tests.platforms.samples import SAMPLES, Sample

SLUGS = registry.SLUGS
KIND_OF_PLATFORM = pytest.mark.parametrize("slug", SLUGS)
WEBHOOK = "https://chat.example/hooks/platform/key/"


def test_every_platform_is_registered_and_sampled() -> None:
    assert [platform.slug for platform in registry.all_platforms()] == list(SLUGS)
    assert sorted(SAMPLES) == sorted(SLUGS)


def test_an_unknown_platform_is_a_named_error() -> None:
    with pytest.raises(registry.UnknownPlatform):
        registry.get("icq")


# Data -------------------------------------------------------------------------------------------------


@KIND_OF_PLATFORM
def test_the_name_is_for_people(slug: str) -> None:
    platform = registry.get(slug)
    assert re.fullmatch(r"[a-z_]{2,32}", platform.slug)
    assert platform.name.strip()


@KIND_OF_PLATFORM
def test_credentials_are_well_formed(slug: str) -> None:
    fields = registry.get(slug).credentials
    names = [field.name for field in fields]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []
    assert [field.name for field in fields if not field.label.strip()] == []
    assert [field.name for field in fields if field.deployment and field.required] == []
    for field in fields:
        re.compile(field.pattern)


@KIND_OF_PLATFORM
def test_what_sounds_secret_is_secret(slug: str) -> None:
    sounds = re.compile(r"token|secret|password|private|api_?key")
    fields = registry.get(slug).credentials
    assert [field.name for field in fields if sounds.search(field.name) and not field.secret] == []


@KIND_OF_PLATFORM
def test_the_base_url_is_optional(slug: str) -> None:
    """A platform with a server of its own may be reached elsewhere, and is at home without being told."""
    fields = {field.name: field for field in registry.get(slug).credentials}
    if slug == "webchat":
        assert fields == {}
        return
    field = fields["base_url"]
    assert (field.required, field.secret, field.generated) == (False, False, False)
    assert re.fullmatch(field.pattern, "http://127.0.0.1:8081/sandbox")
    assert not re.fullmatch(field.pattern, "javascript:alert(1)")


@KIND_OF_PLATFORM
def test_the_sample_credentials_would_pass_the_form(slug: str) -> None:
    def passes(field: Credential) -> bool:
        value = SAMPLES[slug].creds.get(field.name, "")
        return re.fullmatch(field.pattern, value) is not None if value and field.pattern else True

    assert [field.name for field in registry.get(slug).credentials if not passes(field)] == []


@KIND_OF_PLATFORM
def test_capabilities_agree_with_themselves(slug: str) -> None:
    can = registry.get(slug).capabilities
    assert can.text_limit > 0
    assert 0 <= can.caption_limit <= can.text_limit
    assert (can.media_limit > 0) == can.media_out
    assert [kind for kind, card in can.cards.items() if card.most and not 1 <= card.fewest <= card.most] == []
    assert set(can.cards) <= set(cards.KINDS)
    assert can.windows
    assert [window.rule for window in can.windows if window.hours is not None and window.hours <= 0] == []
    assert {window.permission for window in can.windows} - {""} <= set(registry.get(slug).permissions)
    assert can.retry_class in RetryClass
    assert [card.device for card in can.cards.values() if card.device != card.device.upper()] == []
    assert can.delivery_receipts or not can.read_receipts


# Words for people -------------------------------------------------------------------------------------


def setup_text(slug: str, language: str) -> str:
    folder = Path(base.__file__).parent / slug
    return (folder / ("setup.md" if language == "en" else f"setup.{language}.md")).read_text("utf-8")


@KIND_OF_PLATFORM
@pytest.mark.parametrize("language", ["en", "fr"])
def test_there_is_a_text_that_leads_through_the_set_up(slug: str, language: str) -> None:
    text = setup_text(slug, language)
    assert text.startswith("# ")
    assert len(text) > 800
    assert len(re.findall(r"^\d+\. ", text, re.MULTILINE)) >= 3
    assert re.findall(r"<(?!https://)|javascript:|\]\(http:", text) == []


@KIND_OF_PLATFORM
def test_both_languages_say_the_same_things(slug: str) -> None:
    def shape(text: str) -> list[str]:
        return [match[1] for match in re.finditer(r"^(#+|\d+\.|-|\|)", text, re.MULTILINE)]

    assert shape(setup_text(slug, "en")) == shape(setup_text(slug, "fr"))


@KIND_OF_PLATFORM
def test_french_is_set_as_french(slug: str) -> None:
    text = re.sub(r"`[^`]*`|https?://\S+|\|-+|::?-|^\|.*-\|$", "", setup_text(slug, "fr"), flags=re.MULTILINE)
    assert (
        re.findall(r".{0,20}[^\u202f\u00a0][;!?»]|.{0,20}\w:(?:\s|$)|.{0,20} [:;!?»]|« .{0,20}", text) == []
    )
    assert re.findall(r"\b(?:tu|ton|tes|toi)\b", text) == []


# Composing --------------------------------------------------------------------------------------------

DEVICES = st.none() | st.frozensets(st.sampled_from(["QUICK", "LIST", "AUTH"]))


def letters(*texts: str) -> str:
    return "".join("".join(text.split()) for text in texts)


@KIND_OF_PLATFORM
@settings(max_examples=60)
@given(content=CONTENTS, device=DEVICES)
def test_composing_keeps_limits_and_loses_nothing(
    slug: str, content: Content, device: frozenset[str] | None
) -> None:
    platform = registry.get(slug)
    can = platform.capabilities
    parts = list(platform.compose(content, device))
    shown = [part.card for part in parts if part.card]
    degraded = [cards.fallback_text(content.card)] if content.card and not shown else []
    assert [part for part in parts if (part.kind == "card") != (part.card is not None)] == []
    assert {part.kind for part in parts} <= {"text", "media", "card", "link"}
    assert [len(part.text) for part in parts if part.kind == "text" and len(part.text) > can.text_limit] == []
    assert [part for part in parts if part.kind in ("text", "link") and not part.text.strip()] == []
    assert [part for part in parts if part.kind == "media" and len(part.text) > can.caption_limit] == []
    assert [part.media for part in parts if part.kind == "media"] == list(range(len(content.media)))
    assert shown == [] or (shown == [content.card] and compose.can_show(shown[0], can, device))
    said = [part.text for part in parts if part.kind in ("text", "media")]
    assert letters(*said) == letters(content.text, *degraded)


@KIND_OF_PLATFORM
@settings(max_examples=30)
@given(content=CONTENTS)
def test_a_part_survives_its_storing(slug: str, content: Content) -> None:
    parts = list(registry.get(slug).compose(content, None))
    stored = json.dumps([base.part_to_json(part) for part in parts])
    assert [base.part_from_json(data) for data in json.loads(stored)] == parts


# Requests ---------------------------------------------------------------------------------------------


def request(body: bytes = b"", **headers: str) -> Inbound:
    return Inbound(method="POST", path="/hooks/x/key/", query={}, headers=headers, body=body)


@KIND_OF_PLATFORM
@pytest.mark.parametrize("creds", ["with", "without"])
def test_a_stranger_is_not_the_platform(slug: str, creds: str) -> None:
    known = SAMPLES[slug].creds if creds == "with" else {}
    for stranger in [request(), request(b"{}"), request(b"{}", authorization="Bearer x", id="1")]:
        with pytest.raises(BadSignature):
            registry.get(slug).verify(stranger, known)


BODIES = st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
).map(lambda data: json.dumps(data).encode())


@KIND_OF_PLATFORM
@given(body=BODIES)
def test_a_body_is_understood_or_malformed(slug: str, body: bytes) -> None:
    platform = registry.get(slug)
    asked: list[Callable[[], object]] = [
        lambda: platform.parse(request(body), SAMPLES[slug].creds),
        lambda: platform.dedup_key(request(body)),
    ]
    for ask in asked:
        try:
            answer = ask()
        except Malformed:
            continue
        assert isinstance(answer, str) or [e for e in answer if not isinstance(e, Event)] == []  # type: ignore[attr-defined]


@KIND_OF_PLATFORM
@given(body=BODIES)
def test_recipients_and_handshakes_never_fail(slug: str, body: bytes) -> None:
    platform = registry.get(slug)
    assert [name for name in platform.recipients(request(body)) if not isinstance(name, str)] == []
    assert platform.answer(request(body), SAMPLES[slug].creds) is None


# Links ------------------------------------------------------------------------------------------------

HOSTILE = [
    "a&b=c",
    "a#b",
    "a?b",
    "a b",
    "a\r\nb",
    '"><script>',
    "é",
    "%0d%0a",
    "../../x",
    "a;b",
    "javascript:x",
]


@KIND_OF_PLATFORM
@pytest.mark.parametrize("words", HOSTILE)
def test_a_link_stays_where_it_leads(slug: str, words: str) -> None:
    platform, sender = registry.get(slug), SAMPLES[slug].sender
    plain = urlsplit(platform.entry_link(sender, "tag", group="g", text="t"))
    link = platform.entry_link(sender, words, group=words, text=words)
    parts = urlsplit(link)
    assert (parts[:3], parts.fragment) == (plain[:3], "")
    assert re.findall(r"[^!-~]|[\"'<>\\]", link) == []
    assert parts.query.count("&") == plain.query.count("&")
    assert parts.query.count("=") == plain.query.count("=")


@KIND_OF_PLATFORM
@pytest.mark.parametrize("address", HOSTILE)
def test_a_strange_address_leads_nowhere_else(slug: str, address: str) -> None:
    """It may stand in the query, as one value there."""
    platform = registry.get(slug)
    plain = urlsplit(platform.entry_link(SAMPLES[slug].sender, ""))
    parts = urlsplit(platform.entry_link(address, ""))
    assert (parts.scheme, parts.netloc, parts.fragment) == (plain.scheme, plain.netloc, "")
    names = [[name for name, _ in parse_qsl(link.query)] for link in (parts, plain)]
    assert names[0] == names[1]
    assert plain.query or not parts.query


@KIND_OF_PLATFORM
def test_a_link_carries_the_tag(slug: str) -> None:
    platform = registry.get(slug)
    link = platform.entry_link(SAMPLES[slug].sender, "ADSL_2-x")
    assert link == "" or ("ADSL_2-x" in link) == platform.capabilities.entry_tag


# Calls ------------------------------------------------------------------------------------------------

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
