"""The webhooks of the Cloud API (3.2), queued with what they tell."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from apps.sandbox import faults, posts
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxMessage, SandboxThread, ThreadState

Json = dict[str, Any]
HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
UNPAID: Json = {
    "code": 131042,
    "title": "Business eligibility payment issue",
    "error_data": {"details": "Message failed to send because of the payment method of the account."},
    "href": HREF,
}
STOPPED: Json = {
    "code": 131050,
    "title": "Unable to deliver the message.",
    "error_data": {"details": "The recipient has chosen to stop receiving marketing messages from you."},
    "href": HREF,
}


def wa_id(thread: SandboxThread) -> str:
    return str(thread.phone.number)


def from_phone(thread: SandboxThread, ref: str, kind: str, content: Any, **more: Any) -> None:
    """One message of the customer's; `content` stands under its kind."""
    message: Json = {"from_user_id": thread.address, "id": ref, "timestamp": _now(), "type": kind}
    if _numbered(thread):
        message = {"from": wa_id(thread), **message}
    given = {kind: content} if content is not None else {}
    _post(thread, "messages", contacts=[_contact(thread)], messages=[{**message, **given, **more}])


def preference(thread: SandboxThread, *, wanted: bool) -> None:
    """The customer stopped marketing messages, or resumed them."""
    value = "resume" if wanted else "stop"
    told: Json = {"user_id": thread.address, "category": "marketing_messages", "value": value}
    if _numbered(thread):
        told["wa_id"] = wa_id(thread)
    told |= {"detail": f"User requested to {value} marketing messages", "timestamp": int(_now())}
    _post(thread, "user_preferences", contacts=[_contact(thread)], user_preferences=[told])


def sent(thread: SandboxThread, shown: SandboxMessage, *, refused: Json | None = None) -> None:
    """Accepted and, unless the customer blocked us or has no network, delivered. Why it was `refused` is told
    only now, of each message (3.7)."""
    if refused is not None:
        _status(thread, shown, "failed", refused)
        return
    _status(thread, shown, "sent")
    if thread.state != ThreadState.LEFT and not thread.phone.offline_since:
        _status(thread, shown, "delivered")


def read(thread: SandboxThread) -> None:
    """The customer looked at what stood there."""
    unread = thread.messages.filter(mine=False, data__has_key="tracker").exclude(data__has_key="read")
    for shown in unread:
        shown.data = {**shown.data, "read": True}
        shown.save(update_fields=["data"])
        _status(thread, shown, "read")


def _status(thread: SandboxThread, shown: SandboxMessage, state: str, *errors: Json) -> None:
    status: Json = {"id": shown.ref, "status": state, "timestamp": _now()}
    if errors:
        status["errors"] = list(errors)
    if _numbered(thread):
        status["recipient_id"] = wa_id(thread)
    status["recipient_user_id"] = thread.address
    if shown.data.get("tracker"):
        status["biz_opaque_callback_data"] = shown.data["tracker"]
    if state not in ("read", "failed"):
        category = shown.data.get("category", "service")
        status["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "category": category,
            "type": "regular",
        }
    _post(thread, "messages", contacts=[_contact(thread)], statuses=[status])


def metadata(account: SandboxAccount) -> Json:
    return {"display_phone_number": account.address, "phone_number_id": account.key}


def _contact(thread: SandboxThread) -> Json:
    profile: Json = {"name": thread.phone.name}
    if _numbered(thread):
        return {"profile": profile, "wa_id": wa_id(thread), "user_id": thread.address}
    return {"profile": {**profile, "username": f"phone.{thread.phone.number}"}, "user_id": thread.address}


def _numbered(thread: SandboxThread) -> bool:
    """Whether the business may see the number; people with a username can hide it."""
    return not thread.account.data.get("usernames")


def _post(thread: SandboxThread, field: str, **told: Any) -> None:
    """One request with one change, as Meta does in practice; its text is ASCII with escapes."""
    account = thread.account
    value = {"messaging_product": "whatsapp", "metadata": metadata(account), **told}
    change = {"value": value, "field": field}
    entry = {"id": account.data["waba_id"], "changes": [change]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode("ascii")
    times = 2 if FaultKind.DUPLICATE in faults.active(account) else 1
    posts.queue(thread, [body] * times, [{"content-type": "application/json"}] * times)


def _now() -> str:
    return str(int(timezone.now().timestamp()))
