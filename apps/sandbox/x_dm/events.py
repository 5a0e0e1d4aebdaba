"""What X posts (6.2): the Account Activity API's shape, or that of the X Activity API where the account's
data say "shape": "activity"."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.utils import timezone

from apps.sandbox import faults, posts
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxThread

Json = dict[str, Any]
USER_AGENT_APP = {"id": "268278", "name": "X for iPhone", "url": "http://x.com"}


def message(thread: SandboxThread, ref: str, data: Json) -> None:
    """Something that the customer said. `data` as in message_data."""
    entities: Json = {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []}
    said = {
        "target": {"recipient_id": thread.account.address},
        "sender_id": thread.address,
        "source_app_id": USER_AGENT_APP["id"],
        "message_data": {"entities": entities, **data},
    }
    row = {"type": "message_create", "id": ref, "created_timestamp": _stamp(), "message_create": said}
    _post(thread, "dm.received", {"direct_message_events": [row]}, apps={"268278": USER_AGENT_APP})


def typing(thread: SandboxThread) -> None:
    _post(thread, "dm.indicate_typing", {"direct_message_indicate_typing_events": [_signal(thread)]})


def read(thread: SandboxThread, last: str) -> None:
    row = {**_signal(thread), "last_read_event_id": last}
    _post(thread, "dm.read", {"direct_message_mark_read_events": [row]})


def encrypted(thread: SandboxThread) -> None:
    """A message in X's new chat: nobody but the account's own devices can read it."""
    payload = {
        "id": secrets.token_hex(16),
        "created_at_msec": _stamp(),
        "sender_id": thread.address,
        "conversation_id": f"{thread.address}:{thread.account.address}",
        "encoded_event": "CwABAAAAEzIwODA0MDA4MjUyMjcxMDAxNjALAAIA",
    }
    posts.queue(thread, [_activity(thread.account, "chat.received", payload)], [_HEAD])


_HEAD = {"content-type": "application/json;charset=utf-8"}


def _signal(thread: SandboxThread) -> Json:
    target = {"recipient_id": thread.account.address}
    return {"created_timestamp": _stamp(), "sender_id": thread.address, "target": target}


def _post(thread: SandboxThread, kind: str, payload: Json, **beside: Json) -> None:
    account = thread.account
    times = 2 if FaultKind.DUPLICATE in faults.active(account) else 1
    if account.data.get("shape") == "activity":
        users = {thread.address: {"data": {"id": thread.address, "name": thread.phone.name}}}
        bodies = [_activity(account, kind, {**payload, "users": users}) for _ in range(times)]
    else:
        names = {"id": thread.address, "name": thread.phone.name, "screen_name": "customer"}
        legacy = {"for_user_id": account.address, **payload, "users": {thread.address: names}, **beside}
        bodies = [json.dumps(legacy).encode()] * times
    posts.queue(thread, bodies, [_HEAD] * times)


def _activity(account: SandboxAccount, kind: str, payload: Json) -> bytes:
    """Two subscriptions to the same events name different deliveries; some numbers are negative."""
    uuid = str(secrets.randbelow(2**63) - 2**62)
    filtered = {"user_id": account.address}
    data = {"event_uuid": uuid, "filter": filtered, "event_type": kind, "tag": "dm", "payload": payload}
    return json.dumps({"data": data}).encode()


def _stamp() -> str:
    return str(int(timezone.now().timestamp() * 1000))
