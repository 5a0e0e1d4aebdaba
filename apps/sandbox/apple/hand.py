"""The customer in Apple's Messages: what a phone does becomes envelopes for the business (1.3 to 1.10)."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
from typing import Any, BinaryIO
from uuid import uuid4

from django.utils.translation import gettext as _

from apps.sandbox import faults, posts, sounds, store, threads
from apps.sandbox.apple import answering, archive, attachments, checks, tokens
from apps.sandbox.apple.receiving import PLACE_OF_FILE
from apps.sandbox.dialects import Signed
from apps.sandbox.models import (
    FaultKind,
    SandboxAccount,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)

LARGE = 10 * 1024  # bytes of an answer from which on it comes by reference
OPAQUE_BYTES = 119

TAPBACKS = {  # they arrive as text (1.8)
    "love": "Loved",
    "like": "Liked",
    "dislike": "Disliked",
    "laugh": "Laughed at",
    "emphasize": "Emphasized",
    "question": "Questioned",
}


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """A new opaque id; once given it stays with the thread."""
    return "urn:mbid:" + base64.b64encode(secrets.token_bytes(OPAQUE_BYTES)).decode()


def start(thread: SandboxThread) -> None:
    """Messages has no Start: the first words begin."""


def say(thread: SandboxThread, text: str) -> None:
    _send(thread, text=text, body={"type": "text", "body": text})


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    plain = source.read(store.LIMIT)
    reference = attachments.wrapped(thread.account, plain, name=name, mime=mime)
    shown = store.keep(thread.account, _again(source), name=name, mime=mime)
    body = {"type": "text", "body": PLACE_OF_FILE, "attachments": [reference]}
    _send(thread, kind="file", file=shown, body=body)


def send_voice(thread: SandboxThread) -> None:
    """Voice memos are Core Audio files (1.9)."""
    sound = sounds.caf(seconds=sounds.SECONDS)
    send_file(thread, sound, name="Audio Message.caf", mime="audio/x-caf")


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Choose in a quick reply, a list or times, or fill in a form ("page=what was written"); what is not
    offered is left out."""
    given = message.data["wire"]
    made = answering.made(given["data"], chosen, thread=message.thread)
    if made is None:
        return
    data, words = made
    known = {"requestIdentifier": given["data"]["requestIdentifier"], "version": "1.0", **data}
    reply = {"bid": checks.BID, "data": known, "sessionIdentifier": message.data["session"]}
    threads.change(message, chosen=chosen)
    _send(message.thread, text=words, body={"type": "interactive", **_small_or_large(message.thread, reply)})


def react(message: SandboxMessage, reaction: str) -> None:
    """A tapback; one that we do not know is none."""
    if reaction not in TAPBACKS:
        return
    threads.change(message, reaction=reaction)
    what = f'"{message.text}"' if message.text else "an image"
    _post(message.thread, {"type": "text", "body": f"{TAPBACKS[reaction]} {what}"})


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """Not simulated: Messages sends a place as a file."""


def edit(message: SandboxMessage, text: str) -> None:
    """Apple tells businesses of no edits."""


def withdraw(message: SandboxMessage) -> None:
    """Apple tells businesses of no withdrawals."""


def typing(thread: SandboxThread, on: bool) -> None:
    """Only in an open conversation: before the first words the phone says it by itself."""
    if thread.state == ThreadState.OPEN:
        _post(thread, {"type": "typing_start" if on else "typing_end"})


def leave(thread: SandboxThread) -> None:
    """Delete the conversation: gone from the phone, and the business may not write any more."""
    if thread.state == ThreadState.OPEN:
        thread.state = ThreadState.LEFT
        thread.save(update_fields=["state"])
        thread.messages.all().delete()
        _post(thread, {"type": "close"})
        threads.show(thread, mine=True, kind="info", text=_("You deleted this conversation."))


def come_back(thread: SandboxThread) -> None:
    """There is no such gesture: they write again."""


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    return Signed(url, {"authorization": tokens.bearer(account)})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to Apple here."""


def _send(thread: SandboxThread, *, body: dict[str, Any], kind: str = "text", **shown: Any) -> None:
    """Something that the customer says. The first words of a conversation come after typing_start and carry
    what the Message button knew."""
    threads.show(thread, mine=True, kind=kind, **shown)
    if thread.state == ThreadState.OPEN:
        _post(thread, body)
        return
    _post(thread, {"type": "typing_start"})
    origin = {"intent": thread.tag, "group": thread.group}
    _post(thread, {**body, **{name: value for name, value in origin.items() if value}})
    thread.state, thread.tag, thread.group, thread.draft = ThreadState.OPEN, "", "", ""
    thread.save(update_fields=["state", "tag", "group", "draft"])


def _post(thread: SandboxThread, body: dict[str, Any]) -> None:
    """One envelope, gzipped, with its headers. Repeated answers to cards come under another id (1.7)."""
    doubled = FaultKind.DUPLICATE in faults.active(thread.account)
    first = str(uuid4())
    second = str(uuid4()) if body["type"] == "interactive" else first
    ids = [first, second] if doubled else [first]
    bodies = [gzip.compress(json.dumps(_envelope(thread, ref, body)).encode()) for ref in ids]
    posts.queue(thread, bodies, [_headers(thread, ref) for ref in ids])


def _envelope(thread: SandboxThread, ref: str, body: dict[str, Any]) -> dict[str, Any]:
    facts = {"v": 1, "id": ref, "sourceId": thread.address, "destinationId": thread.account.address}
    return {**facts, "locale": thread.phone.locale.replace("-", "_"), **body}


def _headers(thread: SandboxThread, ref: str) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "content-encoding": "gzip",
        "id": ref,
        "source-id": thread.address,
        "destination-id": thread.account.address,
        "device-agent": "iPhone OS",
        "capability-list": ",".join(thread.phone.capabilities),
    }


def _small_or_large(thread: SandboxThread, reply: dict[str, Any]) -> dict[str, Any]:
    large = FaultKind.LARGE in faults.active(thread.account)
    if not large and len(json.dumps(reply)) <= LARGE:
        return {"interactiveData": reply}
    named = attachments.wrapped(thread.account, archive.pack(reply), name="payload", mime="")
    kept = {name: named[name] for name in named if name not in ("name", "mimeType")}
    return {"interactiveDataRef": {"bid": checks.BID, "title": "", **kept}}


def _again(source: BinaryIO) -> BinaryIO:
    source.seek(0)
    return source
