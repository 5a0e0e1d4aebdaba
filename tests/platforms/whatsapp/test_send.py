"""What we ask of WhatsApp for each part of a message, and what its answers mean."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    Content,
    Greeting,
    MarketingStopped,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    TemplateUse,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from apps.platforms.cards import Link, LocationRequest
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.whatsapp.adapter import PLATFORM
from tests.platforms.graph import Server

from .payloads import CREDS, NUMBER, NUMBER_ID, USER_ID, WA_ID

MESSAGES = f"POST {NUMBER_ID}/messages"
HEAD = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "biz_opaque_callback_data": str(UUID(int=7)),
}
TEXT = Outgoing(id=UUID(int=7), sender=NUMBER, to=WA_ID, part=Part(kind="text", text="Hi"))
BODY = {"type": "text", "text": {"body": "Hi", "preview_url": False}}


def creds(server: Server) -> dict[str, str]:
    return {**CREDS, "base_url": server.url}


async def sent(outgoing: Outgoing, server: Server, http: HttpDoor) -> dict[str, Any]:
    """The body of the one message that was sent."""
    assert await PLATFORM.send(outgoing, creds(server), http) == "wamid.OUT"
    assert server.calls[-1].token == CREDS["token"]
    (body,) = [fields for path, fields in server.said if path == MESSAGES]
    return body


TO: dict[str, tuple[Outgoing, dict[str, Any]]] = {
    "number": (TEXT, {"to": WA_ID}),
    "user id": (replace(TEXT, to=USER_ID), {"recipient": USER_ID}),
    "user id whose number is known": (
        replace(TEXT, to=USER_ID, handle={"wa_id": WA_ID}),
        {"recipient": USER_ID},
    ),
    "quoting": (replace(TEXT, reply_to="wamid.Q"), {"to": WA_ID, "context": {"message_id": "wamid.Q"}}),
}


@pytest.mark.parametrize(("outgoing", "about"), TO.values(), ids=TO.keys())
async def test_to_whom(outgoing: Outgoing, about: dict[str, Any], server: Server, http: HttpDoor) -> None:
    assert await sent(outgoing, server, http) == {**HEAD, **about, **BODY}


async def test_a_link_is_shown_with_its_preview(server: Server, http: HttpDoor) -> None:
    part = Part(kind="link", text="https://shop.example/a")
    body = await sent(replace(TEXT, part=part), server, http)
    assert body["text"] == {"body": "https://shop.example/a", "preview_url": True}


@pytest.mark.parametrize("address", ["+49 151", "group@g.us", "", "de.123"])
async def test_a_strange_address_is_not_called(address: str, server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, to=address), creds(server), http)
    assert server.calls == []


# Files ------------------------------------------------------------------------------------------------

MB = 1024 * 1024
FILES: dict[str, tuple[tuple[str, str, int], dict[str, Any]]] = {
    "picture": (("image", "image/jpeg", 1), {"type": "image", "image": {"id": "MEDIA", "caption": "See"}}),
    "large picture": (
        ("image", "image/png", 5 * MB + 1),
        {"type": "document", "document": {"id": "MEDIA", "caption": "See", "filename": "a.bin"}},
    ),
    "gif": (
        ("image", "image/gif", 1),
        {"type": "document", "document": {"id": "MEDIA", "caption": "See", "filename": "a.bin"}},
    ),
    "film": (("video", "video/mp4", 16 * MB), {"type": "video", "video": {"id": "MEDIA", "caption": "See"}}),
    "large film": (
        ("video", "video/mp4", 16 * MB + 1),
        {"type": "document", "document": {"id": "MEDIA", "caption": "See", "filename": "a.bin"}},
    ),
    "sound": (("audio", "audio/mpeg", 1), {"type": "audio", "audio": {"id": "MEDIA"}}),
    "voice": (("voice", "audio/ogg", 1), {"type": "audio", "audio": {"id": "MEDIA", "voice": True}}),
    "sticker": (("sticker", "image/webp", 1), {"type": "sticker", "sticker": {"id": "MEDIA"}}),
    "anything": (
        ("file", "application/zip", 1),
        {"type": "document", "document": {"id": "MEDIA", "caption": "See", "filename": "a.bin"}},
    ),
}


def file(folder: Path, kind: str, mime: str, size: int) -> MediaFile:
    path = folder / "stored"
    path.write_bytes(b"bytes")
    return MediaFile(name="a.bin", mime=mime, kind=kind, size=size, path=path)


@pytest.mark.parametrize(("given", "expected"), FILES.values(), ids=FILES.keys())
async def test_files_are_uploaded_first(
    given: tuple[str, str, int], expected: dict[str, Any], server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    media = file(tmp_path, *given)
    part = Part(kind="media", media=0, text="See")
    body = await sent(replace(TEXT, part=part, media=media), server, http)
    assert body == {**HEAD, "to": WA_ID, **expected}
    upload = server.calls[0]
    assert upload.fields == {"messaging_product": "whatsapp", "type": media.mime}
    assert upload.files == {"file": ("a.bin", media.mime, b"bytes")}


@pytest.mark.parametrize(("kind", "mime"), [("voice", "audio/ogg"), ("sticker", "image/webp")])
def test_words_with_a_sound_go_before_it(kind: str, mime: str, tmp_path: Path) -> None:
    parts = PLATFORM.compose(Content(text="Listen", media=(file(tmp_path, kind, mime, 1),)), None)
    assert [(part.kind, part.text) for part in parts] == [("text", "Listen"), ("media", "")]


async def test_a_failed_upload_has_sent_nothing(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    server.answers[f"POST {NUMBER_ID}/media"] = web.Response(status=500)
    media = file(tmp_path, "image", "image/jpeg", 1)
    with pytest.raises(Unreachable):
        await PLATFORM.send(replace(TEXT, part=Part(kind="media", media=0), media=media), creds(server), http)


async def test_a_link_with_its_picture(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    card = Link(id="c", text="Look", button="Open", url="https://shop.example", image=0)
    files = {0: file(tmp_path, "image", "image/png", 1)}
    part = Part(kind="card", card=card)
    body = await sent(replace(TEXT, part=part, files=files), server, http)
    assert body["interactive"]["header"] == {"type": "image", "image": {"id": "MEDIA"}}


async def test_files_are_asked_for_and_fetched_with_the_token(server: Server, http: HttpDoor) -> None:
    server.answers["GET MEDIA"] = {"url": f"{server.url}/file", "mime_type": "image/jpeg", "id": "MEDIA"}
    media = MediaRef(kind=MediaKind.IMAGE, locator={"id": "MEDIA"})
    sink = io.BytesIO()
    assert await PLATFORM.download(media, creds(server), http, sink) == "image/jpeg"
    assert sink.getvalue() == b"JPEG"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_an_address_that_has_died_is_asked_for_anew(
    status: int, server: Server, http: HttpDoor
) -> None:
    """It lives for five minutes; the file itself for days."""
    server.answers["GET MEDIA"] = {"url": f"{server.url}/v26.0/old", "mime_type": "image/jpeg"}
    server.answers["GET old"] = web.Response(status=status)
    media = MediaRef(kind=MediaKind.IMAGE, locator={"id": "MEDIA"})
    with pytest.raises(Unreachable) as died:
        await PLATFORM.download(media, creds(server), http, io.BytesIO())
    assert died.value.code == "expired"
    server.answers["GET MEDIA"] = {"url": f"{server.url}/file", "mime_type": "image/jpeg"}
    sink = io.BytesIO()
    await PLATFORM.download(media, creds(server), http, sink)
    assert sink.getvalue() == b"JPEG"


async def test_the_token_goes_to_no_other_server(server: Server, http: HttpDoor) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.answers["GET MEDIA"] = {"url": f"{elsewhere}/file", "mime_type": "image/jpeg"}
    with pytest.raises(Rejected):
        media = MediaRef(kind=MediaKind.IMAGE, locator={"id": "MEDIA"})
        await PLATFORM.download(media, creds(server), http, io.BytesIO())


async def test_a_file_that_is_gone_blames_no_credential(server: Server, http: HttpDoor) -> None:
    server.refuse("GET MEDIA", 100, 33)
    with pytest.raises(Rejected):
        media = MediaRef(kind=MediaKind.IMAGE, locator={"id": "MEDIA"})
        await PLATFORM.download(media, creds(server), http, io.BytesIO())


async def test_an_answer_without_an_address(server: Server, http: HttpDoor) -> None:
    server.answers["GET MEDIA"] = {"id": "MEDIA"}
    with pytest.raises(Unreachable):
        media = MediaRef(kind=MediaKind.IMAGE, locator={"id": "MEDIA"})
        await PLATFORM.download(media, creds(server), http, io.BytesIO())


# Other calls ------------------------------------------------------------------------------------------


async def test_seen_and_starters(server: Server, http: HttpDoor) -> None:
    automation = f"{NUMBER_ID}/conversational_automation"
    server.answers[MESSAGES] = server.answers[f"POST {automation}"] = {"success": True}
    await PLATFORM.seen(USER_ID, "wamid.A", creds(server), http)
    await PLATFORM.greet(Greeting(starters=["x" * 90, "b", "c", "d", "e"]), creds(server), http)
    assert server.said == [
        (MESSAGES, {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}),
        (f"POST {automation}", {"prompts": ["x" * 80, "b", "c", "d"]}),
    ]


async def test_typing_is_shown_under_their_last_message(server: Server, http: HttpDoor) -> None:
    server.answers[MESSAGES] = {"success": True}
    await PLATFORM.typing("wamid.A", NUMBER, True, creds(server), http)
    await PLATFORM.typing("wamid.A", NUMBER, False, creds(server), http)
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}
    assert server.said == [(MESSAGES, {**read, "typing_indicator": {"type": "text"}})]


async def test_a_template_goes_to_the_number_where_it_is_known(server: Server, http: HttpDoor) -> None:
    use = TemplateUse(name="order_update", language="en_US", values={"1": "Ana"}, text="Hello Ana")
    part = Part(kind="template", template=use)
    outgoing = replace(TEXT, to=USER_ID, part=part, handle={"wa_id": WA_ID})
    body = await sent(outgoing, server, http)
    assert body == {
        **HEAD,
        "to": WA_ID,
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}],
        },
    }


# Errors -----------------------------------------------------------------------------------------------

ERRORS: dict[int, type[SendError]] = {
    0: BadCredentials,
    3: BadCredentials,
    4: Throttled,
    10: BadCredentials,
    100: Rejected,
    190: BadCredentials,
    200: BadCredentials,
    299: BadCredentials,
    368: BadCredentials,
    80007: Throttled,
    130429: Throttled,
    130472: Rejected,
    130497: Rejected,
    131000: Unknown,
    131005: BadCredentials,
    131008: Rejected,
    131009: Rejected,
    131016: Unreachable,
    131021: Rejected,
    131026: Rejected,
    131030: Rejected,
    131031: BadCredentials,
    131037: BadCredentials,
    131042: BadCredentials,
    131045: BadCredentials,
    131047: WindowClosed,
    131048: Throttled,
    131049: Rejected,
    131050: MarketingStopped,
    131051: Rejected,
    131052: Rejected,
    131053: Rejected,
    131056: Throttled,
    131057: Unreachable,
    131062: Rejected,
    131063: Rejected,
    131064: Throttled,
    132000: Rejected,
    132001: Rejected,
    132005: Rejected,
    132007: Rejected,
    132008: Rejected,
    132012: Rejected,
    132015: Rejected,
    132016: Rejected,
    132018: Rejected,
    132068: Rejected,
    133016: Throttled,
    135000: Unknown,
    137000: Rejected,
    139000: Rejected,
}


@pytest.mark.parametrize(("code", "meaning"), ERRORS.items())
async def test_what_an_error_means(
    code: int, meaning: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.refuse(MESSAGES, code, words="No (canary-app-secret)")
    with pytest.raises(SendError) as caught:
        await PLATFORM.send(TEXT, creds(server), http)
    assert type(caught.value) is meaning
    assert (caught.value.code, "canary" in caught.value.words) == (str(code), False)
    if isinstance(caught.value, Throttled):
        assert caught.value.only_this_address is (code == 131056)


async def test_which_credential_is_wrong(server: Server, http: HttpDoor) -> None:
    for code, subcode, field in ((190, 463, "token"), (100, 33, "phone_number_id"), (131042, 0, "")):
        server.refuse(MESSAGES, code, subcode)
        with pytest.raises(BadCredentials) as caught:
            await PLATFORM.send(TEXT, creds(server), http)
        assert caught.value.field == field


@pytest.mark.parametrize("field", ["phone_number_id", "token"])
async def test_credentials_that_cannot_be_any(field: str, server: Server, http: HttpDoor) -> None:
    with pytest.raises(BadCredentials) as caught:
        await PLATFORM.send(TEXT, {**creds(server), field: "../me é"}, http)
    assert (caught.value.field, server.calls) == (field, [])


async def test_an_answer_that_names_no_message_is_unknown(server: Server, http: HttpDoor) -> None:
    for answer in ({}, {"messages": []}, {"messages": [{}]}, {"messages": [1]}):
        server.answers[MESSAGES] = answer
        with pytest.raises(Unknown):
            await PLATFORM.send(TEXT, creds(server), http)


async def test_a_part_that_whatsapp_does_not_have(server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, part=Part(kind="card")), creds(server), http)
    ask = Part(kind="card", card=LocationRequest(id="c", prompt="Where?"))
    assert (await sent(replace(TEXT, part=ask), server, http))["interactive"]["type"] == (
        "location_request_message"
    )
