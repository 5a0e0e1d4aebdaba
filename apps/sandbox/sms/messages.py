"""Messages.json: what a business sends, as words on the phone, and the list of it (8.3, 8.4)."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from apps.sandbox import store, threads
from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxThread, ThreadState
from apps.sandbox.sms import hand, shapes
from apps.sandbox.sms.errors import TwilioError

MOST_TEXT = 1600
MOST_FILE = 5 * 1024 * 1024
_NUMBER = re.compile(r"\+[1-9]\d{1,14}")
Json = dict[str, Any]
Form = dict[str, str]


def create(account: SandboxAccount, given: Form, media: str) -> Json:
    """One message; `media` is the key of the file that was fetched from MediaUrl, "" without one."""
    thread = _recipient(account, given)
    text = given.get("Body", "")
    if not text and not media:
        raise TwilioError(21602, "Message body is required.")
    if len(text) > MOST_TEXT:
        raise TwilioError(21617, "The concatenated message body exceeds the 1600 character limit")
    file = store.find(account, media) if media else None
    shown = threads.show(
        thread,
        mine=False,
        kind="file" if file else "text",
        text=text,
        file=file,
        data={"status": "queued", "callback": given.get("StatusCallback", "")},
        ref=f"{'MM' if file else 'SM'}{secrets.token_hex(16)}",
    )
    accepted = shapes.message(account, shown)
    _travel(shown)
    return accepted


def listed(account: SandboxAccount, given: Form) -> Json:
    """The last messages to a number, newest first."""
    rows = SandboxMessage.objects.filter(thread__account=account, mine=False).exclude(kind="info")
    if given.get("To"):
        rows = rows.filter(thread__address=given["To"])
    found = rows.select_related("thread").order_by("-at", "-number")[:50]
    return shapes.page(account, "messages", [shapes.message(account, row) for row in found])


def _recipient(account: SandboxAccount, given: Form) -> SandboxThread:
    to, sender = given.get("To", ""), given.get("From", "")
    if not to:
        raise TwilioError(21604, "'To' phone number is required to send a Message")
    if not _NUMBER.fullmatch(to):
        raise TwilioError(21211, f"Invalid 'To' Phone Number: {to[:20]}")
    if sender != account.address:
        words = f"Mismatch between the 'From' number {sender[:20]} and the account {account.key}"
        raise TwilioError(21660 if _NUMBER.fullmatch(sender) else 21606, words)
    _callback(given.get("StatusCallback", ""))
    thread = threads.at_address(account, to)
    if thread is None:
        raise TwilioError(21614, f"'To' number {to} is not a valid mobile number")
    if thread.state == ThreadState.LEFT:
        raise TwilioError(21610, "Attempt to send to unsubscribed recipient")
    return thread


def _callback(url: str) -> None:
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise TwilioError(21609, f"Invalid 'StatusCallback' URL: {url[:80]}")


def _travel(shown: SandboxMessage) -> None:
    """Statuses are not ordered: delivered may come before sent, and here it does. An account that "fails"
    says by which code the carrier refuses."""
    code = shown.thread.account.data.get("fails")
    if code:
        hand.status(shown, "undelivered", ErrorCode=str(code))
        hand.status(shown, "sent")
        return
    if shown.thread.phone.offline_since:
        hand.status(shown, "sent")
        return
    threads.change(shown, status="delivered")
    hand.status(shown, "delivered")
    hand.status(shown, "sent")
