"""X's usual Python client as second opinion: it asks X for the same things in the same words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

import pytest
from oauthlib.common import Request
from oauthlib.oauth1.rfc5849 import signature

from apps.core.http import HttpDoor
from apps.platforms.base import MediaFile, Outgoing, Part
from apps.platforms.x_dm.adapter import PLATFORM
from tests.platforms.rest import Call, Server, rest_server

from .payloads import CREDS, DM, SEND, SENT, THEM, US
from .tweepy_client import client

TEXT = Outgoing(id=UUID(int=7), sender=US, to=THEM, part=Part(kind="text", text="Hello <b> & 你好"))


def signed(call: Call, server: Server) -> bool:
    """Whether the signature is the one that oauthlib makes, which tweepy signs with."""
    given = {
        name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', call.headers["authorization"])
    }
    request = Request(f"{server.url}{call.path}", http_method=call.method)
    request.params = [(name, value) for name, value in given.items() if name != "oauth_signature"]
    request.signature = given["oauth_signature"]
    secrets = CREDS["consumer_secret"], CREDS["access_token_secret"]
    return bool(signature.verify_hmac_sha1(request, *secrets))


@pytest.fixture
async def x() -> AsyncIterator[Server]:
    async with rest_server() as server:
        server.answers |= {SEND: SENT, "POST /2/media/upload": {"data": {"id": "77"}}}
        yield server


async def sent(outgoing: Outgoing, x: Server, http: HttpDoor, **given: str) -> list[Call]:
    """What we ask, and what tweepy asks when it is told `given`."""
    creds = {**CREDS, "base_url": x.url}
    assert await PLATFORM.send(outgoing, creds, http) == DM
    said = client(creds).create_direct_message
    answer = await asyncio.to_thread(partial(said, participant_id=THEM, **given))
    assert answer.data["dm_event_id"] == DM
    return x.asked(SEND)


async def test_a_message_is_what_tweepy_sends(x: Server, http: HttpDoor) -> None:
    ours, theirs = await sent(TEXT, x, http, text=TEXT.part.text)
    assert ours.fields == theirs.fields == {"text": TEXT.part.text}
    assert (signed(ours, x), signed(theirs, x)) == (True, True)


async def test_a_picture_is_what_tweepy_sends(x: Server, http: HttpDoor, tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"PNG")
    media = MediaFile(name="a.png", mime="image/png", kind="image", size=3, path=path)
    picture = replace(TEXT, part=Part(kind="media", media=0), media=media)
    ours, theirs = await sent(picture, x, http, media_id="77")
    assert ours.fields == theirs.fields == {"attachments": [{"media_id": "77"}]}
    assert signed(x.calls[0], x)
