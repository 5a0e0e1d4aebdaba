"""Messenger and Instagram: signed JSON, and an echo of everything said to a customer, which brings back the
metadata that we gave it (class R). Messenger also tells of delivery; the two come in any order."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken


class Messenger:
    retry_class = "R"

    def __init__(self, product: str, ours: str, *, told: Sequence[str]) -> None:
        """`product` heads its webhooks, `ours` is the credential with our own id."""
        self._product, self._ours, self.told = product, ours, told

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        ours = f"{30_000_000 + number}"
        return {
            self._ours: ours,
            "token": f"EAAchaos{number:032d}",
            "app_secret": f"chaos app secret {number:032d}",
            "verify_token": f"chaos-verify-{number}",
            "app_id": "5550001",
            "base_url": base_url,
            "address": ours,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        said = {"mid": f"m_in.{account.channel}.{customer}.{number}", "text": text}
        return self._signed(account, str(customer), {"message": said})

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """Typing and reading go the same way and deliver nothing."""
        asked = json.loads(body) if path.endswith("/me/messages") else {}
        said = asked.get("message")
        return Taken(said["text"], to=asked["recipient"]["id"], ours=said["metadata"]) if said else None

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"recipient_id": "1", "message_id": _ref(number)})

    def later(self, account: Account, number: int, taken: Taken, state: str) -> Hook:
        if state == "delivered":
            told = {"mids": [_ref(number)], "watermark": _now()}
            return self._signed(account, taken.to, {"delivery": told})
        echo = {"is_echo": True, "mid": _ref(number), "text": taken.text, "metadata": taken.ours}
        return self._signed(account, taken.to, {"message": {**echo, "app_id": 5550001}})

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(200, {"success": True})

    def throttled(self, seconds: int) -> Reply:
        error = {"message": "Calls to this API have exceeded the rate limit.", "code": 613}
        return Reply(400, {"error": error}, headers={"Retry-After": str(seconds)})

    def _signed(self, account: Account, customer: str, told: dict[str, Any]) -> Hook:
        """Its repetitions are known by their bytes. Of an echo we are the sender."""
        ours, person = {"id": account.credentials[self._ours]}, {"id": customer}
        echo = told.get("message", {}).get("is_echo", False)
        who = {"sender": ours if echo else person, "recipient": person if echo else ours}
        item = {**who, "timestamp": _now(), **told}
        entry = {"id": ours["id"], "time": _now(), "messaging": [item]}
        body = json.dumps({"object": self._product, "entry": [entry]}).encode()
        secret = account.credentials["app_secret"].encode()
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        return Hook(f"sha256:{hashlib.sha256(body).hexdigest()}", headers, body)


def _ref(number: int) -> str:
    return f"m_out.{number}"


def _now() -> int:
    return int(time.time() * 1000)


MESSENGER = Messenger("page", "page_id", told=("sent", "delivered"))
INSTAGRAM = Messenger("instagram", "account_id", told=("sent",))
