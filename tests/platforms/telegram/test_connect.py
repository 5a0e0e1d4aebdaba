"""Connecting a bot, looking after it, fetching files from it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    Connection,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.telegram.adapter import PLATFORM
from tests.platforms.telegram.server import Server
from tests.platforms.telegram.updates import CREDS, SECRET

WEBHOOK = "https://chat.example/hooks/telegram/key/"


async def test_connecting_checks_the_token_and_registers_the_webhook(server: Server, http: HttpDoor) -> None:
    creds = {"token": CREDS["token"], "base_url": server.url}
    connection = await PLATFORM.connect(creds, WEBHOOK, http)
    secret = connection.generated["webhook_secret"]
    assert connection == Connection(
        address="acme_bot", name="Acme", generated={"webhook_secret": secret, "username": "acme_bot"}
    )
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert [(call.method, call.fields) for call in server.calls] == [
        ("getMe", {}),
        (
            "setWebhook",
            {
                "url": WEBHOOK,
                "secret_token": secret,
                "allowed_updates": [
                    "message",
                    "edited_message",
                    "callback_query",
                    "my_chat_member",
                    "message_reaction",
                ],
            },
        ),
    ]


async def test_connecting_again_changes_nothing(server: Server, http: HttpDoor) -> None:
    creds = {"token": CREDS["token"], "base_url": server.url}
    first = await PLATFORM.connect(creds, WEBHOOK, http)
    again = await PLATFORM.connect({**creds, **first.generated}, WEBHOOK, http)
    assert again == first
    assert server.calls[:2] == server.calls[2:]


async def test_every_connection_has_a_secret_of_its_own(server: Server, http: HttpDoor) -> None:
    creds = {"token": CREDS["token"], "base_url": server.url}
    first, second = [await PLATFORM.connect(creds, WEBHOOK, http) for _ in range(2)]
    assert first.generated["webhook_secret"] != second.generated["webhook_secret"]


async def test_a_token_with_spaces_around_it_is_the_token(server: Server, http: HttpDoor) -> None:
    connection = await PLATFORM.connect({**server.creds, "token": f" {CREDS['token']}\n"}, WEBHOOK, http)
    assert connection.address == "acme_bot"


# method, error_code, description, error, credential it blames
REFUSALS: list[tuple[str, int, str, type[SendError], str]] = [
    ("getMe", 401, "Unauthorized", BadCredentials, "token"),
    ("getMe", 404, "Not Found", BadCredentials, "token"),
    ("getMe", 500, "Internal Server Error: restart", Unreachable, ""),
    ("getMe", 429, "Too Many Requests: retry after 1", Throttled, ""),
    ("setWebhook", 400, "Bad Request: bad webhook: HTTPS url must be provided for webhook", Rejected, ""),
    ("setWebhook", 500, "Internal Server Error", Unreachable, ""),
]


@pytest.mark.parametrize(("method", "code", "words", "error", "field"), REFUSALS)
async def test_refused_connection(
    method: str, code: int, words: str, error: type[SendError], field: str, server: Server, http: HttpDoor
) -> None:
    server.refuse(method, code, words)
    with pytest.raises(SendError) as refused:
        await PLATFORM.connect(server.creds, WEBHOOK, http)
    found = (type(refused.value), refused.value.words, getattr(refused.value, "field", ""))
    assert found == (error, words, field)


async def test_a_wrong_base_url_is_blamed(server: Server, http: HttpDoor) -> None:
    creds = {**server.creds, "base_url": f"{server.url}/nowhere/of/that/kind"}
    with pytest.raises(BadCredentials) as refused:
        await PLATFORM.connect(creds, WEBHOOK, http)
    assert refused.value.field == "base_url"


async def test_a_bot_without_a_username_cannot_be_linked_to(server: Server, http: HttpDoor) -> None:
    server.result("getMe", {"id": 1})
    with pytest.raises(Rejected):
        await PLATFORM.connect(server.creds, WEBHOOK, http)


# Health -----------------------------------------------------------------------------------------------

LATE = {"last_error_date": 1, "last_error_message": "Wrong response from the webhook: 502 Bad Gateway"}

HEALTHY = [
    ({"url": WEBHOOK, "pending_update_count": 0}, "Webhook set, 0 update(s) waiting"),
    ({"url": WEBHOOK, "pending_update_count": 3}, "Webhook set, 3 update(s) waiting"),
    ({"url": WEBHOOK, "pending_update_count": 0, **LATE}, "Webhook set, 0 update(s) waiting"),
]
ILL: list[tuple[Any, type[SendError], str]] = [
    ({"url": "", "pending_update_count": 0}, Rejected, "webhook_elsewhere"),
    ({"url": "https://other.example/", "pending_update_count": 0}, Rejected, "webhook_elsewhere"),
    ({"url": WEBHOOK, "pending_update_count": 3, **LATE}, Unreachable, "webhook_failing"),
    ("nonsense", Unknown, ""),
]


@pytest.mark.parametrize(("webhook", "words"), HEALTHY)
async def test_healthy(webhook: dict[str, Any], words: str, server: Server, http: HttpDoor) -> None:
    server.result("getWebhookInfo", webhook)
    assert await PLATFORM.check(server.creds, WEBHOOK, http) == words
    assert [call.method for call in server.calls] == ["getWebhookInfo"]


@pytest.mark.parametrize(("webhook", "error", "code"), ILL)
async def test_ill(webhook: Any, error: type[SendError], code: str, server: Server, http: HttpDoor) -> None:
    server.result("getWebhookInfo", webhook)
    with pytest.raises(SendError) as ill:
        await PLATFORM.check(server.creds, WEBHOOK, http)
    assert (type(ill.value), ill.value.code) == (error, code)


async def test_what_telegram_says_about_our_webhook_is_told_without_the_secret(
    server: Server, http: HttpDoor
) -> None:
    failing = {"url": WEBHOOK, "pending_update_count": 1, "last_error_message": f"refused {SECRET}"}
    server.result("getWebhookInfo", failing)
    with pytest.raises(Unreachable) as ill:
        await PLATFORM.check(server.creds, WEBHOOK, http)
    assert ill.value.words == "Telegram cannot deliver 1 update(s): refused •••"


# Files ------------------------------------------------------------------------------------------------


def photo(mime: str = "") -> MediaRef:
    return MediaRef(kind=MediaKind.IMAGE, locator={"file_id": "FILE"}, mime=mime)


@pytest.mark.parametrize(("said", "found"), [("", "image/jpeg"), ("image/png", "image/png")])
async def test_download(said: str, found: str, server: Server, http: HttpDoor) -> None:
    sink = io.BytesIO()
    assert await PLATFORM.download(photo(said), server.creds, http, sink) == found
    assert sink.getvalue() == b"JPEG"
    assert [(call.method, call.fields) for call in server.calls] == [
        ("getFile", {"file_id": "FILE"}),
        ("file", {"path": "photos/file 1.jpg"}),
    ]


@pytest.mark.parametrize("path", ["/var/lib/bot/photo.jpg", "", None, 5])
async def test_a_file_without_an_address(path: Any, server: Server, http: HttpDoor) -> None:
    server.result("getFile", {"file_id": "FILE", "file_path": path})
    with pytest.raises((Rejected, Unreachable)):
        await PLATFORM.download(photo(), server.creds, http, io.BytesIO())
    assert [call.method for call in server.calls] == ["getFile"]


async def test_a_file_that_is_too_big_is_so_in_telegrams_words(server: Server, http: HttpDoor) -> None:
    server.refuse("getFile", 400, "Bad Request: file is too big")
    with pytest.raises(Rejected, match="file is too big"):
        await PLATFORM.download(photo(), server.creds, http, io.BytesIO())


DOWNLOADS: list[tuple[int, type[SendError]]] = [
    (404, Rejected),
    (401, Rejected),
    (403, Rejected),
    (429, Throttled),
    (500, Unreachable),
    (503, Unreachable),
]


@pytest.mark.parametrize(("status", "error"), DOWNLOADS)
async def test_a_file_that_does_not_come(
    status: int, error: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.file = web.Response(status=status, text=f"no {CREDS['token']}")
    sink = io.BytesIO()
    with pytest.raises(SendError) as failed:
        await PLATFORM.download(photo(), server.creds, http, sink)
    assert (type(failed.value), sink.getvalue()) == (error, b"")
    assert "canary" not in repr(failed.value)


# Links ------------------------------------------------------------------------------------------------

LINKS = [
    ("acme_bot", "adsl", "https://t.me/acme_bot?start=adsl"),
    ("acme_bot", "", "https://t.me/acme_bot"),
    ("acme_bot", "a&b=c#d", "https://t.me/acme_bot?start=a%26b%3Dc%23d"),
    ("../evil?x", "a", "https://t.me/..%2Fevil%3Fx?start=a"),
]


@pytest.mark.parametrize(("address", "tag", "link"), LINKS)
def test_entry_link(address: str, tag: str, link: str) -> None:
    assert PLATFORM.entry_link(address, tag, group="g", text="hi") == link
