"""Connecting, checking, who people are, fetching files."""

from __future__ import annotations

import io
from typing import Any

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import BadCredentials, Profile, Rejected, SendError, Unreachable
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.slack.adapter import PLATFORM
from tests.platforms.slack.payloads import BOT, BOT_ID, CHANNEL, DIRECT, ROOT, TEAM, USER
from tests.platforms.slack.server import GOOD, Server

WEBHOOK = "https://chat.example/hooks/slack/key/"


async def test_connecting_finds_the_workspace(server: Server, http: HttpDoor) -> None:
    found = await PLATFORM.connect(server.creds, WEBHOOK, http)
    assert (found.address, found.name) == (TEAM, "Acme")
    assert found.generated == {
        "team_id": TEAM,
        "bot_user_id": BOT,
        "bot_id": BOT_ID,
        "scopes": "chat:write,metadata.message:read",
    }
    assert [(call.method, call.token) for call in server.calls] == [("auth.test", "xoxb-123-canary")]
    assert await PLATFORM.check(server.creds, WEBHOOK, http) == "Workspace Acme connected"


@pytest.mark.parametrize(
    ("scopes", "changes", "field", "words"),
    [
        ("chat:write", {}, "token", "metadata.message:read"),
        ("", {}, "token", "chat:write"),
        (None, {"signing_secret": ""}, "signing_secret", "missing"),
        (None, {"token": "xoxp-person"}, "token", "not the token"),
    ],
)
async def test_what_is_missing_is_said(
    server: Server, http: HttpDoor, scopes: str | None, changes: dict[str, str], field: str, words: str
) -> None:
    server.scopes = scopes
    with pytest.raises(BadCredentials, match=words) as told:
        await PLATFORM.connect({**server.creds, **changes}, WEBHOOK, http)
    assert told.value.field == field


async def test_a_server_that_hides_scopes_is_believed(server: Server, http: HttpDoor) -> None:
    server.scopes = None
    assert (await PLATFORM.connect(server.creds, WEBHOOK, http)).generated["scopes"] == ""


async def test_a_token_of_no_bot_is_refused(server: Server, http: HttpDoor) -> None:
    server.answers["auth.test"] = {**GOOD["auth.test"], "bot_id": None}
    with pytest.raises(Rejected):
        await PLATFORM.connect(server.creds, WEBHOOK, http)


@pytest.mark.parametrize(
    ("error", "status", "wanted"),
    [("invalid_auth", 200, BadCredentials), ("internal_error", 500, Unreachable)],
)
async def test_a_refused_check(
    server: Server, http: HttpDoor, error: str, status: int, wanted: type[SendError]
) -> None:
    server.refuse("auth.test", error, status=status)
    with pytest.raises(wanted):
        await PLATFORM.check(server.creds, WEBHOOK, http)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (DIRECT, ("conversations.info", {"channel": DIRECT})),
        (f"{CHANNEL}:{ROOT}", ("conversations.replies", {"channel": CHANNEL, "ts": ROOT, "limit": "1"})),
    ],
)
async def test_who_somebody_is(server: Server, http: HttpDoor, address: str, asked: tuple[str, Any]) -> None:
    found = await PLATFORM.profile(address, server.creds, http)
    assert found == Profile(name="Zoé Martin", locale="fr-FR")
    assert server.asked == [asked, ("users.info", {"user": USER, "include_locale": "true"})]


async def test_nobody_is_nobody(server: Server, http: HttpDoor) -> None:
    server.answers["conversations.info"] = {"channel": {}}
    assert await PLATFORM.profile(DIRECT, server.creds, http) is None


def media(url: str = "", **changes: Any) -> MediaRef:
    about = {"kind": MediaKind.IMAGE, "mime": "image/png"}
    return MediaRef(**{**about, "locator": {"id": "F1", "url": url}, **changes})


async def test_a_file_is_fetched_with_the_token(server: Server, http: HttpDoor) -> None:
    sink = io.BytesIO()
    mime = await PLATFORM.download(media(f"{server.url}/file"), server.creds, http, sink)
    assert (mime, sink.getvalue()) == ("image/png", b"PNG")
    assert server.calls[-1].token == "Bearer xoxb-123-canary"


async def test_the_address_of_a_file_is_asked_for(server: Server, http: HttpDoor) -> None:
    server.answers["files.info"] = {"file": {"url_private": f"{server.url}/file"}}
    assert await PLATFORM.download(media(mime=""), server.creds, http, io.BytesIO()) == "image/png"
    assert server.asked[0] == ("files.info", {"file": "F1"})


REFUSED: dict[str, tuple[web.Response, type[SendError]]] = {
    "sign in": (web.Response(text="<html>", content_type="text/html"), BadCredentials),
    "gone": (web.Response(status=404), Rejected),
    "later": (web.Response(status=502), Unreachable),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_file_that_is_not_given(server: Server, http: HttpDoor, case: str) -> None:
    server.file, wanted = REFUSED[case]
    with pytest.raises(wanted):
        await PLATFORM.download(media(f"{server.url}/file"), server.creds, http, io.BytesIO())


async def test_a_page_that_somebody_sent_is_a_file(server: Server, http: HttpDoor) -> None:
    server.file = web.Response(text="<html>", content_type="text/html")
    page = media(f"{server.url}/file", mime="text/html")
    assert await PLATFORM.download(page, server.creds, http, io.BytesIO()) == "text/html"


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("", "https://slack.com.evil.example/x"),
        ("", "https://evilslack.com/x"),
        ("", "http://files.slack.com/x"),
        ("", "https://files.slack.com@evil.example/x"),
        ("https://other.example", "https://files.slack.com/x"),
        ("", "https://[bad"),
    ],
)
async def test_the_token_goes_nowhere_else(http: HttpDoor, base_url: str, url: str) -> None:
    creds = {"token": "xoxb-1", "base_url": base_url}
    with pytest.raises(Rejected) as told:
        await PLATFORM.download(media(url), creds, http, io.BytesIO())
    assert told.value.code == "foreign_file"


async def test_no_address_of_a_file(server: Server, http: HttpDoor) -> None:
    server.answers["files.info"] = {"file": {}}
    with pytest.raises(Rejected):
        await PLATFORM.download(media(), server.creds, http, io.BytesIO())
