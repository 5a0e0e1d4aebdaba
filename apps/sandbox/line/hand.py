"""The customer on LINE: what a phone does becomes signed webhooks."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from apps.sandbox import sounds, store, threads
from apps.sandbox.dialects import Signed
from apps.sandbox.line import events
from apps.sandbox.models import (
    SandboxAccount,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)

KINDS = {"image/jpeg": "image", "image/png": "image", "video/mp4": "video"}
PLACE = {"latitude": 48.8584, "longitude": 2.2945}


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """A user id: another for every provider."""
    return "U" + hashlib.sha256(f"{account.key}.{phone.number}".encode()).hexdigest()[:32]


def start(thread: SandboxThread) -> None:
    """LINE has no Start: whoever opens a link adds the friend first."""


def say(thread: SandboxThread, text: str) -> None:
    text = threads.with_tag(thread, text)
    _tell(thread, {"type": "text", "text": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    stored = store.keep(thread.account, source, name=name, mime=mime)
    kind = KINDS.get(mime, "file")
    ours: dict[str, Any] = {"type": kind}
    if kind == "file":
        ours |= {"fileName": stored.name, "fileSize": stored.size}
    else:
        ours |= {"contentProvider": {"type": "line"}, **({"duration": 1000} if kind == "video" else {})}
    _tell(thread, ours, kind="file", file=stored)


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg")
    content = {"type": "audio", "duration": sounds.SECONDS * 1000, "contentProvider": {"type": "line"}}
    _tell(thread, content, kind="file", file=stored)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    place = {"latitude": latitude, "longitude": longitude}
    _tell(thread, {"type": "location", "address": "Paris", **place}, kind="place", data=place)


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap an action: a postback, which says its words in the customer's name, or show where one is."""
    options = {option["id"]: option for option in message.data.get("options", [])}
    for option in [options[name] for name in chosen if name in options][:1]:
        threads.change(message, chosen=[option["id"]])
        if option.get("place"):
            send_place(message.thread, **PLACE)
            continue
        if option.get("says"):
            threads.show(message.thread, mine=True, kind="text", text=option["says"])
        events.postback(message.thread, option["id"])


def withdraw(message: SandboxMessage) -> None:
    threads.change(message, text=_("You unsent this message."), withdrawn=True)
    events.unsend(message.thread, message.ref)


def edit(message: SandboxMessage, text: str) -> None:
    """LINE has no editing."""


def react(message: SandboxMessage, reaction: str) -> None:
    """LINE tells nobody of reactions."""


def typing(thread: SandboxThread, on: bool) -> None:
    """LINE does not tell who is typing."""


def leave(thread: SandboxThread) -> None:
    """Block the account. What is pushed from now on is accepted and never shown."""
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.LEFT)
        threads.show(thread, mine=True, kind="info", text=_("You blocked this account."))
        events.unfollow(thread)


def come_back(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        _become(thread, ThreadState.OPEN)
        threads.show(thread, mine=True, kind="info", text=_("You unblocked this account."))
        events.follow(thread, unblocked=True)


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    digest = hmac.new(account.data["channel_secret"].encode(), body, hashlib.sha256).digest()
    return Signed(url, {"x-line-signature": b64encode(digest).decode()})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to LINE."""


def _tell(thread: SandboxThread, content: dict[str, Any], **bubble: Any) -> None:
    if thread.state == ThreadState.LEFT:
        come_back(thread)
    if thread.state == ThreadState.NEW:
        _become(thread, ThreadState.OPEN)
        events.follow(thread, unblocked=False)
    ref = str(10**17 + secrets.randbelow(9 * 10**17))
    shown = threads.show(thread, mine=True, ref=ref, **bubble)
    threads.change(shown, read_token=events.message(thread, ref, **content))


def _become(thread: SandboxThread, state: ThreadState) -> None:
    thread.state = state
    thread.save(update_fields=["state"])
