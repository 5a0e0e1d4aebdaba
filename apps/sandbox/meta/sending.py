"""POST /me/messages: what a business says to a customer, as words and bubbles on the phone."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.sandbox import store, threads
from apps.sandbox.meta import checks, events, products
from apps.sandbox.meta.errors import GraphError, answered, invalid, not_available, outside_window
from apps.sandbox.meta.parameters import Parameters
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxThread, ThreadState

MB = 1024 * 1024
FILE_BYTES = 25 * MB
ACTIONS = {"typing_on": True, "typing_off": False}
Json = dict[str, Any]


def messages(account: SandboxAccount, given: Parameters) -> Json:
    """One message or one gesture."""
    thread = _thread(account, given)
    if given.has("sender_action"):
        return _act(thread, given)
    checks.window_tag(given.text("messaging_type") or "RESPONSE", given.text("tag"))
    message = given.thing("message")
    checks.message(message, products.of(account), has_file=given.file is not None)
    comment = str(given.thing("recipient").get("comment_id", ""))
    _may_reply(thread, comment) if comment else _may_write(thread, given.text("tag"))
    stored = _stored(account, message, given)
    shown = {**_bubble(message), "ref": f"m_{secrets.token_urlsafe(24)}"}
    shown["data"] = {**shown.get("data", {}), **_quoted(thread, given), **_persona(account, given)}
    bubble = threads.show(thread, mine=False, file=stored, **shown)
    events.echo(thread, bubble, message)
    events.delivered(thread, bubble)
    return {"recipient_id": thread.address, "message_id": bubble.ref}


def upload(account: SandboxAccount, given: Parameters) -> Json:
    """POST /me/message_attachments: a file to be sent later, and again."""
    message = given.thing("message")
    checks.message(message, products.of(account), has_file=given.file is not None)
    stored = _stored(account, message, given)
    if stored is None:
        raise invalid("Param filedata is required")
    return {"attachment_id": stored.key}


def _thread(account: SandboxAccount, given: Parameters) -> SandboxThread:
    recipient = given.thing("recipient")
    if comment := str(recipient.get("comment_id", "")):
        rows = SandboxThread.objects.filter(account=account, data__comments__has_key=comment)
        found = rows.values_list("address", flat=True).first()
    else:
        found = str(recipient.get("id", ""))
    thread = threads.at_address(account, found) if found else None
    if thread is None:
        raise invalid("No matching user found", subcode=2018001)
    return thread


def _act(thread: SandboxThread, given: Parameters) -> Json:
    if given.names() - {"recipient", "sender_action"}:
        raise invalid("sender_action must be sent without a message")
    action = given.text("sender_action").lower()  # the SDK writes it in capitals
    if action not in (*ACTIONS, "mark_seen"):
        raise invalid("Param sender_action is invalid")
    if action in ACTIONS:
        threads.typing(thread, ACTIONS[action])
    return {"recipient_id": thread.address}


def _may_reply(thread: SandboxThread, comment: str) -> None:
    """Once, within seven days; what Meta answers later than that is not documented."""
    said = thread.data["comments"][comment]
    if not said:
        raise answered()
    if timezone.now() - datetime.fromisoformat(said) > timedelta(days=7):
        raise outside_window()
    thread.data = {**thread.data, "comments": {**thread.data["comments"], comment: ""}}
    thread.save(update_fields=["data"])


def _may_write(thread: SandboxThread, tag: str) -> None:
    """24 hours after the customer did something; a person has seven days."""
    if thread.state == ThreadState.LEFT:
        raise not_available()
    last = thread.data.get("last_at")
    allowed = timedelta(days=7) if tag else timedelta(hours=24)
    if not last or timezone.now() - datetime.fromisoformat(last) > allowed:
        raise outside_window()
    if thread.data.get("owner"):
        words = "Message failed to send because another app is controlling this thread now."
        raise GraphError(10, words, subcode=2018300)


def _stored(account: SandboxAccount, message: Json, given: Parameters) -> SandboxFile | None:
    """The file that a message shows: uploaded with it, uploaded before, or fetched later by its address."""
    attachment = message.get("attachment") or {}
    payload = attachment.get("payload", {})
    if given.file is not None:
        mime = given.file.content_type or "application/octet-stream"
        try:
            return store.keep(
                account, given.file, name=given.file.name or "file", mime=mime, limit=FILE_BYTES
            )
        except store.TooLarge:
            raise GraphError(100, "Attachment size exceeds allowable limit", subcode=2018047) from None
    if key := payload.get("attachment_id"):
        found = store.find(account, str(key))
        if found is None:
            raise invalid("Param attachment_id is not a valid attachment")
        return found
    return None


def _bubble(message: Json) -> Json:
    """Kind, text and data of what the phone shows."""
    if "text" in message:
        replies = message.get("quick_replies", [])
        chosen = [{"id": item["payload"], "title": item["title"]} for item in replies]
        text = message["text"]
        return (
            {"kind": "choices", "text": text, "data": {"options": chosen, "tap": "reply"}}
            if chosen
            else {"kind": "text", "text": text}
        )
    attachment = message.get("attachment") or {}
    payload = attachment.get("payload", {})
    if attachment.get("type") == "template":
        return _template(payload)
    if payload.get("url"):
        return {"kind": "link", "text": attachment["type"], "data": {"url": payload["url"]}}
    return {"kind": "file"}


def _template(payload: Json) -> Json:
    """One bubble for a whole template: its words, and every button that answers."""
    elements = payload.get("elements") or [{"title": payload["text"], "buttons": payload["buttons"]}]
    lines = [text for e in elements for text in (e["title"], e.get("subtitle")) if text]
    buttons = [button for element in elements for button in element.get("buttons", [])]
    taps = [{"id": b["payload"], "title": b["title"]} for b in buttons if b["type"] == "postback"]
    if taps:
        return {"kind": "choices", "text": "\n".join(lines), "data": {"options": taps, "tap": "postback"}}
    opened: Json = next(iter(buttons), {})
    url = opened.get("url") or f"tel:{opened.get('payload', '')}"
    return {"kind": "link", "text": "\n".join(lines), "data": {"url": url, "button": opened.get("title", "")}}


def _quoted(thread: SandboxThread, given: Parameters) -> Json:
    mid = str(given.thing("reply_to").get("mid", ""))
    if not mid:
        return {}
    target = thread.messages.filter(ref=mid).first()
    if target is None:
        raise invalid("Param reply_to[mid] is not a message of this thread")
    return {"reply_to": target.text[:80]}


def _persona(account: SandboxAccount, given: Parameters) -> Json:
    if not given.has("persona_id"):
        return {}
    known = account.data.get("personas", {})
    if given.text("persona_id") not in known:
        raise invalid("Param persona_id is not a persona of this Page")
    return {"persona": known[given.text("persona_id")]["name"]}
