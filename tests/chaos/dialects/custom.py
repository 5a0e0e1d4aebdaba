"""A system of a business's own (docs/custom-channel.md), signed as Standard Webhooks has it: a repeated id
delivers nothing and is answered as the first time (class K)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken


class Custom:
    retry_class = "K"
    told = ("sent", "delivered", "read")

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        key = base64.b64encode(f"chaos secret {number:032d}".encode()).decode()
        account = f"chaos-{number}"
        given = {"account": account, "secret": f"whsec_{key}", "base_url": f"{base_url}/in"}
        return {**given, "address": account}

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        key = f"in.{customer}.{number}"
        told = {"type": "message", "id": key, "from": _person(customer), "text": text}
        return _signed(account, key, told)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        asked = json.loads(body)
        if asked["type"] != "message":
            return None
        return Taken(asked["text"], key=headers["webhook-id"], to=asked["to"], ours=asked["id"])

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"id": _ref(number)})

    def repeated(self, number: int, taken: Taken) -> Reply:
        return self.accepted(number)

    def later(self, account: Account, number: int, taken: Taken, state: str) -> Hook:
        told = {"type": "status", "target": _ref(number), "state": state, "from": {"id": taken.to}}
        return _signed(account, f"status.{number}.{state}", told)

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(200, {})

    def throttled(self, seconds: int) -> Reply:
        return Reply(429, {}, headers={"Retry-After": str(seconds)})


def _person(customer: int) -> dict[str, str]:
    return {"id": f"customer-{customer}", "name": f"Customer {customer}", "locale": "fr-FR"}


def _ref(number: int) -> str:
    return f"out.{number}"


def _signed(account: Account, key: str, told: Mapping[str, object]) -> Hook:
    body, stamp = json.dumps(told).encode(), str(int(time.time()))
    secret = base64.b64decode(account.credentials["secret"].removeprefix("whsec_"))
    digest = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    proof = {"webhook-id": key, "webhook-timestamp": stamp, "webhook-signature": signature}
    return Hook(key, {"Content-Type": "application/json", **proof}, body)


DIALECT = Custom()
