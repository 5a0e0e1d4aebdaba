"""A small REST server for the tests: it writes down what it is asked and answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.core.http.servers import running


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    fields: Any = None  # of a form or of JSON


@dataclass
class Server:
    """`answers` holds the JSON (or a whole response, or one for each call) for "METHOD /path"."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def refuse(self, what: str, status: int, body: Any = None, **headers: str) -> None:
        self.answers[what] = lambda: web.json_response(body, status=status, headers=headers)

    def asked(self, what: str) -> list[Call]:
        return [call for call in self.calls if f"{call.method} {call.path}" == what]

    async def _answer(self, request: web.Request) -> web.Response:
        call = Call(request.method, request.path, dict(request.query), {}, await request.read())
        call.headers = {name.lower(): value for name, value in request.headers.items()}
        call.fields = await _fields(request)
        self.calls.append(call)
        answer = self.answers.get(f"{request.method} {request.path}")
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if callable(answer):
            return answer()  # type: ignore[no-any-return]
        return web.json_response(answer, status=404 if answer is None else 200)


async def _fields(request: web.Request) -> Any:
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    return None


@asynccontextmanager
async def rest_server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application(client_max_size=2**26)
    application.router.add_route("*", "/{path:.*}", server._answer)
    async with running(application) as here:
        server.url = here.url
        yield server
