"""What LINE posts and answers, after its reference."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from apps.platforms.base import Inbound
from tests.platforms.recording import Server
from tests.platforms.samples import SAMPLES

CREDS = SAMPLES["line"].creds
USER = SAMPLES["line"].to
BOT = "U8e742f61d673b39c7fff3cecb7536ef0"
EVENT_ID = "01FZ74A0TDDPYRVKNK77XKC3ZR"
AT = 1_625_665_242_211
PUSH, REPLY = "POST /v2/bot/message/push", "POST /v2/bot/message/reply"
SENT = {"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]}
TOKENS = {"quoteToken": "q3Plxr4AgKd", "markAsReadToken": "read-1"}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": AT,
        "source": {"type": "user", "userId": USER},
        "webhookEventId": EVENT_ID,
        "deliveryContext": {"isRedelivery": False},
        **more,
    }


def message(kind: str, *, mode: str = "active", **content: Any) -> dict[str, Any]:
    token = {"replyToken": "reply-1"} if mode == "active" else {}
    return event("message", mode=mode, **token, message={"type": kind, "id": "325708", **content})


def body(*events: dict[str, Any]) -> bytes:
    return json.dumps({"destination": BOT, "events": list(events)}).encode()


def request(raw: bytes, secret: str = CREDS["channel_secret"]) -> Inbound:
    signature = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {"x-line-signature": signature}
    return Inbound(method="POST", path="/hooks/line/key/", query={}, headers=headers, body=raw)


def creds(server: Server) -> dict[str, str]:
    return {**CREDS, "base_url": server.url}
