"""Webhooks as WhatsApp sends them: one customer, one number, and pieces to build the rest from."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from apps.platforms.base import Inbound
from apps.platforms.events import Event
from apps.platforms.whatsapp.adapter import PLATFORM

NUMBER_ID, WABA, NUMBER = "106540352242922", "102290129340398", "4930123456"
WA_ID, USER_ID = "4915112345678", "DE.13491208655302741918"
STAMP = 1_790_000_000
AT = datetime.fromtimestamp(STAMP, UTC)
CREDS = {
    "phone_number_id": NUMBER_ID,
    "waba_id": WABA,
    "token": "EAAcanary",
    "app_secret": "canary-app-secret",
    "verify_token": "canary-verify",
    "number": NUMBER,
}
CONTACT: dict[str, Any] = {"profile": {"name": "Ana"}, "wa_id": WA_ID, "user_id": USER_ID}
METADATA = {"display_phone_number": NUMBER, "phone_number_id": NUMBER_ID}
Json = dict[str, Any]


def message(kind: str = "text", content: Any = None, **more: Any) -> Json:
    """One message of Ana's; `content` stands under its type."""
    base: Json = {"from": WA_ID, "from_user_id": USER_ID, "id": "wamid.A", "timestamp": str(STAMP)}
    return {**base, "type": kind, **({kind: content} if content is not None else {}), **more}


def status(state: str, **more: Any) -> Json:
    base: Json = {"id": "wamid.OUT", "status": state, "timestamp": str(STAMP), "recipient_id": WA_ID}
    return {**base, **more}


def value(*messages: Json, **more: Any) -> Json:
    base: Json = {"messaging_product": "whatsapp", "metadata": METADATA, "contacts": [CONTACT]}
    return {**base, **({"messages": list(messages)} if messages else {}), **more}


def change(data: Any, field: str = "messages", **entry: Any) -> Json:
    changes = [{"field": field, "value": data}]
    return {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": changes, **entry}]}


def signed(body: bytes, secret: str = CREDS["app_secret"]) -> Mapping[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"}


def request(data: Any) -> Inbound:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Inbound(method="POST", path="/hooks/whatsapp/key/", query={}, headers=signed(body), body=body)


def parsed(data: Any) -> list[Event]:
    made = request(data)
    PLATFORM.verify(made, CREDS)
    return list(PLATFORM.parse(made, CREDS))
