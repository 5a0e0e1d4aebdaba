"""Viber: callbacks signed with the account's token; calls are answered 200 whatever happened. There is no key
and nothing to look in (class N), and what it tells later names a number that only the lost answer held."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

TOO_MANY = 12


class Viber:
    retry_class = "N"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        uri = f"chaos{number}"
        return {
            "token": f"{number:016x}-{number:016x}-viber",
            "uri": uri,
            "name": f"Chaos {number}",
            "base_url": base_url,
            "address": uri,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        person = {"id": f"{customer:022d}==", "name": f"Customer {customer}", "language": "fr"}
        message = {"type": "text", "text": text}
        token = 5_000_000_000_000_000_000 + customer * 1_000_000 + number
        return _signed(account, token, sender=person, message=message)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        if not path.endswith("/send_message"):
            return None
        asked = json.loads(body)
        return Taken(asked["text"], to=asked["receiver"])

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"status": 0, "status_message": "ok", "message_token": _token(number)})

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(200, {"status": 0, "status_message": "ok"})

    def throttled(self, seconds: int) -> Reply:
        return Reply(200, {"status": TOO_MANY, "status_message": "tooManyRequests"})


def _token(number: int) -> int:
    return 4_900_000_000_000_000_000 + number


def _signed(account: Account, token: int, **told: Any) -> Hook:
    known = {"event": "message", "timestamp": int(time.time() * 1000), "message_token": token, **told}
    body = json.dumps(known).encode()
    secret = account.credentials["token"].encode()
    signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Viber-Content-Signature": signature}
    return Hook(f"message:{token}", headers, body)


DIALECT = Viber()
