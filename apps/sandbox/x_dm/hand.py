"""The customer on X: what a phone does becomes signed webhooks."""

from __future__ import annotations

import hashlib
import hmac
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
from apps.sandbox.x_dm import events
from apps.sandbox.x_dm.numbers import new_id

ADDED = "https://t.co/a1B2c3D4e5"  # the link that X puts behind the words for an attachment
Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """A person's id is the same for everybody."""
    digest = hashlib.sha256(f"x.{phone.number}".encode()).digest()
    return str(10**18 + int.from_bytes(digest[:7], "big") % 10**17)


def start(thread: SandboxThread) -> None:
    """X has no Start."""


def say(thread: SandboxThread, text: str) -> None:
    text = threads.with_tag(thread, text)
    _tell(thread, {"text": _escaped(text)}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    """X lets people send pictures and films, and no other files."""
    if mime.split("/")[0] not in ("image", "video"):
        threads.show(thread, mine=True, kind="info", text=_("X sends pictures and videos only."))
        return
    stored = store.keep(thread.account, source, name=name, mime=mime)
    _tell(thread, {}, kind="file", file=stored)


def send_voice(thread: SandboxThread) -> None:
    """X makes a film of a voice message."""
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="voice.mp4", mime="video/mp4")
    _tell(thread, {}, kind="file", file=stored)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """X no longer lets people share where they are."""


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """The API sends no buttons."""


def edit(message: SandboxMessage, text: str) -> None:
    """X tells nobody of edits."""


def withdraw(message: SandboxMessage) -> None:
    """X deletes for oneself only."""


def react(message: SandboxMessage, reaction: str) -> None:
    """X does not tell apps of reactions."""


def typing(thread: SandboxThread, on: bool) -> None:
    if on and thread.state == ThreadState.OPEN:
        events.typing(thread)


def leave(thread: SandboxThread) -> None:
    """Block the account: it is not told, and can no longer write."""
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.LEFT)
        threads.show(thread, mine=True, kind="info", text=_("You blocked this account."))


def come_back(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        _become(thread, ThreadState.OPEN)
        threads.show(thread, mine=True, kind="info", text=_("You unblocked this account."))


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    digest = hmac.new(account.secret.encode(), body, hashlib.sha256).digest()
    return Signed(url, {"x-twitter-webhooks-signature": f"sha256={b64encode(digest).decode()}"})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to X."""


def _tell(thread: SandboxThread, data: Json, *, file: SandboxFile | None = None, **bubble: Any) -> None:
    """Whoever writes has read what stood there."""
    _become(thread, ThreadState.OPEN)
    unread = thread.messages.filter(mine=False).exclude(data__has_key="read").order_by("-number").first()
    if unread is not None:
        threads.change(unread, read=True)
        events.read(thread, unread.ref)
    ref = new_id()
    threads.show(thread, mine=True, ref=ref, file=file, **bubble)
    events.message(thread, ref, {**data, **(_attachment(file, ref) if file else {})})


def _attachment(file: SandboxFile, ref: str) -> Json:
    kind = "photo" if file.mime.startswith("image/") else "video"
    base = f"{settings.BASE_URL}/sandbox/x"
    number = str(int(ref) + 1)
    media: Json = {"id": int(number), "id_str": number, "type": kind, "url": ADDED}
    if kind == "photo":
        media["media_url_https"] = f"https://ton.twitter.com/1.1/ton/data/dm/{ref}/{number}/{file.key}.jpg"
    else:
        film = {"bitrate": 832_000, "content_type": "video/mp4"}
        url = f"{base}/dm_video/{file.account.key}/{file.key}.mp4"
        media |= {"media_url_https": f"{base}/thumb.jpg", "video_info": {"variants": [{**film, "url": url}]}}
    return {"text": f" {ADDED}", "attachment": {"type": "media", "media": media}}


def _become(thread: SandboxThread, state: ThreadState) -> None:
    thread.state = state
    thread.save(update_fields=["state"])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
