"""The custom channel: signatures against the reference library, what comes, what goes, what answers mean."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from hypothesis import given
from standardwebhooks.webhooks import Webhook

from apps.core.http import Egress, HttpDoor
from apps.platforms import cards
from apps.platforms.base import (
    BadCredentials,
    BadSignature,
    ContactGone,
    Inbound,
    Malformed,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from apps.platforms.cards import CardAnswer, Link, Option, QuickReplies, Slot
from apps.platforms.custom import signing
from apps.platforms.custom.adapter import PLATFORM, Custom
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    DeliveryState,
    DeliveryUpdated,
    EntryPointTapped,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    Person,
    Place,
    ReactionReceived,
    TypingChanged,
)
from tests.platforms.mutations import mutated, storable
from tests.platforms.samples import SAMPLES

ROOT = Path(__file__).resolve().parents[3]
CREDS = dict(SAMPLES["custom"].creds)
SECRET = CREDS["secret"]
NOW = 1_780_000_000
AT = datetime.fromtimestamp(NOW, UTC)
ID = UUID(int=7)
WEBHOOK = "https://chat.example/hooks/custom/key/"


def request(data: Any, **headers: str) -> Inbound:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    head = {"webhook-id": "msg_1", **headers}
    return Inbound(method="POST", path="/hooks/custom/key/", query={}, headers=head, body=body)


def signed(body: bytes = b"{}", *, at: int = NOW, secret: str = SECRET, message_id: str = "msg_1") -> Inbound:
    """By the reference library."""
    signature = Webhook(secret).sign(message_id, datetime.fromtimestamp(at, UTC), body.decode())
    head = {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}
    return request(body, **head)


# Signatures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [-299, 0, 299])
def test_the_reference_library_is_believed(late: int) -> None:
    Custom(clock=lambda: NOW + late).verify(signed('{"é": 1}'.encode()), CREDS)


def test_the_reference_library_believes_us() -> None:
    body, now = '{"é": 1}'.encode(), time.time()
    assert Webhook(SECRET).verify(body, signing.headers("msg_1", SECRET, body, now=now)) == {"é": 1}


def test_one_good_signature_of_several_suffices() -> None:
    made = signed()
    several = f"v2,xx v1,{base64.b64encode(b'x' * 32).decode()} {made.headers['webhook-signature']}"
    Custom(clock=lambda: NOW).verify(request(b"{}", **{**made.headers, "webhook-signature": several}), CREDS)


OTHER = "whsec_" + base64.b64encode(b"another secret of enough bytes!!").decode()
REFUSED: dict[str, tuple[Inbound, dict[str, str]]] = {
    "too old": (signed(at=NOW - 301), CREDS),
    "too early": (signed(at=NOW + 301), CREDS),
    "other secret": (signed(secret=OTHER), CREDS),
    "no secret": (signed(), {}),
    "short secret": (signed(), {"secret": "whsec_QUFBQQ=="}),
    "changed body": (request(b"{ }", **signed().headers), CREDS),
    "changed id": (request(b"{}", **{**signed().headers, "webhook-id": "msg_2"}), CREDS),
    "changed time": (request(b"{}", **{**signed().headers, "webhook-timestamp": str(NOW + 1)}), CREDS),
    "no number": (request(b"{}", **{**signed().headers, "webhook-timestamp": "1e9"}), CREDS),
    "nothing": (request(b"{}"), CREDS),
    "other version": (request(b"{}", **{**signed().headers, "webhook-signature": "v1a,xx"}), CREDS),
    "not ascii": (request(b"{}", **{**signed().headers, "webhook-signature": "v1,é"}), CREDS),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nobody_else_is_believed(case: str) -> None:
    made, creds = REFUSED[case]
    with pytest.raises(BadSignature):
        Custom(clock=lambda: NOW).verify(made, creds)


# What comes ------------------------------------------------------------------------------------------

FROM = {"id": "customer-7", "name": "Camille", "locale": "fr-FR"}
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
SLOT: dict[str, Any] = {"id": "s", "start": "2026-12-01T10:00:00+01:00", "minutes": 30}
FILE: dict[str, Any] = {"url": "https://shop.example/f", "name": "a.png", "mime": "image/png", "size": 9}
MEDIA = MediaRef(
    kind=MediaKind.IMAGE,
    locator={"url": FILE["url"]},
    name="a.png",
    mime="image/png",
    size=9,
)
ABOUT: dict[str, Any] = {
    "to": "shop",
    "address": "customer-7",
    "ref": "m1",
    "at": AT,
    "facts": Facts(name="Camille", locale="fr-FR"),
}


def told(kind: str = "message", **fields: Any) -> dict[str, Any]:
    return {"type": kind, "id": "m1", "from": FROM, **fields}


def said(**fields: Any) -> MessageReceived:
    return MessageReceived(**{**ABOUT, **fields})


STATUS = {"target": "x", "state": "failed", "code": "7", "words": "No"}
COMES: dict[str, tuple[dict[str, Any], Event]] = {
    "text": (told(text="Hello"), said(text="Hello")),
    "time": (told(text="Hello", at="2026-12-01T10:00:00+01:00"), said(text="Hello", at=START)),
    "only an id": (
        {"type": "message", "from": {"id": 7}, "text": "Hello"},
        MessageReceived(to="shop", address="7", ref="msg_1", at=AT, text="Hello"),
    ),
    "file": (told(files=[FILE]), said(media=(MEDIA,))),
    "voice": (
        told(files=[{"url": "https://x.example", "kind": "voice"}]),
        said(media=(MediaRef(kind=MediaKind.VOICE, locator={"url": "https://x.example"}),)),
    ),
    "place": (
        told(place={"latitude": 48.85, "longitude": 2.29, "title": "Tour"}),
        said(place=Place(latitude=48.85, longitude=2.29, title="Tour")),
    ),
    "contact": (told(contact={"name": "Zoé", "phone": "+33"}), said(person=Person(name="Zoé", phone="+33"))),
    "choice": (
        told(answer={"card_id": "c", "selected": [{"id": "y", "title": "Yes"}]}, reply_to="m0"),
        said(
            text="Yes", reply_to="m0", answer=CardAnswer(card_id="c", selected=(Option(id="y", title="Yes"),))
        ),
    ),
    "slot": (
        told(answer={"card_id": "c", "slot": SLOT}, text="9 h"),
        said(text="9 h", answer=CardAnswer(card_id="c", slot=Slot(id="s", start=START, minutes=30))),
    ),
    "form": (
        told(answer={"card_id": "c", "values": {"mail": "a@b.example", "days": ["mo", "tu"]}}),
        said(
            text="a@b.example, mo, tu",
            answer=CardAnswer(card_id="c", values={"mail": ("a@b.example",), "days": ("mo", "tu")}),
        ),
    ),
    "entry point": (told(text="Hi", tag="adsl", group="box"), said(text="Hi", tag="adsl", group="box")),
    "details": (told(text="Hi", details={"Order": 7}), said(text="Hi", details=(("Order", "7"),))),
    "nothing": (told(), said(unsupported="empty")),
    "a type of tomorrow": (told("hologram"), said(unsupported="hologram")),
    "opened": (told("opened", tag="adsl"), EntryPointTapped(**ABOUT, tag="adsl")),
    "edited": (told("edited", target="m0", text="x"), MessageEdited(**ABOUT, target="m0", text="x")),
    "withdrawn": (told("withdrawn", target="m0"), MessageWithdrawn(**ABOUT, target="m0")),
    "reaction": (
        told("reaction", target="m0", emoji="👍"),
        ReactionReceived(**ABOUT, target="m0", emoji="👍"),
    ),
    "typing": (told("typing", typing=True), TypingChanged(**ABOUT, typing=True)),
    "left": (told("left", reason="opted_out"), ContactLeft(**ABOUT, reason="opted_out")),
    "left somehow": (told("left", reason="bored"), ContactLeft(**ABOUT, reason="deleted")),
    "returned": (told("returned"), ContactReturned(**ABOUT)),
    "status": (
        told("status", **STATUS),
        DeliveryUpdated(**ABOUT, target="x", state=DeliveryState.FAILED, code="7", words="No"),
    ),
    "echo": (
        told("echo", text="We call", author="Bob"),
        MessageEchoed(**ABOUT, text="We call", author="Bob"),
    ),
}


@pytest.mark.parametrize(("data", "wanted"), COMES.values(), ids=COMES.keys())
def test_what_comes(data: dict[str, Any], wanted: Event) -> None:
    assert list(Custom(clock=lambda: NOW).parse(request(data), CREDS)) == [wanted]


BROKEN = [
    [],
    {"type": "message"},
    {**told(), "from": {"id": ""}},
    {**told(), "from": {"id": "x" * 513}},
    told(text=["x"]),
    told(text="x", at="2026-12-01T10:00:00"),
    told(files=[{"url": "javascript:alert(1)"}]),
    told(files=[{"url": "file:///etc/passwd"}]),
    told(place={"latitude": 91, "longitude": 0}),
    told(place={"latitude": float("nan"), "longitude": 0}),
    told(answer={"selected": []}),
    told("status", target="x", state="lost"),
    told("edited", text="x"),
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_cannot_be_read_is_malformed(data: Any) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(data), CREDS)


@given(payload=mutated([data for data, _ in COMES.values()], "voice", "failed", "nan", "file:///x"))
def test_a_changed_payload_is_understood_or_malformed(payload: Any) -> None:
    try:
        found = PLATFORM.parse(request(payload), CREDS)
    except Malformed:
        return
    (event,) = found
    storable(event)


# What goes -------------------------------------------------------------------------------------------


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door


class System:
    """The business's own: it keeps what it is told, checked by the reference library, and answers as told."""

    def __init__(self) -> None:
        self.url, self.told, self.keys = "", list[dict[str, Any]](), list[str]()
        self.answer: web.Response | None = None

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.told.append(Webhook(SECRET).verify(body, dict(request.headers)))
        self.keys.append(request.headers["webhook-id"])
        return self.answer or web.json_response({"id": "theirs", "name": "Shop"})

    @property
    def creds(self) -> dict[str, str]:
        return {**CREDS, "base_url": f"{self.url}/in"}


