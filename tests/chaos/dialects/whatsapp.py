"""WhatsApp's Cloud API: signed JSON, and statuses that bring our own id back (class R): what was sent without
an answer is known when they come. Every second customer is known by a user id beside the number."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken


class WhatsApp:
    retry_class = "R"
    told = ("sent", "delivered", "read")

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        ours = f"49301{number:06d}"
        return {
            "phone_number_id": f"{10_000_000 + number}",
            "waba_id": f"{20_000_000 + number}",
            "token": f"EAAchaos{number:032d}",
            "app_secret": f"chaos app secret {number:032d}",
            "verify_token": f"chaos-verify-{number}",
            "number": ours,
            "base_url": base_url,
            "address": ours,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ref = f"wamid.in.{account.channel}.{customer}.{number}"
        message = {
            **_person(customer),
            "id": ref,
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": text},
        }
        profile: dict[str, Any] = {"profile": {"name": f"Customer {customer}"}, "wa_id": message["from"]}
        if "from_user_id" in message:
            profile["user_id"] = message["from_user_id"]
        return _signed(account, contacts=[profile], messages=[message])

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """Telling that we read goes the same way and delivers nothing."""
        if not path.endswith("/messages"):
            return None
        asked = json.loads(body)
        if asked.get("type") != "text":
            return None
        to = asked.get("recipient") or asked["to"]
        return Taken(asked["text"]["body"], to=to, ours=asked["biz_opaque_callback_data"])

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"messaging_product": "whatsapp", "messages": [{"id": _ref(number)}]})

    def later(self, account: Account, number: int, taken: Taken, state: str) -> Hook:
        status = {
            "id": _ref(number),
            "status": state,
            "timestamp": str(int(time.time())),
            "biz_opaque_callback_data": taken.ours,
            "recipient_user_id" if taken.to.startswith("DE.") else "recipient_id": taken.to,
        }
        return _signed(account, statuses=[status])

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(200, {"success": True})

    def throttled(self, seconds: int) -> Reply:
        error = {"message": "Rate limit hit", "type": "OAuthException", "code": 130429}
        return Reply(429, {"error": error}, headers={"Retry-After": str(seconds)})


def _person(customer: int) -> dict[str, str]:
    number = {"from": f"49151{customer:07d}"}
    return {**number, "from_user_id": f"DE.{customer:012d}"} if customer % 2 else number


def _ref(number: int) -> str:
    return f"wamid.out.{number}"


def _signed(account: Account, **told: Any) -> Hook:
    """Its repetitions are known by their bytes."""
    given = account.credentials
    metadata = {"display_phone_number": given["number"], "phone_number_id": given["phone_number_id"]}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **told}}
    entry = {"id": given["waba_id"], "changes": [change]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = hmac.new(given["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    return Hook(f"sha256:{hashlib.sha256(body).hexdigest()}", headers, body)


DIALECT = WhatsApp()
