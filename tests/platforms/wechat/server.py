"""A small WeChat for the tests: it writes down what it is asked and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.core.http.servers import running
from tests.platforms.wechat.payloads import SECURE

GOOD: dict[str, dict[str, Any]] = {
    "media/upload": {"type": "image", "media_id": "MEDIA", "created_at": 1},
    "getcallbackip": {"ip_list": ["127.0.0.1"]},
    "user/info": {"subscribe": 1, "language": "zh_CN"},
    "qrcode/create": {"ticket": "a/b=", "url": "http://weixin.qq.com/q/x"},
}


@dataclass
class Call:
    what: str
    query: dict[str, str]
    body: bytes
    form: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """`answers` holds JSON or a response (for once) per operation; what is missing there goes well.
    `tokens` counts those that were given out; `stale` are no longer known."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, web.Response | dict[str, Any]] = field(default_factory=dict)
    tokens: int = 0
    stale: set[str] = field(default_factory=set)
    # Tokens are kept for the life of the process, so that every test has an account of its own.
    secret: str = field(default_factory=lambda: uuid4().hex)

    @property
    def creds(self) -> dict[str, str]:
        return {**SECURE, "app_secret": self.secret, "base_url": self.url}

    def refuse(self, what: str, errcode: int, errmsg: str = "no rid: 1-2-3") -> None:
        self.answers[what] = {"errcode": errcode, "errmsg": errmsg}

    async def handle(self, request: web.Request) -> web.Response:
        what = request.match_info["what"]
        if what == "stable_token":
            return await self._token(request)
        call = Call(what, dict(request.query), b"")
        if request.content_type == "multipart/form-data":
            for name, value in (await request.post()).items():
                assert isinstance(value, web.FileField)
                call.form[name] = (value.filename, value.content_type, value.file.read())
        else:
            call.body = await request.read()
        self.calls.append(call)
        if request.query.get("access_token") in self.stale:
            return text({"errcode": 42001, "errmsg": "access_token expired rid: 1"})
        told = self.answers.get(what, GOOD.get(what, {"errcode": 0, "errmsg": "ok"}))
        return text(told) if isinstance(told, dict) else told

    async def _token(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.calls.append(Call("stable_token", {}, json.dumps(asked).encode()))
        if "stable_token" in self.answers:
            told = self.answers["stable_token"]
            return text(told) if isinstance(told, dict) else told
        self.tokens += 1
        return web.json_response({"access_token": f"token-{self.tokens}", "expires_in": 7200})


def text(answer: dict[str, Any]) -> web.Response:
    return web.Response(text=json.dumps(answer), content_type="text/plain")


@asynccontextmanager
async def wechat() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application(client_max_size=2**26)
    application.router.add_route("*", "/cgi-bin/{what:.+}", server.handle)
    async with running(application) as here:
        server.url = here.url
        yield server