@pytest.fixture
async def system() -> AsyncIterator[System]:
    found, application = System(), web.Application()
    application.router.add_post("/in", found.take)
    application.router.add_get("/f", _file)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


async def _file(request: web.Request) -> web.Response:
    return web.Response(body=b"PNG", content_type="image/png", status=int(request.query.get("status", 200)))


QUICK = QuickReplies(id="c", prompt="?", options=(Option(id="y", title="Yes"),))
LINK = Link(id="c", text="Bill", button="Open", url="https://shop.example", image=0)
PICTURE = MediaFile(
    name="a.png", mime="image/png", kind="image", size=9, path=Path("/x"), url="https://chat.example/f"
)
FETCHED = {
    **{n: getattr(PICTURE, n) for n in ("name", "mime", "kind", "size", "url")},
    "preview_url": "",
    "seconds": 0,
}


def outgoing(part: Part, **fields: Any) -> Outgoing:
    return Outgoing(id=ID, sender="shop", to="customer-7", part=part, **fields)


BASE = {"account": "shop", "type": "message", "id": str(ID), "to": "customer-7", "automatic": False}
GOES: dict[str, tuple[Outgoing, dict[str, Any]]] = {
    "text": (
        outgoing(Part(kind="text", text="Héllo"), agent="Alice", locale="fr-FR", reply_to="m0"),
        {**BASE, "text": "Héllo", "agent": "Alice", "locale": "fr-FR", "reply_to": "m0"},
    ),
    "bot": (outgoing(Part(kind="text", text="x"), automatic=True), {**BASE, "text": "x", "automatic": True}),
    "file": (
        outgoing(Part(kind="media", media=0, text="Look"), media=PICTURE),
        {**BASE, "text": "Look", "file": FETCHED},
    ),
    "card": (
        outgoing(Part(kind="card", card=QUICK)),
        {**BASE, "text": "?\n1. Yes", "card": cards.to_json(QUICK), "files": {}},
    ),
    "card with a picture": (
        outgoing(Part(kind="card", card=LINK), files={0: PICTURE}),
        {**BASE, "text": cards.fallback_text(LINK), "card": cards.to_json(LINK), "files": {"0": FETCHED}},
    ),
}


