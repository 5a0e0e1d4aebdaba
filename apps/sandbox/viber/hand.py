"""The customer on Viber: what a phone does becomes signed callbacks."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from apps.sandbox import sounds, store, threads
from apps.sandbox.dialects import Signed
from apps.sandbox.models import (
    SandboxAccount,
    SandboxFile,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)
from apps.sandbox.viber import events, sending

KINDS = {"image/jpeg": "picture", "image/png": "picture", "video/mp4": "video"}
PLACE = {"latitude": 48.8584, "longitude": 2.2945}
Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """Ids are base64, and every bot has its own for the same person."""
    digest = hashlib.sha256(f"{account.key}.{phone.number}".encode()).digest()
    return b64encode(digest[:16]).decode()


def start(thread: SandboxThread) -> None:
    """Open the chat: the bot is told of it, with the link's context, and may answer with a welcome."""
    context = f"{thread.tag}/{thread.group}" if thread.tag and thread.group else thread.tag
    events.started(thread, context)
    thread.tag = thread.group = ""
    thread.state = ThreadState.OPEN
    thread.version += 1
    thread.save(update_fields=["tag", "group", "state", "version"])


def say(thread: SandboxThread, text: str) -> None:
    _tell(thread, {"type": "text", "text": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    stored = store.keep(thread.account, source, name=name, mime=mime)
    kind = KINDS.get(mime, "file")
    about: Json = {"file_name": stored.name, "size": stored.size} if kind == "file" else {}
    about |= {"size": stored.size} if kind == "video" else {}
    _tell(thread, {"type": kind, "media": _link(stored), **about}, kind="file", file=stored)


def send_voice(thread: SandboxThread) -> None:
    """Bots get a voice note as a file."""
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg")
    content = {"type": "file", "media": _link(stored), "file_name": "voice.ogg", "size": stored.size}
    _tell(thread, content, kind="file", file=stored)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    content = {"type": "location", "location": {"lat": latitude, "lon": longitude}}
    _tell(thread, content, kind="place", data={"latitude": latitude, "longitude": longitude})


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a button: its body comes back as words, silently where the bot wants that."""
    options = {option["id"]: option for option in message.data.get("options", [])}
    for option in [options[name] for name in chosen if name in options][:1]:
        threads.change(message, chosen=[option["id"]])
        if option["action"] == "location-picker":
            send_place(message.thread, **PLACE)
            continue
        content = {"type": "text", "text": option["id"], **_tracking(message)}
        if option.get("silent"):
            _heard(message.thread)
            events.message(message.thread, events.new_token(), content, silent=True)
        else:
            _tell(message.thread, content, kind="text", text=option["id"])


def edit(message: SandboxMessage, text: str) -> None:
    """Viber tells bots of no edits."""


def withdraw(message: SandboxMessage) -> None:
    """Viber tells bots of no deletions."""


def react(message: SandboxMessage, reaction: str) -> None:
    """Viber tells bots of no reactions."""


def typing(thread: SandboxThread, on: bool) -> None:
    """Viber does not tell bots who is typing."""


def leave(thread: SandboxThread) -> None:
    """Unsubscribe."""
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.LEFT, subscribed=False)
        threads.show(thread, mine=True, kind="info", text=_("You unsubscribed from this bot."))
        events.left(thread)


def come_back(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        _become(thread, ThreadState.OPEN, subscribed=True)
        threads.show(thread, mine=True, kind="info", text=_("You subscribed to this bot."))
        events.joined(thread)


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    digest = hmac.new(account.data["token"].encode(), body, hashlib.sha256).hexdigest()
    return Signed(url, {"x-viber-content-signature": digest})


def answered(thread: SandboxThread, body: bytes) -> None:
    """To an opened chat the bot may answer with one message: the welcome."""
    try:
        said = json.loads(body)
    except ValueError:
        return
    if isinstance(said, dict) and said.get("type") == "text" and isinstance(said.get("text"), str):
        locked = threads.locked(thread.pk)
        threads.show(locked, mine=False, kind="text", text=said["text"], ref=str(events.new_token()))


def _tell(thread: SandboxThread, content: Json, **bubble: Any) -> None:
    if thread.state == ThreadState.NEW or thread.tag:
        start(thread)
    _heard(thread)
    token = events.new_token()
    threads.show(thread, mine=True, ref=str(token), **bubble)
    events.message(thread, token, content)


def _heard(thread: SandboxThread) -> None:
    """Whoever writes is subscribed, begins a session and has read what stood there."""
    _become(thread, ThreadState.OPEN, subscribed=True)
    sending.open_session(thread)
    for shown in thread.messages.filter(mine=False, data__has_key="sent").exclude(data__has_key="read"):
        threads.change(shown, read=True)
        events.status(thread, shown, "seen")


def _become(thread: SandboxThread, state: ThreadState, *, subscribed: bool) -> None:
    thread.state = state
    thread.data = {**thread.data, "subscribed": subscribed}
    thread.save(update_fields=["state", "data"])


def _tracking(message: SandboxMessage) -> Json:
    tracked = message.data.get("tracking_data")
    return {"tracking_data": tracked} if tracked else {}


def _link(stored: SandboxFile) -> str:
    """Whoever has the address has the file."""
    return f"{settings.BASE_URL}/sandbox/viber/media/{stored.account.key}/{stored.key}"
