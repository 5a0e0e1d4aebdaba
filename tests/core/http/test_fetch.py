"""Redirects, and files that are fetched."""

from __future__ import annotations

import io

import pytest
from aiohttp import web

from apps.core.http import Forbidden
from tests.core.http.servers import Handler, hello, local, serve


async def test_a_request_follows_no_redirect() -> None:
    async with serve({"/": redirect_to("/elsewhere")}) as server, local() as http:
        answer = await http.request("GET", f"{server.url}/")
    assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")


def redirect_to(target: str) -> Handler:
    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": target}, body=b"not the file")

    return redirect


REDIRECTS_INSIDE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://[::1]/",
    "http://localhost:8080/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "//[bad",
    "http://127.0.0.2:22/",
]


@pytest.mark.parametrize("target", REDIRECTS_INSIDE)
@pytest.mark.advisory("S11", "AVideo GHSA-f359-r3pv-2phf")
async def test_a_redirect_to_a_private_address_is_forbidden(target: str) -> None:
    sink = io.BytesIO()
    async with serve({"/": redirect_to(target)}) as server, local() as http:
        with pytest.raises(Forbidden):
            await http.fetch(f"{server.url}/", sink)
    assert sink.getvalue() == b""


async def test_fetch_follows_three_redirects_and_no_more() -> None:
    routes: dict[str, Handler] = {f"/{n}": redirect_to(f"/{n + 1}") for n in range(4)}
    routes["/4"] = hello
    async with serve(routes) as server, local() as http:
        sink = io.BytesIO()
        answer = await http.fetch(f"{server.url}/1", sink)
        assert (answer.status, answer.body, sink.getvalue()) == (200, b"", b"hello")
        with pytest.raises(Forbidden):
            await http.fetch(f"{server.url}/0", io.BytesIO())


async def test_credentials_stay_with_the_host_they_were_meant_for() -> None:
    async def authorization(request: web.Request) -> web.Response:
        return web.Response(text=request.headers.get("Authorization", "none"))

    async with serve({"/": authorization}) as other:
        routes: dict[str, Handler] = {"/away": redirect_to(f"{other.url}/"), "/stay": redirect_to("/end")}
        async with serve({**routes, "/end": authorization}) as server, local() as http:
            headers = {"Authorization": "Bearer x"}
            away, stay = io.BytesIO(), io.BytesIO()
            await http.fetch(f"{server.url}/away", away, headers=headers)
            await http.fetch(f"{server.url}/stay", stay, headers=headers)
    assert (away.getvalue(), stay.getvalue()) == (b"none", b"Bearer x")


async def test_the_error_of_a_fetch_is_in_the_answer_and_not_in_the_file() -> None:
    async def missing(request: web.Request) -> web.Response:
        return web.Response(status=404, text="no such file")

    sink = io.BytesIO()
    async with serve({"/": missing}) as server, local() as http:
        answer = await http.fetch(f"{server.url}/", sink)
    assert (answer.status, answer.body, sink.getvalue()) == (404, b"no such file", b"")
