"""Calls to Apple's gateway: where it is, who we are, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from apps.core.http import Http, HttpError, Response
from apps.platforms.apple_messages import errors, tokens, wire
from apps.platforms.base import BadCredentials, Credentials, Malformed, Rejected, SendError, Unreachable

PRODUCTION = "https://mspgw.push.apple.com/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Apple's side for one channel, at `now` (unix seconds, for the token)."""

    creds: Credentials = field(repr=False)
    http: Http
    now: float

    @property
    def base(self) -> str:
        return (self.creds.get("base_url") or PRODUCTION).rstrip("/")

    @property
    def business(self) -> str:
        business = wire.business_id(self.creds.get("business_id", ""))
        if not wire.is_header_safe(business):
            raise BadCredentials("the business ID is missing or not one", field="business_id")
        return business

    async def deliver(self, envelope: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """POST one message. Raises SendError; Unknown when it may have been taken."""
        named = {
            "id": envelope["id"],
            "source-id": envelope["sourceId"],
            "destination-id": envelope["destinationId"],
        }
        if not all(wire.is_header_safe(value) for value in named.values()):
            raise Rejected("sender or recipient is not an Apple identifier", code="address")
        sent = {"Authorization": self._bearer(), **named, **headers}
        try:
            answer = await self.http.request("POST", f"{self.base}/message", headers=sent, json=envelope)
        except HttpError as error:
            raise errors.of_transport(error, message=True) from error
        if not _is_ok(answer):
            raise errors.of_message(answer)

    async def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        body: bytes | None = None,
        link: bool = False,
    ) -> wire.Data:
        """A call that sends no message, with our token; the JSON object that came back.

        `link` marks calls about something that a customer sent, see errors.of_link.
        """
        sent = {"Authorization": self._bearer(), "source-id": self.business, **headers}
        try:
            answer = await self.http.request(method, self.base + path, headers=sent, body=body)
        except HttpError as error:
            raise errors.of_transport(error, message=False) from error
        if not _is_ok(answer):
            raise (errors.of_link if link else errors.of_question)(answer)
        return _object(answer)

    async def upload(self, url: str, body: AsyncIterator[bytes], *, size: int) -> wire.Data:
        """POST a file of `size` bytes to Apple's storage, without our token."""
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        seconds = 30 + size / 250_000
        try:
            answer = await self.http.request(
                "POST", self._storage(url), headers=headers, body=body, timeout=seconds
            )
        except HttpError as error:
            raise errors.of_transport(error, message=False) from error
        if not _is_ok(answer):
            raise _of_storage(answer)
        return _object(answer)

    async def fetch(self, url: str, sink: BinaryIO, *, max_bytes: int) -> None:
        """GET a file from Apple's storage into `sink`, without our token."""
        try:
            answer = await self.http.fetch(self._storage(url), sink, max_bytes=max_bytes)
        except HttpError as error:
            raise errors.of_transport(error, message=False) from error
        if not _is_ok(answer):
            raise errors.of_link(answer)

    def _bearer(self) -> str:
        return f"Bearer {tokens.mint(self.creds, self.now)}"

    def _storage(self, url: str) -> str:
        # Apple's own answer names the host, so there is no list of hosts here; but a file never leaves TLS.
        if urlsplit(self.base).scheme == "https" and urlsplit(url).scheme != "https":
            raise Rejected("Apple's storage address is not https", code="storage")
        return url


def _of_storage(answer: Response) -> SendError:
    # The storage never saw our credentials, so a 403 or 404 there is about the upload grant alone.
    if answer.status in (401, 403, 404, 410):
        return Unreachable("the upload grant was refused", code=str(answer.status))
    return errors.of_question(answer)


def _is_ok(answer: Response) -> bool:
    return 200 <= answer.status < 300


def _object(answer: Response) -> wire.Data:
    body = answer.body
    try:
        return wire.json_object(wire.gunzip(body) if body.startswith(b"\x1f\x8b") else body)
    except Malformed as error:
        raise Unreachable(f"Apple's answer cannot be read: {error}", code="answer") from error
