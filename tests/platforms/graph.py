"""A small Graph server for the tests: it writes down what it is asked and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.core.http.servers import running

SENT = {"recipient_id": "7391027384", "message_id": "m_ours"}


@dataclass
class Call:
    method: str
    path: str
    fields: dict[str, Any]
    query: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    token: str = ""


@dataclass
class Server:
    """`answers` holds the body (or a whole response) for "METHOD path"; what is missing is a sent message."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    status: int = 200

    def refuse(self, what: str, code: int, subcode: int = 0, words: str = "No", status: int = 400) -> None:
        error: dict[str, Any] = {"message": words, "type": "OAuthException", "code": code}
        if subcode:
            error["error_subcode"] = subcode
        self.answers[what] = web.json_response({"error": error}, status=status)

    @property
    def said(self) -> list[tuple[str, dict[str, Any]]]:
        return [(f"{call.method} {call.path}", call.fields) for call in self.calls]

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        call = await _read(path, request)
        self.calls.append(call)
        answer = self.answers.get(f"{request.method} {path}", SENT)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


async def _read(path: str, request: web.Request) -> Call:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    query = {name: value for name, value in request.query.items() if name != "appsecret_proof"}
    call = Call(request.method, path, {}, query, token=token)
    if request.content_type == "application/json":
        call.fields = await request.json()
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                call.files[name] = (value.filename, value.content_type, value.file.read())
            else:
                call.fields[name] = json.loads(value) if str(value)[:1] in "{[" else value
    return call


@asynccontextmanager
async def graph_server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application(client_max_size=2**26)
    application.router.add_route("*", "/v26.0/{path:.*}", server._answer)
    application.router.add_get("/file", _file)
    async with running(application) as here:
        server.url = here.url
        yield server


async def _file(request: web.Request) -> web.Response:
    return web.Response(body=b"JPEG", content_type="image/jpeg")
