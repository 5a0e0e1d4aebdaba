"""Telegram's Bot API: JSON both ways, a secret header on webhooks, no idempotency key (class N)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken


class Telegram:
    retry_class = "N"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        return {
            "token": f"{7_000_000 + number}:chaos-{number:032d}",
            "webhook_secret": f"chaos-secret-{number:032d}",
            "username": f"chaos_{number}_bot",
            "base_url": base_url,
            "address": f"chaos_{number}_bot",
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        update = customer * 1_000_000 + number
        person = {
            "id": customer,
            "is_bot": False,
            "first_name": f"Customer {customer}",
            "language_code": "fr",
        }
        message = {
            "message_id": number,
            "from": person,
            "chat": {"id": customer, "type": "private", "first_name": person["first_name"]},
            "date": 1_750_000_000 + number,
            "text": text,
        }
        body = json.dumps({"update_id": update, "message": message}).encode()
        secret = account.credentials["webhook_secret"]
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
        return Hook(str(update), headers, body)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        return Taken(json.loads(body)["text"]) if path.endswith("/sendMessage") else None

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"ok": True, "result": {"message_id": number}})

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(200, {"ok": True, "result": True})

    def throttled(self, seconds: int) -> Reply:
        words = f"Too Many Requests: retry after {seconds}"
        body = {"ok": False, "error_code": 429, "description": words, "parameters": {"retry_after": seconds}}
        return Reply(429, body)


DIALECT = Telegram()
