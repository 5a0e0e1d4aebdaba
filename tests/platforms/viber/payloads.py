"""What Viber posts and answers, after its documentation."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from apps.platforms.base import Inbound
from tests.platforms.recording import Server
from tests.platforms.samples import SAMPLES

CREDS = SAMPLES["viber"].creds
USER = SAMPLES["viber"].to
TOKEN = 4912661846655238145  # beyond 2^53
AT = 1_457_764_197_627
SEND = "POST /send_message"
SENT = {"status": 0, "status_message": "ok", "message_token": TOKEN, "billing_status": 1}
PERSON = {"id": USER, "name": "Ana", "avatar": "", "language": "fr", "country": "CH", "api_version": 10}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"event": kind, "timestamp": AT, "message_token": TOKEN, **more}


def message(kind: str, **content: Any) -> dict[str, Any]:
    return event("message", sender=PERSON, message={"type": kind, **content}, silent=False)


def request(raw: bytes, token: str = CREDS["token"]) -> Inbound:
    signature = hmac.new(token.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"x-viber-content-signature": signature}
    return Inbound(method="POST", path="/hooks/viber/key/", query={}, headers=headers, body=raw)


def post(payload: Any) -> Inbound:
    return request(json.dumps(payload).encode())


def creds(server: Server) -> dict[str, str]:
    return {**CREDS, "base_url": server.url}
