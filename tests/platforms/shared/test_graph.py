"""Meta's Graph API: proofs, addresses, time stamps, and one row for each error that all products share."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from apps.core.http import Egress, HttpDoor, Response
from apps.platforms.base import (
    BadCredentials,
    BadSignature,
    Inbound,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.shared import graph, graph_errors
from apps.platforms.shared.graph import Account

BODY = b'{"object":"page","entry":[]}'
SIGNED = "sha256=0e9e0080a310f376450c46d999aa4d49ed772bfe43c13205f38a3a6e6611ed2b"
ACCOUNT = Account(token="EAAcanary", app_secret="appsecret")


def request(method: str = "POST", *, query: dict[str, str] | None = None, **headers: str) -> Inbound:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Inbound(method=method, path="/hooks/x/", query=query or {}, headers=named, body=BODY)


def test_the_signature_is_over_the_raw_bytes() -> None:
    graph.verify(request(x_hub_signature_256=SIGNED), "appsecret")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_hub_signature": "sha1=5a1d0b0e9e0080a310f376450c46d999aa4d49ed"},
        {"x_hub_signature_256": SIGNED.removeprefix("sha256=")},
        {"x_hub_signature_256": SIGNED.upper()},
    ],
    ids=["none", "sha1 only", "no prefix", "upper case"],
)
def test_nothing_else_is_a_signature(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        graph.verify(request(**headers), "appsecret")


def test_json_written_anew_is_another_body() -> None:
    body = b'{"text":"\\u00e9"}'
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    signature = "sha256=" + graph.signatures.sign("appsecret", body)
    said = Inbound(method="POST", path="/", query={}, headers={"x-hub-signature-256": signature}, body=again)
    with pytest.raises(BadSignature):
        graph.verify(said, "appsecret")


ASKED = {"hub.mode": "subscribe", "hub.verify_token": "ours", "hub.challenge": "1158201444"}


def test_the_challenge_goes_back_to_who_knows_the_token() -> None:
    answer = graph.handshake(request("GET", query=ASKED), "ours")
    assert answer is not None and (answer.status, answer.body) == (200, "1158201444")


@pytest.mark.parametrize(
    ("method", "query", "token"),
    [
        ("GET", {**ASKED, "hub.verify_token": "theirs"}, "ours"),
        ("GET", {**ASKED, "hub.verify_token": ""}, ""),
        ("GET", {**ASKED, "hub.mode": "unsubscribe"}, "ours"),
        ("GET", {**ASKED, "hub.challenge": "<b>\n"}, "ours"),
        ("GET", {}, "ours"),
        ("POST", ASKED, "ours"),
    ],
)
def test_nothing_else_is_a_handshake(method: str, query: dict[str, str], token: str) -> None:
    assert graph.handshake(request(method, query=query), token) is None


def test_seconds_and_milliseconds_are_told_apart() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    stamp = int(noon.timestamp())
    assert [graph.when(value) for value in (stamp, stamp * 1000, str(stamp))] == [noon] * 3


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://scontent.xx.fbcdn.net/v/a.jpg?x=1", True),
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://scontent.cdninstagram.com/a", True),
        ("http://scontent.xx.fbcdn.net/a", False),
        ("https://fbcdn.net.evil.example/a", False),
        ("https://evilfbcdn.net/a", False),
        ("https://10.0.0.1/a", False),
        ("https://fbcdn.net@10.0.0.1/a", False),
        ("http://[bad", False),
        ("https://a:b/", False),
        ("http://127.0.0.1:9/file", True),
        ("http://127.0.0.1:8/file", False),
    ],
)
def test_the_token_stays_with_meta(url: str, expected: bool) -> None:
    ours = Account(token="t", base_url="http://127.0.0.1:9/sandbox/graph")
    assert graph.is_metas(url, ours) is expected


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("", "https://graph.facebook.com/v26.0"),
        ("https://graph.facebook.com/v25.0/", "https://graph.facebook.com/v25.0"),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x/v26.0"),
    ],
)
def test_the_version_can_be_pinned(given: str, base: str) -> None:
    assert Account(token="t", base_url=given).base == base


# Errors -----------------------------------------------------------------------------------------------

# code, subcode, status, error
REFUSALS: list[tuple[int, int, int, type[SendError]]] = [
    (0, 0, 401, BadCredentials),
    (1, 0, 500, Unknown),
    (2, 0, 500, Unreachable),
    (3, 0, 400, BadCredentials),
    (4, 0, 400, Throttled),
    (10, 0, 403, BadCredentials),
    (17, 0, 400, Throttled),
    (32, 0, 400, Throttled),
    (100, 33, 400, Rejected),
    (190, 463, 401, BadCredentials),
    (199, 0, 400, BadCredentials),
    (200, 0, 403, BadCredentials),
    (299, 0, 403, BadCredentials),
    (368, 0, 400, BadCredentials),
    (613, 0, 400, Throttled),
    (987654, 0, 400, Rejected),
    (987654, 0, 401, BadCredentials),
    (987654, 0, 429, Throttled),
    (987654, 0, 500, Unknown),
]


def refusal(error: Any, status: int = 400, **headers: str) -> SendError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Response(status, named, json.dumps({"error": error}).encode())
    with pytest.raises(SendError) as refused:
        graph.result_of(answer, ACCOUNT)
    return refused.value


@pytest.mark.parametrize(("code", "subcode", "status", "kind"), REFUSALS)
def test_refusal(code: int, subcode: int, status: int, kind: type[SendError]) -> None:
    error = refusal({"message": "No EAAcanary", "code": code, "error_subcode": subcode}, status)
    assert type(error) is kind
    assert (error.words, error.code) == ("No •••", f"{code}/{subcode}" if subcode else str(code))


def test_the_token_is_to_blame() -> None:
    error = refusal({"message": "expired", "code": 190})
    assert isinstance(error, BadCredentials) and error.field == "token"
    stopped = refusal({"message": "blocked", "code": 368})
    assert isinstance(stopped, BadCredentials) and stopped.field == ""


USAGE = json.dumps({"17": [{"type": "messenger", "estimated_time_to_regain_access": 3}]})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60.0),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "999999"}, 3600.0),
        ({"x_business_use_case_usage": USAGE}, 180.0),
        ({"x_business_use_case_usage": "["}, 60.0),
        ({"x_business_use_case_usage": '{"1": [1, {"estimated_time_to_regain_access": "x"}]}'}, 60.0),
    ],
)
def test_how_long_a_limit_lasts(headers: dict[str, str], seconds: float) -> None:
    error = refusal({"message": "slow", "code": 4}, **headers)
    assert isinstance(error, Throttled) and error.retry_after == seconds


def test_a_platform_adds_rows() -> None:
    table = {**graph_errors.COMMON, (10, 7): graph_errors.window_closed}
    answer = Response(400, {}, b"")
    found = graph_errors.refusal({"code": 10, "error_subcode": 7}, answer, table=table)
    assert (type(found).__name__, found.words) == ("WindowClosed", "Meta says no (status 400)")


# Calls through the real door ------------------------------------------------------------------------


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door


async def serve(handler: Any) -> tuple[web.AppRunner, str]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_the_token_is_in_no_address(http: HttpDoor) -> None:
    seen: list[tuple[str, str, Any]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.path_qs, request.headers["authorization"], await request.json()))
        return web.json_response({"success": True})

    runner, url = await serve(answer)
    try:
        account = Account(token="EAAcanary", app_secret="s", base_url=url)
        assert await graph.call("POST", "me/messages", account, http, json={"a": 1}) == {"success": True}
    finally:
        await runner.cleanup()
    ((path, token, body),) = seen
    proof = graph.signatures.sign("s", b"EAAcanary")
    assert (path, token, body) == (
        f"/v26.0/me/messages?appsecret_proof={proof}",
        "Bearer EAAcanary",
        {"a": 1},
    )


async def test_a_question_is_never_in_doubt(http: HttpDoor) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as lost:
        account = Account(token="t", base_url=f"http://127.0.0.1:{lost.sockets[0].getsockname()[1]}")
        with pytest.raises(Unreachable):
            await graph.ask("me", account, http)
        with pytest.raises(Unknown):
            await graph.call("POST", "me", account, http)


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Rejected), (403, Rejected), (500, Unreachable), (429, Throttled)]
)
async def test_a_file_that_does_not_come(status: int, kind: type[SendError], http: HttpDoor) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status)

    runner, url = await serve(answer)
    try:
        with pytest.raises(kind):
            await graph.fetch(f"{url}/f", Account(token="t", base_url=url), http, io.BytesIO())
    finally:
        await runner.cleanup()


async def test_a_file_elsewhere_is_not_fetched(http: HttpDoor) -> None:
    with pytest.raises(Rejected) as refused:
        await graph.fetch("https://evil.example/f", ACCOUNT, http, io.BytesIO(), with_token=True)
    assert refused.value.code == "egress"
