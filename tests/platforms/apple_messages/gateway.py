"""A small Apple: gateway and storage over real HTTP, written from the protocol facts with other libraries
than the adapter's (HMAC by hand, pycryptodome), so that the two cannot share a mistake."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from Crypto.Cipher import AES

from .payloads import MSP, NOW, RAW_SECRET

PLAIN_ANSWER = (200, b"", {})
Planned = tuple[int, bytes, dict[str, str]]


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Apple:
    """`plan` answers a path otherwise than usual: (status, body, headers), or None to hang up."""

    plan: dict[str, Planned | None] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    storage: dict[str, bytes] = field(default_factory=dict)
    decoded: Any = None
    server: TestServer = field(init=False)

    def __post_init__(self) -> None:
        app = web.Application(client_max_size=10**8)
        app.router.add_route("*", "/{path:.*}", self.handle)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/v1"))

    @property
    def messages(self) -> list[Any]:
        return [call.json for call in self.seen if call.path == "/v1/message"]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Seen(request.method, request.path, headers, await request.read())
        self.seen.append(call)
        name = request.path.rpartition("/")[2]
        if name in self.plan and self.plan[name] is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status, body, more = self.plan.get(name) or self.usual(name, call)
        return web.Response(status=status, body=body, headers=more)

    def usual(self, name: str, call: Seen) -> Planned:
        if call.path.startswith("/storage/"):
            return self.store(name, call)
        if not is_token(call.headers.get("authorization", "")):
            return 403, b"Authorization is not valid", {}
        answers = {
            "message": self.take,
            "preUpload": self.grant_upload,
            "preDownload": self.grant_download,
            "decodePayload": self.decode,
        }
        return answers[name](call)

    def take(self, call: Seen) -> Planned:
        body, headers = call.json, call.headers
        named = (headers["id"], headers["source-id"], headers["destination-id"])
        fits = named == (body["id"], body["sourceId"], body["destinationId"]) and body["v"] == 1
        return PLAIN_ANSWER if fits else (400, b"headers and body differ", {})

    def grant_upload(self, call: Seen) -> Planned:
        assert call.method == "GET" and call.headers["source-id"] and int(call.headers["mmcs-size"]) > 0
        url = str(self.server.make_url("/storage/up"))
        return as_json({"upload-url": url, "mmcs-url": "https://p1.icloud.com/up", "mmcs-owner": "M2"})

    def grant_download(self, call: Seen) -> Planned:
        assert call.method == "GET" and call.headers["source-id"] and call.headers["mmcs-owner"]
        base64.b64decode(call.headers["mmcs-signature"], validate=True)
        name = call.headers["mmcs-url"].rpartition("/")[2]
        return as_json({"download-url": str(self.server.make_url(f"/storage/{name}"))})

    def store(self, name: str, call: Seen) -> Planned:
        assert "authorization" not in call.headers
        if call.method == "GET":
            return (200, self.storage[name], {}) if name in self.storage else (404, b"gone", {})
        assert call.headers["content-length"] == str(len(call.body))
        self.storage[name] = call.body
        checksum = base64.b64encode(b"\x01" + hashlib.sha1(call.body).digest()).decode()
        return as_json({"singleFile": {"fileChecksum": checksum, "size": len(call.body)}})

    def decode(self, call: Seen) -> Planned:
        assert call.headers["bid"] and call.headers["source-id"] and call.body
        return as_json(self.decoded) if self.decoded is not None else (403, b"no", {})


def as_json(data: Any) -> Planned:
    return 200, json.dumps(data).encode(), {"Content-Type": "application/json"}


def is_token(header: str) -> bool:
    scheme, _, token = header.partition(" ")
    signed, _, signature = token.rpartition(".")
    claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    mac = hmac.digest(RAW_SECRET, signed.encode(), hashlib.sha256)
    right = base64.urlsafe_b64decode(signature + "=")
    return scheme == "Bearer" and right == mac and claims == {"iss": MSP, "iat": NOW}


def crypt(data: bytes, key: bytes) -> bytes:
    """AES-256-CTR, counter from zero; the same both ways."""
    return AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=bytes(16)).encrypt(data)
