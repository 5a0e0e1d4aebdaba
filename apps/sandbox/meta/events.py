"""The webhooks of the Messenger Platform (2.3), queued with what they tell."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from apps.sandbox import faults, posts
from apps.sandbox.meta import products
from apps.sandbox.models import FaultKind, SandboxMessage, SandboxThread

Json = dict[str, Any]

# The key of an item: the field that must have been subscribed to, on Messenger and on Instagram.
FIELDS = {
    "message": ("messages", "messages"),
    "echo": ("message_echoes", "messages"),
    "postback": ("messaging_postbacks", "messaging_postbacks"),
    "referral": ("messaging_referrals", "messaging_referral"),
    "delivery": ("message_deliveries", ""),
    "read": ("message_reads", "messaging_seen"),
    "reaction": ("message_reactions", "message_reactions"),
    "message_edit": ("message_edits", ""),
    "pass_thread_control": ("messaging_handovers", "messaging_handover"),
    "take_thread_control": ("messaging_handovers", "messaging_handover"),
    "standby": ("standby", "standby"),
}


def now() -> int:
    return int(timezone.now().timestamp() * 1000)


def from_phone(thread: SandboxThread, kind: str, content: Json) -> None:
    """Something that the customer did."""
    account = thread.account.address
    item = {"sender": {"id": thread.address}, "recipient": {"id": account}, "timestamp": now()}
    _post(thread, kind, {**item, kind: content})


def echo(thread: SandboxThread, shown: SandboxMessage, message: Json) -> None:
    """What our own app said comes back, with its metadata; sender and recipient are swapped (7.6)."""
    content: Json = {"mid": shown.ref, "is_echo": True, "app_id": int(thread.account.data["app_id"])}
    content |= {name: message[name] for name in ("text", "metadata") if message.get(name)}
    if "attachment" in message:
        content["attachments"] = [_echoed(message["attachment"])]
    _from_page(thread, content)


def said_elsewhere(thread: SandboxThread, shown: SandboxMessage, *, app_id: int) -> None:
    """Somebody answered in Meta's own inbox."""
    content = {"mid": shown.ref, "is_echo": True, "app_id": app_id, "text": shown.text}
    _from_page(thread, content)


def taken(thread: SandboxThread, *, app_id: int) -> None:
    """Another program answers from now on; what is said there comes to us in standby (2.4)."""
    ours = str(thread.account.data["app_id"])
    given = {"previous_owner_app_id": ours, "new_owner_app_id": str(app_id), "metadata": ""}
    from_phone(thread, "take_thread_control", given)
    thread.data = {**thread.data, "owner": str(app_id)}
    thread.save(update_fields=["data"])


def commented(thread: SandboxThread, told: Json) -> None:
    """A change of the Page's feed; people have other ids there than in Messenger."""
    author = {"id": f"9{thread.address}", "name": thread.phone.name}
    value = {"item": "comment", "verb": "add", "parent_id": told["post_id"], "from": author, **told}
    change = {"field": "feed", "value": value}
    _send(thread, "feed", {"id": thread.account.address, "time": now() // 1000, "changes": [change]})


def delivered(thread: SandboxThread, shown: SandboxMessage) -> None:
    """Instagram tells nothing of it."""
    if products.of(thread.account).receipts and not thread.phone.offline_since:
        from_phone(thread, "delivery", {"mids": [shown.ref], "watermark": now()})


def read(thread: SandboxThread) -> None:
    """The customer looked: Messenger names the time, Instagram the message."""
    last = thread.messages.filter(mine=False).exclude(kind="info").order_by("-number").first()
    if last is not None and thread.data.get("read") != last.ref:
        thread.data = {**thread.data, "read": last.ref}
        thread.save(update_fields=["data"])
        messenger = products.of(thread.account).receipts
        from_phone(thread, "read", {"watermark": now()} if messenger else {"mid": last.ref})


def _from_page(thread: SandboxThread, content: Json) -> None:
    account = thread.account.address
    item = {"sender": {"id": account}, "recipient": {"id": thread.address}, "timestamp": now()}
    _post(thread, "echo", {**item, "message": content})


def _echoed(attachment: Json) -> Json:
    payload = attachment.get("payload", {})
    if attachment["type"] == "template":
        return {"type": "template", "payload": payload}
    return {"type": attachment["type"], "payload": {"url": payload.get("url", "")}}


def _post(thread: SandboxThread, kind: str, item: Json) -> None:
    """One request with one item, as Meta does in practice."""
    key = "standby" if thread.data.get("owner") and not kind.endswith("_thread_control") else "messaging"
    field = FIELDS["standby" if key == "standby" else kind][0 if products.of(thread.account).receipts else 1]
    if key == "standby" and kind == "postback":
        item = {**item, kind: {name: item[kind][name] for name in item[kind] if name != "payload"}}
    _send(thread, field, {"id": thread.account.address, "time": now(), key: [item]})


def _send(thread: SandboxThread, field: str, entry: Json) -> None:
    """To who has subscribed to `field`; its text is ASCII with escapes."""
    product = products.of(thread.account)
    if field not in thread.account.data.get("subscribed", []):
        return
    body = json.dumps({"object": product.object, "entry": [entry]}, separators=(",", ":")).encode("ascii")
    times = 2 if FaultKind.DUPLICATE in faults.active(thread.account) else 1
    posts.queue(thread, [body] * times, [{"content-type": "application/json"}] * times)
