"""Connecting, health, files that are fetched, links."""

from __future__ import annotations

import io
from typing import Any

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import BadCredentials, Connection, Rejected, SendError, Unreachable
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.viber.adapter import PLATFORM
from tests.platforms.recording import Server

from .payloads import creds

WEBHOOK = "https://chat.example/hooks/viber/key/"
INFO, SET = "POST /get_account_info", "POST /set_webhook"
ACCOUNT = {"status": 0, "id": "pa:1", "name": "Acme", "uri": "acme", "webhook": WEBHOOK}


async def test_connecting(server: Server, http: HttpDoor) -> None:
    server.answers |= {INFO: ACCOUNT, SET: {"status": 0, "event_types": []}}
    connection = await PLATFORM.connect(creds(server), WEBHOOK, http)
    assert connection == Connection(address="acme", name="Acme", generated={"uri": "acme", "name": "Acme"})
    wanted = ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"]
    webhook = {"url": WEBHOOK, "event_types": wanted, "send_name": True, "send_photo": False}
    assert server.said == [(INFO, {}), (SET, webhook)]


REFUSED: list[tuple[dict[str, Any], type[SendError]]] = [
    ({INFO: {"status": 2, "status_message": "invalidAuthToken"}}, BadCredentials),
    ({INFO: {"status": 0}}, Rejected),
    ({SET: {"status": 1, "status_message": "invalidUrl"}}, Rejected),
    ({SET: web.Response(status=502)}, Unreachable),
]


@pytest.mark.parametrize(("answers", "error"), REFUSED)
async def test_a_refused_connection(
    answers: dict[str, Any], error: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers |= {INFO: ACCOUNT, SET: {"status": 0}, **answers}
    with pytest.raises(error):
        await PLATFORM.connect(creds(server), WEBHOOK, http)


async def test_health(server: Server, http: HttpDoor) -> None:
    server.answers[INFO] = {**ACCOUNT, "subscribers_count": 35}
    assert await PLATFORM.check(creds(server), WEBHOOK, http) == "Webhook set, 35 subscriber(s)"
    with pytest.raises(Rejected):
        await PLATFORM.check(creds(server), "https://other.example/", http)


@pytest.mark.parametrize(
    ("status", "error"), [(200, None), (403, Rejected), (410, Rejected), (500, Unreachable)]
)
async def test_download(status: int, error: type[SendError] | None, server: Server, http: HttpDoor) -> None:
    server.answers["GET /a"] = web.Response(status=status, body=b"JPEG", content_type="image/jpeg")
    media, sink = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{server.url}/a"}), io.BytesIO()
    if error is None:
        assert await PLATFORM.download(media, creds(server), http, sink) == "image/jpeg"
        assert (sink.getvalue(), "x-viber-auth-token" in server.calls[0].headers) == (b"JPEG", False)
    else:
        with pytest.raises(error):
            await PLATFORM.download(media, creds(server), http, sink)


LINKS = [
    ("", "", "", "https://chats.viber.com/acme"),
    ("adsl", "", "", "viber://pa?chatURI=acme&context=adsl&text="),
    ("adsl", "box", "Bonjour &", "viber://pa?chatURI=acme&context=adsl%2Fbox&text=Bonjour%20%26"),
]


@pytest.mark.parametrize(("tag", "group", "text", "link"), LINKS)
def test_entry_link(tag: str, group: str, text: str, link: str) -> None:
    assert PLATFORM.entry_link("acme", tag, group=group, text=text) == link
