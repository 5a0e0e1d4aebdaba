"""The customer on QQ: what a phone does becomes dispatches, signed with the bot's key."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.sandbox import accounts, faults, posts, sounds, store, threads
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
from apps.sandbox.qq import replies, signing
from apps.sandbox.qq.sending import new_ref

Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """The open id: another for every bot."""
    return hashlib.md5(f"{account.key}.{phone.number}".encode(), usedforsecurity=False).hexdigest().upper()


def start(thread: SandboxThread) -> None:
    """Add the bot as a friend; a link's words come with it."""
    scene = {"scene": 1001, "scene_param": thread.tag} if thread.tag else {}
    _become(thread, ThreadState.OPEN, "FRIEND_ADD", _("You added the bot."), **scene)


def say(thread: SandboxThread, text: str) -> None:
    _tell(thread, {"content": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    """Pictures and films with their type; anything else is "file"."""
    stored = store.keep(thread.account, source, name=name, mime=mime)
    kind = mime if mime.partition("/")[0] in ("image", "video") else "file"
    _tell(thread, {"content": "", "attachments": [_file(stored, kind)]}, kind="file", file=stored)


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg")
    _tell(thread, {"content": "", "attachments": [_file(stored, "voice")]}, kind="file", file=stored)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """QQ tells bots of no places."""


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """There is nothing to tap: bots like this one have no buttons."""


def react(message: SandboxMessage, reaction: str) -> None:
    """QQ tells of reactions in guilds only."""


def edit(message: SandboxMessage, text: str) -> None:
    """QQ has no editing."""


def withdraw(message: SandboxMessage) -> None:
    """QQ tells bots of no withdrawal in single chats."""


def typing(thread: SandboxThread, on: bool) -> None:
    """QQ does not tell bots who is typing."""


def leave(thread: SandboxThread) -> None:
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.LEFT, "FRIEND_DEL", _("You removed the bot."))


def come_back(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        start(thread)


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    stamp = str(int(timezone.now().timestamp()))
    return Signed(
        url,
        {
            "x-signature-ed25519": signing.signature(account.secret, stamp.encode() + body),
            "x-signature-timestamp": stamp,
            "x-bot-appid": account.key,
            "user-agent": "QQBot-Callback",
        },
    )


def answered(thread: SandboxThread, body: bytes) -> None:
    """{"op": 12} is expected; nothing comes of anything else."""


def _file(stored: SandboxFile, kind: str) -> Json:
    url = f"{accounts.base_url('qq')}/download/{stored.account.key}/{stored.key}"
    return {"content_type": kind, "filename": stored.name, "size": stored.size, "url": url}


def _tell(thread: SandboxThread, content: Json, **bubble: Any) -> None:
    if thread.state != ThreadState.OPEN:
        start(thread)
    shown = threads.show(thread, mine=True, ref=new_ref(), **bubble)
    replies.heard(thread, shown.ref)
    author = {"id": thread.address, "user_openid": thread.address, "union_openid": thread.address}
    scene = {"source": "default", "callback_data": thread.tag}
    about = {"id": shown.ref, "author": author, "timestamp": _now(), "message_scene": scene}
    thread.tag = ""
    thread.save(update_fields=["tag"])
    _post(thread, "C2C_MESSAGE_CREATE", {**about, **content})


def _become(thread: SandboxThread, state: ThreadState, event: str, words: str, **more: Any) -> None:
    thread.state, thread.tag = state, ""
    thread.save(update_fields=["state", "tag"])
    threads.show(thread, mine=True, kind="info", text=words)
    _post(thread, event, {"timestamp": int(timezone.now().timestamp()), "openid": thread.address, **more})


def _post(thread: SandboxThread, event: str, data: Json) -> None:
    dispatch = {"op": 0, "id": f"{event}:{secrets.token_hex(32)}", "d": data, "t": event}
    body = json.dumps(dispatch, ensure_ascii=False).encode()
    times = 2 if FaultKind.DUPLICATE in faults.active(thread.account) else 1
    posts.queue(thread, [body] * times, [{"content-type": "application/json"}] * times)


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds")