@pytest.mark.parametrize(("message", "wanted"), GOES.values(), ids=GOES.keys())
async def test_what_goes(system: System, http: HttpDoor, message: Outgoing, wanted: dict[str, Any]) -> None:
    assert await PLATFORM.send(message, system.creds, http) == "theirs"
    assert (system.told, system.keys) == ([json.loads(json.dumps(wanted))], [str(ID)])


async def test_gestures_and_the_first_hello(system: System, http: HttpDoor) -> None:
    found = await PLATFORM.connect(system.creds, WEBHOOK, http)
    assert (found.address, found.name) == ("shop", "Shop")
    assert await PLATFORM.check(system.creds, WEBHOOK, http) == "Your system answers"
    await PLATFORM.typing("customer-7", "shop", True, system.creds, http)
    await PLATFORM.seen("customer-7", "m1", system.creds, http)
    hello = {"account": "shop", "type": "hello", "webhook_url": WEBHOOK}
    gestures = [
        {"account": "shop", "type": "typing", "to": "customer-7", "typing": True},
        {"account": "shop", "type": "seen", "to": "customer-7", "target": "m1"},
    ]
    assert system.told == [hello, hello, *gestures]
    assert len(set(system.keys)) == 4


@pytest.mark.parametrize("answer", [web.Response(), web.json_response({"id": None}), web.Response(text="ok")])
async def test_a_system_without_ids_is_fine(system: System, http: HttpDoor, answer: web.Response) -> None:
    system.answer = answer
    assert await PLATFORM.send(outgoing(Part(kind="text", text="x")), system.creds, http) == str(ID)


