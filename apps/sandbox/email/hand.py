"""The customer with a mailbox: what they write becomes signed posts of the gateway."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import BinaryIO

from django.utils.translation import gettext as _

from apps.sandbox import faults, posts, sounds, store, threads
from apps.sandbox.dialects import Signed
from apps.sandbox.email import mails
from apps.sandbox.models import (
    FaultKind,
    SandboxAccount,
    SandboxFile,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    return f"phone{phone.number}@customer.example"


def start(thread: SandboxThread) -> None:
    """Mail has no Start: the first words begin."""


def say(thread: SandboxThread, text: str) -> None:
    _write(thread, text, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    _attach(thread, store.keep(thread.account, source, name=name, mime=mime))


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    _attach(thread, store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg"))


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """Mail programs send no places."""


def edit(message: SandboxMessage, text: str) -> None:
    """What is sent is sent."""


def withdraw(message: SandboxMessage) -> None:
    """What is sent is sent."""


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """There are no buttons: people answer in words."""


def react(message: SandboxMessage, reaction: str) -> None:
    """There are no reactions."""


def typing(thread: SandboxThread, on: bool) -> None:
    """Nobody is told."""


def leave(thread: SandboxThread) -> None:
    """Ask for no more mail, in so many words; from then on none is taken for them."""
    say(thread, "Unsubscribe")
    thread.state = ThreadState.LEFT
    thread.save(update_fields=["state"])
    threads.show(thread, mine=True, kind="info", text=_("You asked for no more mail."))


def come_back(thread: SandboxThread) -> None:
    say(thread, "👋")


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    """Over the time and the mail, as they go."""
    return Signed(url, headers(account, body))


def headers(account: SandboxAccount, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(account.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"x-comptoir-signature": f"t={stamp},v1={digest}", "x-comptoir-address": account.address}


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to the gateway."""


def post(thread: SandboxThread, mail: bytes) -> None:
    times = 2 if FaultKind.DUPLICATE in faults.active(thread.account) else 1
    posts.queue(thread, [mail] * times, [{"content-type": "message/rfc822"}] * times)


def _attach(thread: SandboxThread, stored: SandboxFile) -> None:
    content = store.path_of(stored).read_bytes()
    _write(thread, "", file=(stored, content), kind="file", stored=stored)


def _write(
    thread: SandboxThread,
    words: str,
    *,
    kind: str,
    text: str = "",
    file: tuple[SandboxFile, bytes] | None = None,
    stored: SandboxFile | None = None,
) -> None:
    """The tag of a link stands at the end of the subject."""
    subject = thread.data.get("subject") or thread.draft or "Question"
    if thread.tag:
        subject += f" [#{thread.tag}{f'/{thread.group}' if thread.group else ''}]"
    ref, mail = mails.write(thread, words, subject=subject, file=file)
    thread.tag = thread.group = thread.draft = ""
    thread.state = ThreadState.OPEN
    thread.save(update_fields=["tag", "group", "draft", "state"])
    threads.show(thread, mine=True, kind=kind, text=text, file=stored, ref=ref)
    post(thread, mail)
