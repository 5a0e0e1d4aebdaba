"""What goes out, what every answer means, signing, files, links."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from apps.core.http import HttpDoor, Response
from apps.platforms.base import (
    BadCredentials,
    Connection,
    ContactGone,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.x_dm import errors, oauth
from apps.platforms.x_dm.adapter import PLATFORM
from tests.platforms.recording import Server

from .payloads import DM, SEND, THEM, US, Json, creds

TEXT = Outgoing(id=UUID(int=7), sender=US, to=THEM, part=Part(kind="text", text="Hello"))
WEBHOOK = "https://chat.example/hooks/x_dm/key/"


async def test_a_text(server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.send(TEXT, creds(server), http) == DM
    assert server.said == [(SEND, {"text": "Hello"})]
    assert server.calls[0].headers["authorization"].startswith("OAuth oauth_consumer_key=")


def test_signature_of_the_documentation() -> None:
    """The worked example of X's page about creating a signature; oauthlib 3.3.1 signs it the same way."""
    known = {
        "consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "consumer_secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "access_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "access_token_secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    }
    url = (
        "https://api.twitter.com/1.1/statuses/update.json?include_entities=true"
        "&status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21"
    )
    nonce = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"
    made = oauth.header("POST", url, known, nonce=nonce, at=1318622958)
    assert 'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"' in made


def problem(status: int, name: str = "", words: str = "No.", **headers: str) -> Response:
    body = {"title": "No", "detail": words, "status": status}
    body |= {"type": f"https://api.twitter.com/2/problems/{name}"} if name else {"type": "about:blank"}
    return Response(status, headers, web.json_response(body).body)  # type: ignore[arg-type]


ERRORS: dict[str, tuple[Response, type[SendError], str]] = {
    "bad request": (problem(400, "invalid-request"), Rejected, "invalid-request"),
    "token": (problem(401, words="Unauthorized canary0token0secret"), BadCredentials, "401"),
    "no credits": (problem(402), BadCredentials, "402"),
    "they do not take messages": (problem(403), ContactGone, "403"),
    "app's permissions": (problem(403, "oauth1-permissions"), BadCredentials, "oauth1-permissions"),
    "app's tier": (problem(403, "client-forbidden"), BadCredentials, "client-forbidden"),
    "cap of the plan": (problem(429, "usage-capped"), BadCredentials, "usage-capped"),
    "nobody": (problem(404, "resource-not-found"), Rejected, "resource-not-found"),
    "too fast": (problem(429, **{"x-rate-limit-reset": "5"}), Throttled, "429"),
    "too fast without words": (Response(429, {}, b""), Throttled, "429"),
    "old shape": (Response(403, {}, b'{"errors": [{"code": 349, "message": "No."}]}'), ContactGone, "403"),
    "other server": (Response(404, {}, b"<html>"), BadCredentials, "404"),
    "server error": (problem(500), Unknown, "500"),
    "over capacity": (problem(503), Unknown, "503"),
    "no JSON": (Response(200, {}, b"ok"), Unknown, "200"),
}


@pytest.mark.parametrize(("answer", "meaning", "code"), ERRORS.values(), ids=ERRORS.keys())
def test_what_an_answer_means(answer: Response, meaning: type[SendError], code: str) -> None:
    with pytest.raises(SendError) as caught:
        errors.result_of(answer, ["canary0token0secret"], to_customer=True)
    assert (type(caught.value), caught.value.code, "canary" in caught.value.words) == (meaning, code, False)


def test_a_call_about_the_app_is_never_the_customers_fault() -> None:
    with pytest.raises(BadCredentials):
        errors.result_of(problem(403), [])


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"x-rate-limit-reset": "in ten minutes"}, 500, 600),
        ({"x-rate-limit-reset": "5"}, 1, 1),
        ({"x-rate-limit-reset": "9" * 12}, 3600, 3600),
        ({"x-rate-limit-reset": "soon"}, 60, 60),
        ({"retry-after": "7"}, 7, 7),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], least: float, most: float) -> None:
    later = str(int(time.time()) + 600)
    said = {name: later if value == "in ten minutes" else value for name, value in headers.items()}
    with pytest.raises(Throttled) as caught:
        errors.result_of(problem(429, **said), [])
    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("answer", [{}, {"data": 1}, {"data": {}}, {"data": {"dm_event_id": 5}}])
async def test_an_answer_that_names_no_message(answer: Any, server: Server, http: HttpDoor) -> None:
    server.answers[SEND] = answer
    with pytest.raises(Unknown):
        await PLATFORM.send(TEXT, creds(server), http)


# Files ------------------------------------------------------------------------------------------------


def outgoing(mime: str, size: int = 1, url: str = "https://chat.example/f/a") -> Outgoing:
    kind = mime.split("/")[0]
    media = MediaFile(name="a.bin", mime=mime, kind=kind, size=size, path=Path("/x"), url=url)
    return replace(TEXT, part=Part(kind="media", media=0), media=media)