ERRORS: list[tuple[int, str, type[SendError]]] = [
    (401, "", BadCredentials),
    (403, "", BadCredentials),
    (302, "", BadCredentials),
    (404, "", BadCredentials),
    (410, "", ContactGone),
    (429, "", Throttled),
    (400, "", Rejected),
    (422, "window_closed", WindowClosed),
    (503, "", Unreachable),
    (500, "", Unknown),
]


@pytest.mark.parametrize(("status", "code", "wanted"), ERRORS)
async def test_what_a_refusal_means(
    system: System, http: HttpDoor, status: int, code: str, wanted: type[SendError]
) -> None:
    error = {"code": code, "words": f"because of {SECRET}"}
    system.answer = web.json_response({"error": error}, status=status, headers={"Retry-After": "7"})
    with pytest.raises(SendError) as raised:
        await PLATFORM.send(outgoing(Part(kind="text", text="x")), system.creds, http)
    assert (type(raised.value), raised.value.words) == (wanted, "because of •••")
    assert raised.value.code == (code or str(status))
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after == 7


async def test_a_hello_is_never_in_doubt(system: System, http: HttpDoor) -> None:
    system.answer = web.Response(status=500)
    with pytest.raises(Unreachable):
        await PLATFORM.check(system.creds, WEBHOOK, http)


async def test_files_are_fetched(system: System, http: HttpDoor) -> None:
    sink = io.BytesIO()
    media = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{system.url}/f"})
    assert (await PLATFORM.download(media, CREDS, http, sink), sink.getvalue()) == ("image/png", b"PNG")
    for status, wanted in [(404, Rejected), (500, Unreachable)]:
        gone = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{system.url}/f?status={status}"})
        with pytest.raises(wanted):
            await PLATFORM.download(gone, CREDS, http, io.BytesIO())


# The example of the documentation --------------------------------------------------------------------


@pytest.fixture
def example() -> Iterator[tuple[subprocess.Popen[str], socket.socket, str]]:
    """The program as it stands in the document, our side of its hook, and its address."""
    text = (ROOT / "docs/custom-channel.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    hook = socket.create_server(("127.0.0.1", 0))
    hook.settimeout(30)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    surroundings = {
        "SECRET": SECRET,
        "PORT": str(port),
        "HOOK": f"http://127.0.0.1:{hook.getsockname()[1]}/hook",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **surroundings},
    )
    try:
        yield process, hook, f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.communicate()
        hook.close()


async def test_the_documented_example_works(
    example: tuple[subprocess.Popen[str], socket.socket, str], http: HttpDoor
) -> None:
    process, hook, url = example
    assert process.stdin and process.stdout
    process.stdin.write("Bonjour ça va\n")
    process.stdin.flush()
    made = _received(hook)  # by now it listens
    PLATFORM.verify(made, CREDS)
    (event,) = PLATFORM.parse(made, CREDS)
    assert isinstance(event, MessageReceived)
    assert (event.text, event.address, event.ref) == ("Bonjour ça va", "me", PLATFORM.dedup_key(made))
    creds = {**CREDS, "base_url": url}
    await PLATFORM.connect(creds, WEBHOOK, http)
    message = Outgoing(id=ID, sender="shop", to="me", part=Part(kind="text", text="Oui"))
    first, again = [await PLATFORM.send(message, creds, http) for _ in range(2)]
    assert (first == again, process.stdout.readline()) == (True, "me reads: Oui\n")
    with pytest.raises(BadCredentials):
        await PLATFORM.check({**creds, "secret": OTHER}, WEBHOOK, http)


def _received(hook: socket.socket) -> Inbound:
    """One request, read by hand, and answered."""
    connection, _ = hook.accept()
    with connection:
        connection.settimeout(30)
        head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        headers = {name.lower(): value for name, _, value in lines}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
    return request(body, **headers)
