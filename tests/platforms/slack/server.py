"""A small Web API for the tests: it writes down what it is asked and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.core.http.servers import running
from tests.platforms.slack.payloads import BOT, BOT_ID, CREDS, TEAM, TS, USER

SCOPES = "chat:write,metadata.message:read"
GOOD: dict[str, Any] = {
    "auth.test": {"team": "Acme", "team_id": TEAM, "user_id": BOT, "bot_id": BOT_ID},
    "chat.postMessage": {"channel": "D024BE91L", "ts": TS, "message": {}},
    "files.completeUploadExternal": {"files": [{"id": "F1"}]},
    "users.info": {"user": {"id": USER, "locale": "fr-FR", "profile": {"real_name": "Zoé Martin"}}},
    "conversations.info": {"channel": {"id": "D024BE91L", "user": USER}},
    "conversations.replies": {"messages": [{"user": USER}]},
}


@dataclass
class Call:
    method: str
    fields: dict[str, Any]
    token: str = ""


@dataclass
class Server:
    """`answers` holds what a method says instead of going well; of several the next one each time."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    scopes: str | None = SCOPES
    file: web.Response = field(default_factory=lambda: web.Response(body=b"PNG", content_type="image/png"))
    uploaded: bytes = b""

    @property
    def creds(self) -> dict[str, str]:
        return {**CREDS, "base_url": f"{self.url}/api"}

    @property
    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        return [(call.method, call.fields) for call in self.calls]

    def refuse(self, method: str, error: str, *, status: int = 200, **more: Any) -> None:
        headers = more.pop("headers", {})
        body = {"ok": False, "error": error, **more}
        self.answers[method] = web.json_response(body, status=status, headers=headers)

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        fields = {name: _read(str(value)) for name, value in (await request.post()).items()}
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.calls.append(Call(method, fields, token))
        answer = self.answers.get(method, GOOD.get(method, self._place(method)))
        answer = answer.pop(0) if isinstance(answer, list) else answer
        headers = {} if self.scopes is None else {"X-OAuth-Scopes": self.scopes}
        good = isinstance(answer, dict)
        return web.json_response({"ok": True, **answer}, headers=headers) if good else answer

    def _place(self, method: str) -> dict[str, Any]:
        return {"upload_url": f"{self.url}/upload", "file_id": "F1"} if "Upload" in method else {}

    async def _upload(self, request: web.Request) -> web.Response:
        self.calls.append(Call("upload", {}, request.headers.get("authorization", "")))
        part = (await request.post())["filename"]
        assert isinstance(part, web.FileField)
        self.uploaded = part.file.read()
        answer = self.answers.get("upload")
        return answer if isinstance(answer, web.Response) else web.Response(text="OK")

    async def _file(self, request: web.Request) -> web.Response:
        self.calls.append(Call("file", {}, request.headers.get("authorization", "")))
        return self.file


def _read(value: str) -> Any:
    return json.loads(value) if value[:1] in "{[" else value


@asynccontextmanager
async def web_api() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application(client_max_size=2**26)
    application.router.add_post("/api/{method}", server._method)
    application.router.add_post("/upload", server._upload)
    application.router.add_get("/file", server._file)
    async with running(application) as here:
        server.url = here.url
        yield server
