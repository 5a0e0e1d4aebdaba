"""Connecting, looking after a channel, files, people, links."""

from __future__ import annotations

import io
from typing import Any

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import Connection, Profile, Rejected, SendError, Unreachable
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.line.adapter import PLATFORM
from tests.platforms.recording import Server

from .payloads import USER, creds

WEBHOOK = "https://chat.example/hooks/line/key/"
INFO, ENDPOINT = "GET /v2/bot/info", "/v2/bot/channel/webhook/endpoint"
BOT = {"userId": "U0", "basicId": "@123abcde", "displayName": "Acme", "chatMode": "bot"}


@pytest.mark.parametrize(("more", "address"), [({}, "@123abcde"), ({"premiumId": "@acme"}, "@acme")])
async def test_connecting(more: dict[str, str], address: str, server: Server, http: HttpDoor) -> None:
    server.answers[INFO] = {**BOT, **more}
    connection = await PLATFORM.connect(creds(server), WEBHOOK, http)
    assert connection == Connection(address=address, name="Acme", generated={"basic_id": address})
    assert server.said == [(INFO, None), (f"PUT {ENDPOINT}", {"endpoint": WEBHOOK})]


async def test_an_account_without_an_id_cannot_be_linked_to(server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.connect(creds(server), WEBHOOK, http)


HEALTH: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"endpoint": WEBHOOK, "active": True}, {"type": "none"}, "Webhook set"),
    (
        {"endpoint": WEBHOOK, "active": True},
        {"type": "limited", "value": 500},
        "Webhook set, 12 of 500 pushes of this month used",
    ),
    ({"endpoint": WEBHOOK, "active": False}, {}, "webhook_off"),
    ({"endpoint": "https://other.example/", "active": True}, {}, "webhook_elsewhere"),
]


@pytest.mark.parametrize(("webhook", "quota", "outcome"), HEALTH)
async def test_health(
    webhook: dict[str, Any], quota: dict[str, Any], outcome: str, server: Server, http: HttpDoor
) -> None:
    server.answers |= {f"GET {ENDPOINT}": webhook, "GET /v2/bot/message/quota": quota}
    server.answers["GET /v2/bot/message/quota/consumption"] = {"totalUsage": 12}
    try:
        found = await PLATFORM.check(creds(server), WEBHOOK, http)
    except Rejected as error:
        found = error.code
    assert found == outcome


async def test_dots_and_marks(server: Server, http: HttpDoor) -> None:
    await PLATFORM.typing(USER, "@acme", True, creds(server), http)
    await PLATFORM.typing(USER, "@acme", False, creds(server), http)
    await PLATFORM.seen(USER, "read-1", creds(server), http)
    await PLATFORM.seen(USER, "325708", creds(server), http)  # a message's id marks nothing
    assert server.said == [
        ("POST /v2/bot/chat/loading/start", {"chatId": USER, "loadingSeconds": 20}),
        ("POST /v2/bot/chat/markAsRead", {"markAsReadToken": "read-1"}),
    ]


async def test_people(server: Server, http: HttpDoor) -> None:
    profile = f"GET /v2/bot/profile/{USER}"
    server.answers[profile] = {"displayName": "Ana", "userId": USER, "language": "fr"}
    assert await PLATFORM.profile(USER, creds(server), http) == Profile(name="Ana", locale="fr")
    server.answers[profile] = web.json_response({"message": "Not found"}, status=404)
    assert await PLATFORM.profile(USER, creds(server), http) is None


# Files ------------------------------------------------------------------------------------------------

CONTENT = "/v2/bot/message/325708/content"
FILE = web.Response


def file(kind: MediaKind, **locator: str) -> MediaRef:
    return MediaRef(kind=kind, locator=locator or {"message": "325708"}, mime="x/y")


async def fetched(media: MediaRef, server: Server, http: HttpDoor) -> tuple[str, bytes]:
    sink = io.BytesIO()
    return await PLATFORM.download(media, creds(server), http, sink), sink.getvalue()


async def test_a_picture_is_fetched_with_the_token(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {CONTENT}"] = web.Response(body=b"JPEG", content_type="image/jpeg")
    assert await fetched(file(MediaKind.IMAGE), server, http) == ("image/jpeg", b"JPEG")
    assert server.calls[0].headers["authorization"] == f"Bearer {creds(server)['token']}"


@pytest.mark.parametrize(
    "locator", [{"sticker": "5"}, {"url": "/stickershop/v1/sticker/5/android/sticker.png"}]
)
async def test_what_lies_elsewhere_is_fetched_without(
    locator: dict[str, str], server: Server, http: HttpDoor
) -> None:
    if "url" in locator:
        locator = {"url": f"{server.url}{locator['url']}"}
    place = "GET /stickershop/v1/sticker/5/android/sticker.png"
    server.answers[place] = web.Response(body=b"PNG", content_type="image/png")
    assert await fetched(file(MediaKind.STICKER, **locator), server, http) == ("image/png", b"PNG")
    assert "authorization" not in server.calls[0].headers


TRANSCODING: list[tuple[dict[str, str], type[SendError] | None]] = [
    ({"status": "succeeded"}, None),
    ({"status": "processing"}, Unreachable),
    ({"status": "failed"}, Rejected),
    ({}, Unreachable),
]


@pytest.mark.parametrize(("status", "error"), TRANSCODING)
async def test_a_film_is_fetched_when_it_is_ready(
    status: dict[str, str], error: type[SendError] | None, server: Server, http: HttpDoor
) -> None:
    server.answers[f"GET {CONTENT}/transcoding"] = status
    server.answers[f"GET {CONTENT}"] = web.Response(body=b"MP4", content_type="video/mp4")
    if error is None:
        assert await fetched(file(MediaKind.VIDEO), server, http) == ("video/mp4", b"MP4")
    else:
        with pytest.raises(error):
            await fetched(file(MediaKind.VIDEO), server, http)


@pytest.mark.parametrize(
    ("status", "error"), [(202, Unreachable), (404, Rejected), (410, Rejected), (500, Unreachable)]
)
async def test_a_file_that_does_not_come(
    status: int, error: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers[f"GET {CONTENT}"] = web.Response(status=status)
    with pytest.raises(SendError) as caught:
        await fetched(file(MediaKind.IMAGE), server, http)
    assert type(caught.value) is error


# Links ------------------------------------------------------------------------------------------------

LINKS = [
    ("", "", "", "https://line.me/R/ti/p/%40acme"),
    ("adsl", "", "", "https://line.me/R/oaMessage/%40acme/?%F0%9F%91%8B%20%5B%23adsl%5D"),
    ("adsl", "box", "Bonjour", "https://line.me/R/oaMessage/%40acme/?Bonjour%20%5B%23adsl%2Fbox%5D"),
]


@pytest.mark.parametrize(("tag", "group", "text", "link"), LINKS)
def test_entry_link(tag: str, group: str, text: str, link: str) -> None:
    assert PLATFORM.entry_link("@acme", tag, group=group, text=text) == link
