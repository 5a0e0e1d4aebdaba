"""A small server for the tests of platforms: it writes down what it is asked and answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.core.http.servers import running


@dataclass
class Call:
    what: str  # "POST /path"
    json: Any
    headers: dict[str, str]


@dataclass
class Server:
    """`answers` holds what is said to "METHOD /path": an object, a response, or a list of them in turn."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> list[tuple[str, Any]]:
        return [(call.what, call.json) for call in self.calls]

    async def answer(self, request: web.Request) -> web.Response:
        what = f"{request.method} {request.path}"
        body = await _read(request) if request.can_read_body else None
        self.calls.append(Call(what, body, {k.lower(): v for k, v in request.headers.items()}))
        told = self.answers.get(what, {})
        told = told.pop(0) if isinstance(told, list) else told
        return told if isinstance(told, web.Response) else web.json_response(told)


async def _read(request: web.Request) -> Any:
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    return await request.json()


@asynccontextmanager
async def recording_server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.answer)
    async with running(application) as here:
        server.url = here.url
        yield server
