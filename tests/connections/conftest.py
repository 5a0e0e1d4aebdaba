"""A Bot API server of our own over real HTTP, as a business may run one, and channels connected to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from apps.connections.connect import connect_channel
from apps.connections.models import Channel
from apps.core import tenancy
from tests.worlds import Side, World

TOKEN = "123456789:" + "AAcanary0token0that0must0never0show"[:35]
OTHER_TOKEN = "987654321:" + "BBanother0token0of0the0same0length0"[:35]


@dataclass
class BotServer:
    """Answers as the Bot API does: `answers` by token, then by method; 401 for a token it does not know."""

    url: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    webhooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def bot(self, token: str, username: str) -> None:
        bot = {"id": int(token.split(":")[0]), "is_bot": True, "username": username, "first_name": "Filante"}
        self.answers[token] = {"getMe": bot}

    def answer(self, token: str, method: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls.append(method)
        if token not in self.answers:
            words = f"Unauthorized: {token} is not known here"  # a server that repeats what it was given
            return 401, {"ok": False, "error_code": 401, "description": words}
        if method == "setWebhook":
            self.webhooks[token] = body
            return 200, {"ok": True, "result": True}
        if method == "getWebhookInfo":
            url = self.webhooks.get(token, {}).get("url", "")
            return 200, {"ok": True, "result": {"url": url, "pending_update_count": 0}}
        return 200, {"ok": True, "result": self.answers[token][method]}


@pytest.fixture
def bot_server(settings: Any) -> Iterator[BotServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    bots = BotServer(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(bots)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    settings.EGRESS_ALLOW = f"127.0.0.1:{server.server_port}"
    bots.bot(TOKEN, "filante_bot")
    yield bots
    server.shutdown()
    server.server_close()
    thread.join()


def _handler(bots: BotServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token, _, method = self.path.removeprefix("/bot").partition("/")
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, answer = bots.answer(token, method, _json(raw))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _json(raw: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(raw))
    except ValueError:
        return {}


@pytest.fixture
def filante(world: World) -> Side:
    return world.filante


@pytest.fixture
def bot(filante: Side, bot_server: BotServer) -> Channel:
    """Filante's Telegram channel, connected."""
    with tenancy.scope(filante.id):
        return connect_channel(
            "telegram",
            name="Bot",
            credentials={"token": TOKEN, "base_url": bot_server.url},
            actor="alice@example.com",
        )
