"""The customer on WhatsApp: what a phone does becomes signed webhooks."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, BinaryIO

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
from apps.sandbox.whatsapp import allowances, events, nodes
from apps.sandbox.whatsapp.sending import new_ref

REACTIONS = ("👍", "❤️", "😂", "🙏")
Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """The business-scoped user id: another for every business."""
    scope = hashlib.sha256(f"{account.key}.{phone.number}".encode()).digest()
    return f"{phone.locale[-2:].upper()}.{int.from_bytes(scope[:8])}"


def start(thread: SandboxThread) -> None:
    """WhatsApp has no Start: the first words begin."""


def say(thread: SandboxThread, text: str) -> None:
    text = threads.with_tag(thread, text)
    tell(thread, "text", {"body": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    """Pictures and films as such, anything else as a document with its name."""
    stored = store.keep(thread.account, source, name=name, mime=mime)
    kind = {"image/jpeg": "image", "image/png": "image", "video/mp4": "video"}.get(mime, "document")
    named = {"filename": stored.name} if kind == "document" else {}
    tell(thread, kind, {**_file(stored), **named}, kind="file", file=stored)


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg")
    content = {**_file(stored), "mime_type": "audio/ogg; codecs=opus", "voice": True}
    tell(thread, "audio", content, kind="file", file=stored)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    place = {"latitude": latitude, "longitude": longitude}
    tell(thread, "location", place, kind="place", data=place)


def edit(message: SandboxMessage, text: str) -> None:
    threads.change(message, text=text, edited=True)
    new = {"type": "text", "text": {"body": text}}
    content = {"original_message_id": message.ref, "message": new}
    events.from_phone(message.thread, new_ref(), "edit", content)


def withdraw(message: SandboxMessage) -> None:
    threads.change(message, text=_("You deleted this message."), withdrawn=True)
    events.from_phone(message.thread, new_ref(), "revoke", {"original_message_id": message.ref})


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a button, choose a line of a list, or show where one is."""
    options = {option["id"]: option for option in message.data.get("options", [])}
    for option in [options[name] for name in chosen if name in options][:1]:
        threads.change(message, chosen=[option["id"]])
        if message.data["as"] == "location_request_message":
            place = {"latitude": 48.8584, "longitude": 2.2945}
            tell(message.thread, "location", place, kind="place", data=place, context=_context(message))
            continue
        kind, content = _chosen(message, option)
        tell(message.thread, kind, content, kind="text", text=option["title"], context=_context(message))


def react(message: SandboxMessage, reaction: str) -> None:
    """Once more takes it away; then the emoji is empty."""
    if reaction in REACTIONS:
        taken = message.data.get("reaction") == reaction
        threads.change(message, reaction="" if taken else reaction)
        content = {"message_id": message.ref, "emoji": "" if taken else reaction}
        events.from_phone(message.thread, new_ref(), "reaction", content)


def typing(thread: SandboxThread, on: bool) -> None:
    """WhatsApp does not tell businesses who is typing."""


def leave(thread: SandboxThread) -> None:
    """Block the business, which is told nothing: its messages stay at one tick."""
    _become(thread, ThreadState.OPEN, ThreadState.LEFT, _("You blocked this business."))


def come_back(thread: SandboxThread) -> None:
    _become(thread, ThreadState.LEFT, ThreadState.OPEN, _("You unblocked this business."))


def want_marketing(thread: SandboxThread, on: bool) -> None:
    """The phone's setting for offers and announcements, which the business is told of."""
    if on is allowances.wants_marketing(thread):
        return
    allowances.note_marketing(thread, on=on)
    words = _("You want offers from this business again.") if on else _("You stopped this business’s offers.")
    threads.show(thread, mine=True, kind="info", text=words)
    events.preference(thread, wanted=on)


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    """The signature is over the bytes as they go."""
    digest = hmac.new(account.data["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    return Signed(url, {"x-hub-signature-256": f"sha256={digest}"})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to Meta."""


def _chosen(message: SandboxMessage, option: Json) -> tuple[str, Json]:
    if message.data["as"] == "template":
        return "button", {"payload": option["id"], "text": option["title"]}
    kind = f"{message.data['as']}_reply"
    detail = {"description": option["subtitle"]} if option.get("subtitle") else {}
    return "interactive", {"type": kind, kind: {"id": option["id"], "title": option["title"], **detail}}


def _context(message: SandboxMessage) -> Json:
    return {"from": message.thread.account.address, "id": message.ref}


def _file(stored: SandboxFile) -> Json:
    return {"id": stored.key, "mime_type": stored.mime, "sha256": nodes.digest(stored)}


def tell(
    thread: SandboxThread,
    wire: str,
    content: Any,
    *,
    context: Json | None = None,
    more: Json | None = None,
    **bubble: Any,
) -> None:
    """Whatever the customer says opens the window, and what stood there was read."""
    thread.state = ThreadState.OPEN
    thread.save(update_fields=["state"])
    allowances.heard(thread)
    shown = threads.show(thread, mine=True, ref=new_ref(), **bubble)
    events.read(thread)
    beside = {**({"context": context} if context else {}), **(more or {})}
    events.from_phone(thread, shown.ref, wire, content, **beside)


def _become(thread: SandboxThread, old: ThreadState, new: ThreadState, words: str) -> None:
    if thread.state == old:
        thread.state = new
        thread.save(update_fields=["state"])
        threads.show(thread, mine=True, kind="info", text=words)