@pytest.mark.parametrize("mime", ["video/quicktime", "application/pdf", "audio/ogg"])
async def test_what_is_no_picture_goes_as_a_link(mime: str, server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(outgoing(mime), creds(server), http)
    assert server.said == [(SEND, {"text": "a.bin\nhttps://chat.example/f/a"})]


async def test_a_large_picture_goes_as_a_link(server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(outgoing("image/png", 5 * 1024 * 1024 + 1), creds(server), http)
    assert server.said[0][1]["text"].startswith("a.bin")


async def test_a_file_without_an_address_cannot_go(server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(outgoing("application/pdf", url=""), creds(server), http)


async def test_a_picture_that_is_gone(server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected) as caught:
        await PLATFORM.send(outgoing("image/png"), creds(server), http)
    assert (caught.value.code, server.said) == ("file_missing", [])


PICTURE = "/2/dm_conversations/media/1/77/a.jpg"


def ref(**locator: str) -> MediaRef:
    return MediaRef(kind=MediaKind.IMAGE, locator=locator, mime="image/jpeg")


async def test_a_picture_is_fetched_in_our_name(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {PICTURE}"] = web.Response(body=b"JPEG", content_type="image/jpeg")
    sink = io.BytesIO()
    media = ref(message="1", media="77", resource="a.jpg")
    assert await PLATFORM.download(media, creds(server), http, sink) == "image/jpeg"
    assert sink.getvalue() == b"JPEG"
    assert server.calls[0].headers["authorization"].startswith("OAuth ")


@pytest.mark.parametrize(
    ("status", "error"), [(404, Rejected), (403, Rejected), (500, Unreachable), (429, Throttled)]
)
async def test_a_file_that_does_not_come(
    status: int, error: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers["GET /film.mp4"] = web.Response(status=status)
    with pytest.raises(error):
        await PLATFORM.download(ref(url=f"{server.url}/film.mp4"), creds(server), http, io.BytesIO())


@pytest.mark.parametrize(
    "url", ["https://evil.example/a", "http://video.twimg.com/a", "https://twimg.com.evil.example/a", "//["]
)
async def test_nobody_elses_server_is_called(url: str, server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.download(ref(url=url), creds(server), http, io.BytesIO())


# Account ----------------------------------------------------------------------------------------------


async def test_connecting(server: Server, http: HttpDoor) -> None:
    server.answers["GET /2/users/me"] = {"data": {"id": US, "name": "Acme", "username": "acme"}}
    connection = await PLATFORM.connect(creds(server), WEBHOOK, http)
    assert connection == Connection(address=US, name="@acme", generated={"user_id": US})


@pytest.mark.parametrize("me", [{}, {"data": {}}, {"data": {"id": "abc"}}, {"data": []}])
async def test_an_account_that_x_does_not_name(me: Json, server: Server, http: HttpDoor) -> None:
    server.answers["GET /2/users/me"] = me
    with pytest.raises(Rejected):
        await PLATFORM.connect(creds(server), WEBHOOK, http)


OURS = {"id": "5", "url": WEBHOOK, "valid": True}
SUBSCRIPTION = "/2/account_activity/webhooks/5/subscriptions/all"
LISTED, MADE, AGAIN = "GET /2/webhooks", "POST /2/webhooks", "PUT /2/webhooks/5"
CHECKS: dict[str, tuple[list[Json], bool, list[str]]] = {
    "new": ([], False, [LISTED, MADE, f"GET {SUBSCRIPTION}", f"POST {SUBSCRIPTION}"]),
    "all there": ([OURS], True, [LISTED, f"GET {SUBSCRIPTION}"]),
    "given up": ([{**OURS, "valid": False}], True, [LISTED, AGAIN, f"GET {SUBSCRIPTION}"]),
    "another program's": (
        [{**OURS, "id": "4", "url": "https://other.example/"}],
        True,
        [LISTED, MADE, f"GET {SUBSCRIPTION}"],
    ),
}


@pytest.mark.parametrize(("known", "subscribed", "calls"), CHECKS.values(), ids=CHECKS.keys())
async def test_checking_registers_what_is_missing(
    known: list[Json], subscribed: bool, calls: list[str], server: Server, http: HttpDoor
) -> None:
    server.answers |= {
        "POST /oauth2/token": {"token_type": "bearer", "access_token": "AAAA"},
        LISTED: {"data": known},
        MADE: {"data": OURS},
        f"GET {SUBSCRIPTION}": {"data": {"subscribed": subscribed}},
    }
    assert await PLATFORM.check(creds(server), WEBHOOK, http) == "Webhook set, account subscribed"
    assert [call.what for call in server.calls] == ["POST /oauth2/token", *calls]
    assert server.calls[1].headers["authorization"] == "Bearer AAAA"


LINKS = [
    ("", "", "", f"https://twitter.com/i/user/{US}"),
    (
        "adsl",
        "box",
        "Hi",
        f"https://twitter.com/messages/compose?recipient_id={US}&text=Hi%20%5B%23adsl%2Fbox%5D",
    ),
]


@pytest.mark.parametrize(("tag", "group", "text", "link"), LINKS)
def test_entry_link(tag: str, group: str, text: str, link: str) -> None:
    assert PLATFORM.entry_link(US, tag, group=group, text=text) == link
