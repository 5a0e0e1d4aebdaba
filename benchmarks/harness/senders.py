"""Requests as Telegram and Apple send them, made before anything is measured."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Iterator
from itertools import count, islice
from uuid import uuid4

import jwt

from benchmarks.harness.load import request

SECRET = "secret-of-the-webhook-of-the-bench"
MSP = "MSP-BENCH"
MSP_SECRET = base64.b64encode(b"0123456789abcdef" * 4).decode()
BUSINESS = "6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c"
WORDS = "Bonjour, je n’ai plus d’internet depuis ce matin, pouvez-vous m’aider ?"

_numbers = count(1)


def telegram(url: str, total: int, *, customers: int = 200) -> list[bytes]:
    """`total` updates, none twice in this process, each a text of one of `customers`."""
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    return [request(url, body, headers) for body in telegram_bodies(total, customers=customers)]


def telegram_bodies(total: int, *, customers: int = 200) -> list[bytes]:
    """Bodies of `total` updates, none twice in this process."""
    return [json.dumps(_update(number, customers)).encode() for number in islice(_numbers, total)]


def apple(url: str, total: int, *, customers: int = 200, unlike: bool = False) -> list[bytes]:
    """The same from Apple: gzip, and a token that says for whom and the second; `unlike` makes every one
    different, which Apple's are not."""
    return [request(url, body, headers) for headers, body in _envelopes(total, customers, unlike)]


def _update(number: int, customers: int) -> dict[str, object]:
    who = 1000 + number % customers
    person = {"id": who, "is_bot": False, "first_name": f"Ana {who}", "language_code": "fr"}
    chat = {"id": who, "type": "private", "first_name": f"Ana {who}"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person, "text": WORDS}
    return {"update_id": number, "message": message}


def _envelopes(total: int, customers: int, unlike: bool) -> Iterator[tuple[dict[str, str], bytes]]:
    key = base64.b64decode(MSP_SECRET)
    for number in islice(_numbers, total):
        ref, source = str(uuid4()), f"urn:mbid:customer-{number % customers}=="
        claims = {"aud": MSP, "iat": int(time.time()), **({"jti": ref} if unlike else {})}
        token = jwt.encode(claims, key, "HS256")
        named = {"v": 1, "id": ref, "type": "text", "sourceId": source, "destinationId": BUSINESS}
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "gzip",
            "id": ref,
            "source-id": source,
            "destination-id": BUSINESS,
        }
        yield headers, gzip.compress(json.dumps({**named, "body": WORDS}).encode(), 6, mtime=0)
