"""Servers that are not what they should be: every way in which a platform's answer can be useless."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


def _answer(status: str, body: bytes, *headers: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return head.encode() + b"\r\n\r\n" + body


HTML = b"<html>canary?</html>"
JSON = "Content-Type: application/json"

ANSWERS = {
    "hangs up": b"",
    "not HTTP": b"220 mail.example ESMTP\r\n",
    "half an answer": _answer("200 OK", b"x" * 9)[:-5],
    "HTML": _answer("200 OK", HTML),
    "empty": _answer("200 OK", b""),
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "empty object": _answer("200 OK", b"{}", JSON),
    "list": _answer("200 OK", b"[]", JSON),
    "null": _answer("200 OK", b"null", JSON),
    "number": _answer("200 OK", b"5", JSON),
    "wrong types": _answer("200 OK", b'{"ok": true, "result": [1], "url": 5, "upload-url": []}', JSON),
    "not UTF-8": _answer("200 OK", b'"\xff\xfe"', JSON),
    "redirect": _answer("302 Found", b"", "Location: http://10.0.0.1/"),
    "400": _answer("400 Bad Request", b'{"error": 5, "error_code": "x", "description": null}', JSON),
    "401": _answer("401 Unauthorized", HTML),
    "403": _answer("403 Forbidden", HTML),
    "404": _answer("404 Not Found", HTML),
    "410": _answer("410 Gone", HTML),
    "413": _answer("413 Payload Too Large", HTML),
    "418": _answer("418 I'm a teapot", HTML),
    "429": _answer("429 Too Many Requests", HTML, "Retry-After: 3"),
    "429 with a date": _answer("429 Too Many Requests", HTML, "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT"),
    "500": _answer("500 Internal Server Error", HTML),
    "503": _answer("503 Service Unavailable", b"", "Retry-After: soon"),
    "999": _answer("999 What", HTML),
}


@asynccontextmanager
async def broken_server(answer: bytes) -> AsyncIterator[str]:
    """The address of a server that reads the head of every request, says `answer` and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
