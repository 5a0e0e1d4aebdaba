"""Reply and push, the loading dots, marks of reading (2.4, 2.6)."""

from __future__ import annotations

import re
import secrets
from typing import Any
from uuid import UUID

from apps.sandbox import fetched, threads
from apps.sandbox.calls import Refused
from apps.sandbox.line import checks, events
from apps.sandbox.line.errors import bad_reply_token, invalid, over_quota, refused
from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxThread, ThreadState

MB = 1024 * 1024
LIMITS = {"image": 10 * MB, "video": 200 * MB, "audio": 200 * MB}
PREVIEW = 1 * MB
KEPT = 50  # retry keys of one customer
USER = re.compile(r"U[0-9a-f]{32}")
Json = dict[str, Any]


def reply(account: SandboxAccount, given: Json, retry_key: str) -> Json:
    """Answer with a token: once, within a minute, free of charge. Takes no retry key."""
    if retry_key:
        raise refused(400, "The API does not support the retry key")
    bubbles = _bubbles(given)
    token = checks.words(given, "replyToken", 200, "request")
    thread = _holder(account, token)
    if thread is None or not events.take_reply_token(thread, token):
        raise bad_reply_token()
    return {"sentMessages": _show(thread, bubbles)}


def push(account: SandboxAccount, given: Json, retry_key: str) -> Json:
    """To a friend at any time, against the quota. Who blocked us is not told: accepted, never shown."""
    bubbles = _bubbles(given)
    to = checks.words(given, "to", 200, "request")
    if not USER.fullmatch(to):
        raise invalid("to", "The property, 'to', in the request body is invalid")
    thread = threads.at_address(account, to)
    if thread is None or thread.state == ThreadState.NEW:
        raise refused(400, "Failed to send messages")
    _refuse_repeated(thread, retry_key)
    _charge(account, len(bubbles))
    sent = _show(thread, bubbles)
    _remember(thread, retry_key, sent)
    return {"sentMessages": sent}


def loading(account: SandboxAccount, given: Json) -> Json:
    seconds = given.get("loadingSeconds", 20)
    if not isinstance(seconds, int) or not 5 <= seconds <= 60 or seconds % 5:
        raise invalid("loadingSeconds", "must be a multiple of 5 between 5 and 60")
    thread = threads.at_address(account, str(given.get("chatId", "")))
    if thread is None:
        raise invalid("chatId", "invalid chat")
    threads.typing(thread, True)
    return {}


def mark_read(account: SandboxAccount, given: Json) -> Json:
    token = checks.words(given, "markAsReadToken", 200, "request")
    rows = SandboxMessage.objects.filter(thread__account=account, data__read_token=token)
    found = rows.select_related("thread").first()
    if found is None:
        raise invalid("markAsReadToken", "invalid token")
    threads.change(found, seen=True)
    return {}


def _bubbles(given: Json) -> list[checks.Bubble]:
    messages = given.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        raise invalid("messages", "Size must be between 1 and 5")
    return [checks.bubble(message, f"messages[{n}]") for n, message in enumerate(messages)]


def _holder(account: SandboxAccount, token: str) -> SandboxThread | None:
    rows = SandboxThread.objects.filter(account=account, data__reply__has_key=token)
    address = rows.values_list("address", flat=True).first()
    return threads.at_address(account, address) if address else None


def _refuse_repeated(thread: SandboxThread, retry_key: str) -> None:
    """409 to a key that was accepted before, with what was sent then."""
    if not retry_key:
        return
    try:
        key = UUID(retry_key).hex
    except ValueError:
        raise refused(400, "The retry key is invalid") from None
    known = thread.data.get("keys", {}).get(key)
    if known:
        body = {"message": "The retry key is already accepted", "sentMessages": known["sent"]}
        raise Refused(409, body, X_Line_Accepted_Request_Id=known["request"])


def _remember(thread: SandboxThread, retry_key: str, sent: list[Json]) -> None:
    if retry_key:
        fact = {"request": secrets.token_hex(16), "sent": sent}
        known = {**thread.data.get("keys", {}), UUID(retry_key).hex: fact}
        thread.data = {**thread.data, "keys": dict(list(known.items())[-KEPT:])}
        thread.save(update_fields=["data"])


def _charge(account: SandboxAccount, number: int) -> None:
    row = SandboxAccount.objects.select_for_update().get(pk=account.pk)
    used = row.data["used"] + number
    if used > row.data["quota"]:
        raise over_quota()
    row.data = {**row.data, "used": used}
    row.save(update_fields=["data"])


def _show(thread: SandboxThread, bubbles: list[checks.Bubble]) -> list[Json]:
    """Quick replies of before vanish; nobody who blocked us sees anything."""
    sent = [{"id": str(10**17 + secrets.randbelow(9 * 10**17)), "quoteToken": secrets.token_urlsafe(24)}
            for _ in bubbles]  # fmt: skip
    if thread.state == ThreadState.OPEN:
        for old in thread.messages.filter(data__as="quickReply").exclude(data__has_key="chosen"):
            threads.change(old, chosen=[])
        for bubble, facts in zip(bubbles, sent, strict=True):
            _put(thread, bubble, facts["id"])
    return sent


def _put(thread: SandboxThread, bubble: checks.Bubble, ref: str) -> None:
    file, kind, text = None, bubble.kind, bubble.text
    if bubble.url:
        name, limit = bubble.url.rsplit("/", 1)[-1], LIMITS[bubble.data["as"]]
        file = fetched.kept(thread.account, bubble.url, name=name, limit=limit)
        shown = file and (not bubble.preview or _has_preview(thread.account, bubble.preview))
        kind, text = ("file", text) if shown else ("info", "⚠")
    threads.show(thread, mine=False, kind=kind, text=text, data=bubble.data, file=file, ref=ref)


def _has_preview(account: SandboxAccount, url: str) -> bool:
    """Pictures and films are shown only with a JPEG or PNG of at most a megabyte."""
    file = fetched.kept(account, url, name="preview", limit=PREVIEW)
    return file is not None and file.mime in ("image/jpeg", "image/png")
