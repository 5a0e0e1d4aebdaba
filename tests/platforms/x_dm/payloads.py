"""What X posts and answers, after its documentation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from apps.platforms.base import Inbound
from tests.platforms.recording import Server
from tests.platforms.samples import SAMPLES

CREDS = SAMPLES["x_dm"].creds
US, THEM = SAMPLES["x_dm"].sender, SAMPLES["x_dm"].to
STAMP = 1_784_928_224_372
DM = "2080765901528535096"
SEND = f"POST /2/dm_conversations/with/{THEM}/messages"
SENT = {"data": {"dm_conversation_id": f"{THEM}-{US}", "dm_event_id": DM}}
Json = dict[str, Any]


def dm(data: Json, *, sender: str = THEM, recipient: str = US, ref: str = DM) -> Json:
    said = {"target": {"recipient_id": recipient}, "sender_id": sender, "message_data": data}
    return {"type": "message_create", "id": ref, "created_timestamp": str(STAMP), "message_create": said}


def account(**lists: Any) -> Json:
    """The Account Activity API's shape."""
    users = {THEM: {"id": THEM, "name": "Ana", "screen_name": "ana"}}
    return {"for_user_id": US, "users": users, **lists}


def activity(kind: str, payload: Json, uuid: str = "-6850472171600526495") -> Json:
    """The X Activity API's shape."""
    users = {THEM: {"data": {"id": THEM, "name": "Ana", "username": "ana"}}}
    event = {"event_uuid": uuid, "filter": {"user_id": US}, "event_type": kind, "tag": "dm"}
    return {"data": {**event, "payload": {**payload, "users": users}}}


def signal(**more: str) -> Json:
    return {"created_timestamp": str(STAMP), "sender_id": THEM, "target": {"recipient_id": US}, **more}


def request(raw: bytes | Json, secret: str = CREDS["consumer_secret"]) -> Inbound:
    raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    headers = {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(digest).decode()}"}
    return Inbound(method="POST", path="/hooks/x_dm/key/", query={}, headers=headers, body=raw)


def creds(server: Server) -> dict[str, str]:
    return {**CREDS, "base_url": server.url}
