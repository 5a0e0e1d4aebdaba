"""The customer with RCS on the phone: what it does becomes signed envelopes."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import b64decode, b64encode
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from apps.sandbox import faults, posts, sounds, store, threads
from apps.sandbox.dialects import Signed
from apps.sandbox.models import (
    FaultKind,
    SandboxAccount,
    SandboxFile,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)

Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    return f"+{phone.number}"


def start(thread: SandboxThread) -> None:
    """RCS has no Start: the first words begin."""


def say(thread: SandboxThread, text: str) -> None:
    text = threads.with_tag(thread, text)
    _tell(thread, {"text": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    _file(thread, store.keep(thread.account, source, name=name, mime=mime))


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    _file(thread, store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg"))


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    place = {"latitude": latitude, "longitude": longitude}
    _tell(thread, {"location": place}, kind="place", data=place)


def edit(message: SandboxMessage, text: str) -> None:
    """Agents are told of no changes."""


def withdraw(message: SandboxMessage) -> None:
    """Agents are told of no deletions."""


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a chip; one that asks for a place also sends one."""
    options = {option["id"]: option for option in message.data.get("options", [])}
    for option in [options[name] for name in chosen if name in options][:1]:
        threads.change(message, chosen=[option["id"]])
        tapped = {"postbackData": option["id"], "text": option["title"], "type": option["type"]}
        _tell(message.thread, {"suggestionResponse": tapped}, kind="text", text=option["title"])
        if "shareLocationAction" in option["does"]:
            send_place(message.thread, 48.8584, 2.2945)


def react(message: SandboxMessage, reaction: str) -> None:
    """Agents are told of no reactions."""


def typing(thread: SandboxThread, on: bool) -> None:
    if on:
        _event(thread, "IS_TYPING")


def leave(thread: SandboxThread) -> None:
    """Unsubscribe from the menu of the conversation: the network says STOP for the customer."""
    say(thread, "STOP")
    _become(thread, ThreadState.LEFT)


def come_back(thread: SandboxThread) -> None:
    say(thread, "START")


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    """Over what is inside the envelope, not over the body."""
    data = b64decode(json.loads(body)["message"]["data"])
    digest = hmac.new(account.secret.encode(), data, hashlib.sha512).digest()
    return Signed(url, {"x-goog-signature": b64encode(digest).decode()})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to Google."""


def arrived(shown: SandboxMessage) -> None:
    """A message of the business on the phone; without a network it waits."""
    if not shown.thread.phone.offline_since:
        threads.change(shown, delivered=True)
        _event(shown.thread, "DELIVERED", messageId=shown.ref)


def expire(shown: SandboxMessage) -> None:
    """Its time was over before the phone had a network: Google takes it back."""
    facts = {"phoneNumber": shown.thread.address, "messageId": shown.ref, "agentId": shown.thread.account.key}
    kind = {"eventType": "TTL_EXPIRATION_REVOKED", "eventId": secrets.token_hex(16), "sendTime": now()}
    _post(shown.thread, {**facts, **kind}, "event")
    posts.release(shown.thread.phone)  # Google says so, not the phone


def lose_rcs(thread: SandboxThread) -> None:
    """The customer has another telephone, or their carrier no RCS: Google knows the number no more."""
    thread.data = {**thread.data, "rcs": False}
    thread.save(update_fields=["data"])


def now() -> str:
    """RFC 3339 with nanoseconds, as Google writes it."""
    return f"{timezone.now():%Y-%m-%dT%H:%M:%S.%f}000Z"


def _file(thread: SandboxThread, stored: SandboxFile) -> None:
    url = f"{settings.BASE_URL}/sandbox/rcs/files/{thread.account.key}/{stored.key}"
    payload = {"mimeType": stored.mime, "fileSizeBytes": stored.size, "fileName": stored.name, "fileUri": url}
    _tell(thread, {"userFile": {"payload": payload}}, kind="file", file=stored)


def _tell(thread: SandboxThread, content: Json, **bubble: Any) -> None:
    """Who writes has read what stood there."""
    _become(thread, ThreadState.OPEN)
    _read(thread)
    shown = threads.show(thread, mine=True, ref=f"Mx{secrets.token_urlsafe(16)}", **bubble)
    about = {"senderPhoneNumber": thread.address, "messageId": shown.ref, "sendTime": now()}
    _post(thread, {**about, **content, "agentId": thread.account.key}, "message")


def _read(thread: SandboxThread) -> None:
    for shown in thread.messages.filter(mine=False, data__delivered=True).exclude(data__has_key="read"):
        shown.data = {**shown.data, "read": True}
        shown.save(update_fields=["data"])
        _event(thread, "READ", messageId=shown.ref)


def _event(thread: SandboxThread, kind: str, **more: str) -> None:
    about = {"senderPhoneNumber": thread.address, "eventType": kind, "eventId": secrets.token_hex(16)}
    _post(thread, {**about, **more, "sendTime": now(), "agentId": thread.account.key}, "event")


def _post(thread: SandboxThread, data: Json, kind: str) -> None:
    account = thread.account
    message: Json = {"data": b64encode(json.dumps(data, ensure_ascii=False).encode()).decode()}
    message["attributes"] = {"business_id": account.key, "type": kind, "project_number": "1"}
    message |= {"messageId": str(secrets.randbits(53)), "publishTime": now()}
    body = json.dumps({"message": message, "subscription": "projects/sandbox/subscriptions/rbm"}).encode()
    times = 2 if FaultKind.DUPLICATE in faults.active(account) else 1
    posts.queue(thread, [body] * times, [{"content-type": "application/json"}] * times)


def _become(thread: SandboxThread, state: ThreadState) -> None:
    if thread.state != state:
        thread.state = state
        thread.save(update_fields=["state"])
