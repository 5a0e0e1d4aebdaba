"""LINE's Messaging API: a signature over the body, replies with a token that counts once, pushes with a key.

A repeated key is answered 409 and delivers nothing (class K); a spent reply token is refused, and nobody can
know whether a reply that was not answered has spent it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

PUSH, REPLY = "/message/push", "/message/reply"


class Line:
    retry_class = "K"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        ours = f"@chaos{number}"
        return {
            "token": f"chaos-line-token-{number:032d}",
            "channel_secret": f"{number:032x}",
            "basic_id": ours,
            "base_url": base_url,
            "address": ours,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ref = f"01CHAOS{customer:09d}{number:010d}"
        event = {
            "type": "message",
            "mode": "active",
            "webhookEventId": ref,
            "timestamp": int(time.time() * 1000),
            "source": {"type": "user", "userId": f"U{customer:032x}"},
            "replyToken": f"{account.channel} {ref}",
            "deliveryContext": {"isRedelivery": False},
            "message": {"id": f"{customer}{number:010d}", "type": "text", "text": text},
        }
        body = json.dumps({"destination": f"U{0:032x}", "events": [event]}).encode()
        secret = account.credentials["channel_secret"].encode()
        signature = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
        return Hook(ref, {"Content-Type": "application/json", "X-Line-Signature": signature}, body)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        if not path.endswith((PUSH, REPLY)):
            return None
        asked = json.loads(body)
        key = asked["replyToken"] if path.endswith(REPLY) else headers["X-Line-Retry-Key"]
        return Taken(asked["messages"][0]["text"], key=f"{path} {key}")

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"sentMessages": [{"id": str(number), "quoteToken": f"quote {number}"}]})

    def repeated(self, number: int, taken: Taken) -> Reply:
        if REPLY in taken.key:
            return Reply(400, {"message": "Invalid reply token"})
        words = {"message": "The retry key is already accepted"}
        return Reply(409, words, headers={"X-Line-Accepted-Request-Id": f"request {number}"})

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(200, {})

    def throttled(self, seconds: int) -> Reply:
        words = {"message": "The API rate limit has been exceeded. Try again later."}
        return Reply(429, words, headers={"Retry-After": str(seconds)})


DIALECT = Line()
