"""QQ's bots: dispatches signed with Ed25519, by a key whose seed is the bot's secret over and over up to 32
bytes. All that may be said are answers: five to each message, each with its own number, and the same number
of the same message is refused. The refusal names no message, so nothing becomes known by it (class N)."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

TOKEN, MESSAGES = "/app/getAppAccessToken", "/messages"
ANSWERS = 5  # to each message
TOO_FAST, REPEATED, TOO_MANY = 22009, 40054005, 40034025


class QQ:
    retry_class = "N"

    def __init__(self) -> None:
        self._answers = defaultdict[str, set[int]](set)  # numbers, by the message that they answer

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        app_id = f"{102_000_000 + number}"
        return {
            "app_id": app_id,
            "app_secret": f"chaosqq{number:013d}",
            "base_url": base_url,
            "address": app_id,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ref = f"ROBOT1.0_chaos.{customer}.{number}!"
        said = {
            "id": ref,
            "author": {"user_openid": f"{customer:032X}"},
            "content": text,
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        return _signed(account, ref, {"op": 0, "t": "C2C_MESSAGE_CREATE", "s": number, "d": said})

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """What answers nothing, or too often, is refused below."""
        if not path.endswith(MESSAGES):
            return None
        asked = json.loads(body)
        answered, number = asked.get("msg_id"), asked.get("msg_seq", 1)
        if not answered or len(self._answers[answered] | {number}) > ANSWERS:
            return None
        self._answers[answered].add(number)
        return Taken(asked["content"], key=f"{answered} {number}", to=path.split("/")[-2])

    def accepted(self, number: int) -> Reply:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Reply(200, {"id": f"ROBOT1.0_ours.{number}!", "timestamp": now})

    def repeated(self, number: int, taken: Taken) -> Reply:
        return _refused(400, REPEATED, "message deduplicated, check msgseq")

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        if path.endswith(TOKEN):
            token = f"chaos-token-{json.loads(body)['appId']}"
            return Reply(200, {"access_token": token, "expires_in": "7200"})
        if path.endswith(MESSAGES):
            return _refused(400, TOO_MANY, "too many replies to this msg_id")
        return Reply(200, {"id": "1", "username": "Chaos"})

    def throttled(self, seconds: int) -> Reply:
        refused = _refused(429, TOO_FAST, "msg limit exceed")
        return Reply(refused.status, refused.body, headers={"Retry-After": str(seconds)})


def _refused(status: int, code: int, words: str) -> Reply:
    return Reply(status, {"message": words, "code": code, "err_code": code, "trace_id": "chaos"})


def _signed(account: Account, ref: str, told: Mapping[str, Any]) -> Hook:
    given, stamp = account.credentials, str(int(time.time()))
    body = json.dumps({"id": f"{told['t']}:{ref}", **told}).encode()
    seed = (given["app_secret"].encode() * 32)[:32]
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(stamp.encode() + body).hex()
    proof = {"X-Signature-Ed25519": signature, "X-Signature-Timestamp": stamp, "X-Bot-Appid": given["app_id"]}
    return Hook(ref, {"Content-Type": "application/json", "User-Agent": "QQBot-Callback", **proof}, body)


DIALECT = QQ()
