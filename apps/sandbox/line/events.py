"""The webhooks of LINE (2.3), queued with what they tell."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.sandbox import faults, posts
from apps.sandbox.models import FaultKind, SandboxThread

Json = dict[str, Any]
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEPT = 20  # reply tokens


def message(thread: SandboxThread, ref: str, **content: Any) -> str:
    """A message of the customer's; the token that marks it as read."""
    read = secrets.token_urlsafe(32)
    tokens = {"quoteToken": secrets.token_urlsafe(24), "markAsReadToken": read}
    _post(thread, "message", replyToken=_reply_token(thread), message={"id": ref, **tokens, **content})
    return read


def postback(thread: SandboxThread, data: str) -> None:
    _post(thread, "postback", replyToken=_reply_token(thread), postback={"data": data})


def unsend(thread: SandboxThread, ref: str) -> None:
    _post(thread, "unsend", unsend={"messageId": ref})


def follow(thread: SandboxThread, *, unblocked: bool) -> None:
    _post(thread, "follow", replyToken=_reply_token(thread), follow={"isUnblocked": unblocked})


def unfollow(thread: SandboxThread) -> None:
    _post(thread, "unfollow")


def take_reply_token(thread: SandboxThread, token: str) -> bool:
    """Whether a token could be used; it cannot be once more, nor after a minute."""
    known = dict(thread.data.get("reply", {}))
    made = known.pop(token, None)
    if made is None:
        return False
    thread.data = {**thread.data, "reply": known}
    thread.save(update_fields=["data"])
    return (timezone.now() - datetime.fromisoformat(made)).total_seconds() <= 60


def _reply_token(thread: SandboxThread) -> str:
    token = secrets.token_hex(16)
    known = {**thread.data.get("reply", {}), token: timezone.now().isoformat()}
    thread.data = {**thread.data, "reply": dict(list(known.items())[-KEPT:])}
    thread.save(update_fields=["data"])
    return token


def _post(thread: SandboxThread, kind: str, **content: Any) -> None:
    """One request with one event. While a module holds the thread there is no token and the mode says so."""
    account = thread.account
    standby = bool(thread.data.get("standby"))
    if standby:
        content.pop("replyToken", None)
    event = {
        "type": kind,
        "mode": "standby" if standby else "active",
        "timestamp": int(timezone.now().timestamp() * 1000),
        "source": {"type": "user", "userId": thread.address},
        "webhookEventId": "01" + "".join(secrets.choice(_BASE32) for _ in range(24)),
        **content,
    }
    times = 2 if FaultKind.DUPLICATE in faults.active(account) else 1
    bodies = [_body(account.data["user_id"], event, again=number > 0) for number in range(times)]
    posts.queue(thread, bodies, [{"content-type": "application/json; charset=utf-8"}] * times)


def _body(destination: str, event: Json, *, again: bool) -> bytes:
    whole = {**event, "deliveryContext": {"isRedelivery": again}}
    return json.dumps({"destination": destination, "events": [whole]}, ensure_ascii=False).encode()
