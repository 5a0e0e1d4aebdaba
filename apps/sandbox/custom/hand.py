"""The customer of the business's own system: what a phone does becomes signed posts."""

from __future__ import annotations

import json
import time
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from apps.sandbox import sounds, store, threads
from apps.sandbox.custom import cards, wire
from apps.sandbox.dialects import Signed
from apps.sandbox.models import (
    SandboxAccount,
    SandboxFile,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)

REACTIONS = ("👍", "❤️", "😂")
Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    return f"customer-{phone.number}"


def start(thread: SandboxThread) -> None:
    """Come through a button, without a word yet."""
    tag, group = thread.tag, thread.group
    _open(thread)
    threads.show(thread, mine=True, kind="info", text=_("You opened the conversation."))
    wire.tell(thread, "opened", {"tag": tag, "group": group})


def say(thread: SandboxThread, text: str) -> None:
    _tell(thread, {"text": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    _attach(thread, store.keep(thread.account, source, name=name, mime=mime))


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg")
    _attach(thread, stored, kind="voice")


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    place = {"latitude": latitude, "longitude": longitude}
    _tell(thread, {"place": place}, kind="place", data=place)


def edit(message: SandboxMessage, text: str) -> None:
    threads.change(message, text=text, edited=True)
    wire.tell(message.thread, "edited", {"target": message.ref, "text": text})


def withdraw(message: SandboxMessage) -> None:
    threads.change(message, text=_("You deleted this message."), withdrawn=True)
    wire.tell(message.thread, "withdrawn", {"target": message.ref})


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Answer a card: by options of it, a time, the place asked for, or what a form was filled in with."""
    words, given = cards.answer(message, chosen)
    if given:
        threads.change(message, chosen=chosen)
        shown: Json = {"kind": "place", "data": given["place"]} if "place" in given else {"kind": "text"}
        _tell(message.thread, {**given, "reply_to": message.ref}, text=words, **shown)


def react(message: SandboxMessage, reaction: str) -> None:
    taken = message.data.get("reaction") == reaction
    threads.change(message, reaction="" if taken else reaction)
    wire.tell(message.thread, "reaction", {"target": message.ref, "emoji": "" if taken else reaction})


def typing(thread: SandboxThread, on: bool) -> None:
    wire.tell(thread, "typing", {"typing": on})


def leave(thread: SandboxThread) -> None:
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.LEFT)
        threads.show(thread, mine=True, kind="info", text=_("You left the conversation."))
        wire.tell(thread, "left", {"reason": "deleted"})


def come_back(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        _become(thread, ThreadState.OPEN)
        threads.show(thread, mine=True, kind="info", text=_("You came back to the conversation."))
        wire.tell(thread, "returned", {})


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    message_id, stamp = str(json.loads(body)["id"]), str(int(time.time()))
    signed = wire.signature(account.secret, message_id, stamp, body)
    return Signed(url, {"webhook-timestamp": stamp, "webhook-signature": signed, "webhook-id": message_id})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters."""


def _tell(thread: SandboxThread, content: Json, **bubble: Any) -> None:
    tag, group = thread.tag, thread.group
    _open(thread)
    shown = threads.show(thread, mine=True, ref=wire.new_id(), **bubble)
    entry = {"tag": tag, "group": group} if tag else {}
    wire.tell(thread, "message", {**content, **entry}, message_id=shown.ref)


def _attach(thread: SandboxThread, stored: SandboxFile, *, kind: str = "") -> None:
    url = f"{settings.BASE_URL}/sandbox/custom/files/{thread.account.key}/{stored.key}"
    file: Json = {"url": url, "name": stored.name, "mime": stored.mime, "size": stored.size}
    _tell(thread, {"files": [{**file, "kind": kind} if kind else file]}, kind="file", file=stored)


def _open(thread: SandboxThread) -> None:
    thread.state, thread.tag, thread.group = ThreadState.OPEN, "", ""
    thread.save(update_fields=["state", "tag", "group"])


def _become(thread: SandboxThread, state: ThreadState) -> None:
    thread.state = state
    thread.save(update_fields=["state"])
