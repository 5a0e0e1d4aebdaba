"""A small QQ for the tests: it writes down what it is asked and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.core.http.servers import running
from tests.platforms.qq.payloads import CREDS

GOOD: dict[str, dict[str, Any]] = {
    "messages": {"id": "ROBOT1.0_SENT", "timestamp": "2026-11-22T10:00:00+08:00"},
    "files": {"file_uuid": "U", "file_info": "INFO", "ttl": 3600},
    "@me": {"id": "102000001", "username": "Acme"},
}


@dataclass
class Call:
    method: str
    path: str
    token: str
    json: Any


@dataclass
class Server:
    """`answers` holds status and body by the last word of the path; what is missing there goes well."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    tokens: int = 0
    stale: set[str] = field(default_factory=set)
    # Tokens are kept for the life of the process, so that every test has a bot of its own.
    secret: str = field(default_factory=lambda: uuid4().hex)

    @property
    def creds(self) -> dict[str, str]:
        return {**CREDS, "app_secret": self.secret, "base_url": self.url}

    async def handle(self, request: web.Request) -> web.Response:
        token = request.headers.get("authorization", "").removeprefix("QQBot ")
        body = await request.read()
        self.calls.append(Call(request.method, request.raw_path, token, json.loads(body) if body else None))
        what = request.path.rsplit("/", 1)[-1]
        if token in self.stale:
            return web.json_response({"code": 11244, "message": "token expired"}, status=401)
        status, answer = self.answers.get(what, (200, self._good(what)))
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return web.Response(status=status, text=text, content_type="application/json")

    def _good(self, what: str) -> dict[str, Any]:
        if what != "getAppAccessToken":
            return GOOD.get(what, {})
        self.tokens += 1
        return {"access_token": f"token-{self.tokens}", "expires_in": "7200"}


@asynccontextmanager
async def qq() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application(client_max_size=2**26)
    application.router.add_route("*", "/{path:.+}", server.handle)
    async with running(application) as here:
        server.url = here.url
        yield server
