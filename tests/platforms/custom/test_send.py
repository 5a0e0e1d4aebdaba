"""What goes to the business's own system, and what its answers mean."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms import cards
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
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
from apps.platforms.cards import Link, Option, QuickReplies
from apps.platforms.custom.adapter import PLATFORM
from apps.platforms.events import MediaKind, MediaRef
from tests.platforms.custom.payloads import CREDS, ID, SECRET, WEBHOOK
from tests.platforms.custom.system import System

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
