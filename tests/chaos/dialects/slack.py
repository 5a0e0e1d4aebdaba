"""Slack: events as signed JSON, calls as forms. A message's metadata comes back in its event and stands in
the history of its conversation, where it can be looked for (class R): what was never told is found."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

HISTORY = 90  # of a conversation's last messages, on one page


class Slack:
    retry_class = "R"
    told = ("sent",)

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        team = f"T{number:09d}"
        return {
            "token": f"xoxb-{number}-chaos",
            "signing_secret": f"{number:032x}",
            "team_id": team,
            "bot_user_id": f"U{team}",
            "bot_id": f"B{team}",
            "scopes": "chat:write,metadata.message:read",
            "base_url": f"{base_url}/api",
            "address": team,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ts = f"{1_750_000_000 + number}.{customer:06d}"
        said = {"user": f"U{customer:09d}", "text": text, "ts": ts, "client_msg_id": ts}
        return _signed(account, f"Ev.in.{customer}.{number}", f"D{customer:09d}", said)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        if not path.endswith("/chat.postMessage"):
            return None
        asked = _form(body)
        return Taken(asked["text"], to=asked["channel"], ours=asked["metadata"])

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"ok": True, "ts": _ts(number)})

    def later(self, account: Account, number: int, taken: Taken, state: str) -> Hook:
        given = account.credentials
        ours = {"user": given["bot_user_id"], "bot_id": given["bot_id"], **_shown(number, taken)}
        return _signed(account, f"Ev.out.{number}", taken.to, ours)

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        """Newest first, with all metadata."""
        if not path.endswith("/conversations.history"):
            return Reply(200, {"ok": True})
        channel = _form(body)["channel"]
        here = [_shown(number, taken) for number, taken in reversed(said) if taken.to == channel]
        rows = [{"type": "message", "user": "UBOT", **row} for row in here[:HISTORY]]
        return Reply(200, {"ok": True, "messages": rows, "has_more": False})

    def throttled(self, seconds: int) -> Reply:
        return Reply(429, {"ok": False, "error": "ratelimited"}, headers={"Retry-After": str(seconds)})


def _shown(number: int, taken: Taken) -> dict[str, Any]:
    return {"text": taken.text, "ts": _ts(number), "metadata": json.loads(taken.ours)}


def _signed(account: Account, event_id: str, channel: str, said: dict[str, Any]) -> Hook:
    given, stamp = account.credentials, str(int(time.time()))
    event = {"type": "message", "channel": channel, "channel_type": "im", "event_ts": said["ts"], **said}
    seen_by = {"team_id": given["team_id"], "user_id": given["bot_user_id"], "is_bot": True}
    envelope = {
        "type": "event_callback", "team_id": given["team_id"], "event_id": event_id,
        "event_time": int(stamp), "authorizations": [seen_by], "event": event,
    }  # fmt: skip
    body = json.dumps(envelope).encode()
    secret = given["signing_secret"].encode()
    digest = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    proof = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
    return Hook(event_id, {"Content-Type": "application/json", **proof}, body)


def _form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _ts(number: int) -> str:
    return f"{1_760_000_000 + number}.000100"


DIALECT = Slack()
