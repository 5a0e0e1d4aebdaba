"""A small Bot API server for the tests: it writes down what it is asked and answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.core.http.servers import running
from tests.platforms.telegram.updates import CREDS

BOT_ID = 123456
SENT = {"message_id": 77, "date": 1, "chat": {"id": 1, "type": "private"}}
GOOD: dict[str, Any] = {
    "getMe": {"id": BOT_ID, "is_bot": True, "first_name": "Acme", "username": "acme_bot"},
    "setWebhook": True,
    "sendChatAction": True,
    "answerCallbackQuery": True,
    "getFile": {"file_id": "FILE", "file_unique_id": "U", "file_path": "photos/file 1.jpg"},
}


@dataclass
class Call:
    method: str
    fields: dict[str, Any]
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)


@dataclass
class Server:
    """`answers` holds a response per method; what is missing there goes well."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, web.Response] = field(default_factory=dict)
    file: web.Response = field(default_factory=lambda: web.Response(body=b"JPEG", content_type="image/jpeg"))

    @property
    def creds(self) -> dict[str, str]:
        return {**CREDS, "base_url": self.url}

    def refuse(self, method: str, code: int, description: str, **parameters: int) -> None:
        body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.answers[method] = web.json_response(body, status=code)

    def result(self, method: str, result: Any) -> None:
        self.answers[method] = web.json_response({"ok": True, "result": result})

    async def _method(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != CREDS["token"]:
            return web.json_response(
                {"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401
            )
        method = request.match_info["method"]
        self.calls.append(await _read(method, request))
        good = web.json_response({"ok": True, "result": GOOD.get(method, SENT)})
        return self.answers.get(method, good)

    async def _file(self, request: web.Request) -> web.Response:
        self.calls.append(Call("file", {"path": request.match_info["path"]}))
        return self.file


async def _read(method: str, request: web.Request) -> Call:
    if request.content_type == "application/json":
        return Call(method, await request.json())
    call = Call(method, {})
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            call.files[name] = (value.filename, value.content_type, value.file.read())
        else:
            call.fields[name] = value
    return call


@asynccontextmanager
async def bot_api() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application(client_max_size=2**26)
    application.router.add_post("/bot{token}/{method}", server._method)
    application.router.add_get(f"/file/bot{CREDS['token']}/{{path:.*}}", server._file)
    async with running(application) as here:
        server.url = here.url
        yield server
