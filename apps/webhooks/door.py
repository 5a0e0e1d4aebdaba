"""The platforms' door: an ASGI application in front of Django. HTTP in, `reception` decides, HTTP out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.urls import Resolver404, get_resolver

from apps.connections.vault import CredentialUnreadable
from apps.platforms import base, registry
from apps.webhooks.reception import NoChannel, Reception
from apps.webhooks.writer import NotStored

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/hooks/"
RETRY_AFTER = b"5"  # seconds
FORBIDDEN = base.Answer(body="forbidden", status=403)
AGAIN = base.Answer(body="try again", status=503)


class Gone(Exception):
    """The other side left before it had sent the whole request."""


class WebhookDoor:
    """`application` with everything under /hooks/ answered here.

    200 once the body is durable (I1), also for a repetition; 403 for a bad signature and, alike, for an
    unknown key (I7); 404 for an authentic request that is for nobody here; 400 for what cannot be a request
    of the platform's; 503 when it could not be checked or stored now.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._reception = Reception()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(PREFIX) or _must_be_secure(scope):
            await self._application(scope, receive, send)
            return
        try:
            body = await _body(receive, _largest(scope["path"]))
        except Gone:
            return
        except base.Malformed as error:
            await _send(send, _malformed(error))
            return
        await _send(send, await self._answer(scope, body))

    async def close(self) -> None:
        """Give the database connection back; the next request opens another."""
        await self._reception.close()

    async def _answer(self, scope: Scope, body: bytes) -> base.Answer:
        try:
            slug, key = _names(scope["path"])
            return await self._reception.receive(registry.get(slug), _inbound(scope, body), key)
        except (base.BadSignature, registry.UnknownPlatform):
            return FORBIDDEN
        except (NoChannel, Resolver404):
            return base.Answer(body="unknown address", status=404)
        except base.Malformed as error:
            return _malformed(error)
        except base.Unproven as error:
            log.warning("webhook not checked: %s", error)
            return AGAIN
        except (NotStored, CredentialUnreadable):
            log.exception("webhook not stored")
            return AGAIN


@lru_cache(maxsize=4096)
def _names(path: str) -> tuple[str, str]:
    """The platform and the key in an address; raises Resolver404. Remembered, because resolving costs as much
    as verifying."""
    found = get_resolver("apps.webhooks.urls").resolve("/" + path[len(PREFIX) :]).kwargs
    return found["platform"], found.get("key", "")


def _largest(path: str) -> int:
    """Bytes that a body at this address may have; those that are nobody's are read like all others."""
    try:
        return registry.get(_names(path)[0]).largest_request
    except (Resolver404, registry.UnknownPlatform):
        return base.Platform.largest_request


async def _body(receive: Receive, largest: int) -> bytes:
    """The whole body. Raises Gone, or Malformed when it is larger than `largest` bytes."""
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > largest:
            raise base.Malformed(f"the body is larger than {largest} bytes")
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _inbound(scope: Scope, body: bytes) -> base.Inbound:
    """Raises Malformed for a NUL in the address, which no column takes."""
    query = scope["query_string"].decode("latin-1")
    if "\x00" in scope["path"] or "%00" in query:
        raise base.Malformed("a NUL in the address")
    return base.Inbound(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(query, keep_blank_values=True)) if query else {},
        headers=_headers(scope),
        body=body,
        url=settings.BASE_URL + _path(scope) + (f"?{query}" if query else ""),
    )


def _path(scope: Scope) -> str:
    """As it was called, not decoded: daphne says so, other servers may not."""
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("latin-1") if raw else str(scope["path"])


def _headers(scope: Scope) -> dict[str, str]:
    """By lower-case name; repeated ones joined. With an underscore in its name one could pose as another."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" not in name:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _must_be_secure(scope: Scope) -> bool:
    """Django's to redirect: plain HTTP where the deployment wants HTTPS."""
    if not settings.SECURE_SSL_REDIRECT:
        return False
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        said = _headers(scope).get(name.removeprefix("HTTP_").replace("_", "-").lower())
        if said is not None:
            return said.split(",")[0].strip() != secure
    return bool(scope.get("scheme") != "https")


def _malformed(error: base.Malformed) -> base.Answer:
    return base.Answer(body=f"malformed: {error}"[:200], status=400)


async def _send(send: Send, answer: base.Answer) -> None:
    body = answer.body.encode()
    headers = [
        (b"content-type", answer.content_type.encode("latin-1")),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.status == 503:
        headers.append((b"retry-after", RETRY_AFTER))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
