"""What the business's own system would post, signed by the reference library."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from standardwebhooks.webhooks import Webhook

from apps.platforms.base import Inbound
from tests.platforms.samples import SAMPLES

CREDS = dict(SAMPLES["custom"].creds)
SECRET = CREDS["secret"]
OTHER = "whsec_" + base64.b64encode(b"another secret of enough bytes!!").decode()
NOW = 1_780_000_000
AT = datetime.fromtimestamp(NOW, UTC)
ID = UUID(int=7)
WEBHOOK = "https://chat.example/hooks/custom/key/"


def request(data: Any, **headers: str) -> Inbound:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    head = {"webhook-id": "msg_1", **headers}
    return Inbound(method="POST", path="/hooks/custom/key/", query={}, headers=head, body=body)


def signed(body: bytes = b"{}", *, at: int = NOW, secret: str = SECRET, message_id: str = "msg_1") -> Inbound:
    """By the reference library."""
    signature = Webhook(secret).sign(message_id, datetime.fromtimestamp(at, UTC), body.decode())
    head = {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}
    return request(body, **head)
