"""send_message: what a bot says, as bubbles on the phone; free within a session, counted outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.sandbox import fetched, threads
from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxThread, ThreadState
from apps.sandbox.viber import checks, events
from apps.sandbox.viber.errors import missing, refused

SESSION = timedelta(hours=24)
FREE, SESSION_FREE = 4, 1  # billing_status, not documented for certain
Json = dict[str, Any]


def open_session(thread: SandboxThread) -> None:
    thread.data = {**thread.data, "session": timezone.now().isoformat()}
    thread.save(update_fields=["data"])


def send_message(account: SandboxAccount, given: Json) -> Json:
    if not account.webhook_url:
        raise refused(10)
    receiver = given.get("receiver")
    if not isinstance(receiver, str) or not receiver:
        raise missing("receiver")
    bubble = checks.bubble(given)
    thread = threads.at_address(account, receiver)
    if thread is None:
        raise refused(5)
    if thread.state == ThreadState.LEFT or not events.subscribed(thread):
        raise refused(6)
    if given.get("min_api_version", 1) > events.API_VERSION:
        raise refused(11)
    billing = _charge(account, thread)
    shown = _show(thread, bubble, events.new_token())
    _arrive(account, thread, shown)
    token = {"message_token": int(shown.ref), "chat_hostname": "SN-CHAT-01_", "billing_status": billing}
    return {"status": 0, "status_message": "ok", **token}


def _arrive(account: SandboxAccount, thread: SandboxThread, shown: SandboxMessage) -> None:
    """A message that was taken may fail afterwards: a file that Viber cannot fetch, or an account whose
    messages fail ("fails" says why)."""
    why = account.data.get("fails") or ("failed to download the media" if shown.kind == "info" else "")
    if why:
        events.status(thread, shown, "failed", desc=why)
    elif not thread.phone.offline_since:
        events.status(thread, shown, "delivered")


def _charge(account: SandboxAccount, thread: SandboxThread) -> int:
    """Outside of a session the plan pays, while it lasts."""
    since = thread.data.get("session")
    if since and timezone.now() - datetime.fromisoformat(since) <= SESSION:
        return SESSION_FREE
    row = SandboxAccount.objects.select_for_update().get(pk=account.pk)
    if row.data["used"] >= row.data["plan"]:
        raise refused(23)
    row.data = {**row.data, "used": row.data["used"] + 1}
    row.save(update_fields=["data"])
    return FREE


def _show(thread: SandboxThread, bubble: checks.Bubble, token: int) -> SandboxMessage:
    """A keyboard stays until the next message."""
    for old in thread.messages.filter(data__as="keyboard").exclude(data__has_key="chosen"):
        threads.change(old, chosen=[])
    file, kind, text = None, bubble.kind, bubble.text
    if bubble.url:
        limit = checks.LIMITS[bubble.data["as"]]
        file = fetched.kept(thread.account, bubble.url, name=bubble.name, limit=limit)
        kind, text = ("file", text) if file else ("info", "⚠")
    data = {**bubble.data, "sent": True}
    return threads.show(thread, mine=False, kind=kind, text=text, data=data, file=file, ref=str(token))
