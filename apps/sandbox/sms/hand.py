"""The customer with a telephone: what it sends becomes signed webhooks."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import BinaryIO
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

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
from apps.sandbox.sms import shapes

STOP_WORDS = ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL")
START_WORDS = ("START", "YES", "UNSTOP")


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    return f"+{phone.number}"


def start(thread: SandboxThread) -> None:
    """A telephone has no Start: the first words begin."""


def say(thread: SandboxThread, text: str) -> None:
    text = threads.with_tag(thread, text)
    word = text.strip().upper()
    if word in STOP_WORDS or word in START_WORDS:
        _opt(thread, out=word in STOP_WORDS)
    else:
        _open(thread)
    shown = threads.show(thread, mine=True, kind="text", text=text, ref=f"SM{secrets.token_hex(16)}")
    _tell(thread, shown.ref, Body=text, NumMedia="0")


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    """An MMS: the network takes no name along, and there is no text with it."""
    _mms(thread, store.keep(thread.account, source, name=name, mime=mime))


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    _mms(thread, store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg"))


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """Telephones send no places."""


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
    """Send STOP."""
    say(thread, "STOP")


def come_back(thread: SandboxThread) -> None:
    """Send START."""
    say(thread, "START")


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    """Signed over the address and the fields. A status goes where its message said."""
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    if "MessageStatus" in fields:
        about = SandboxMessage.objects.filter(thread__account=account, ref=fields["MessageSid"]).first()
        url = about.data["callback"] if about else url
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(account.secret.encode(), signed.encode(), hashlib.sha1).digest()
    return Signed(url, {"x-twilio-signature": b64encode(digest).decode()})


def answered(thread: SandboxThread, body: bytes) -> None:
    """TwiML could say something; ours never does."""


def status(shown: SandboxMessage, state: str, **more: str) -> None:
    """Tell what became of a message, where that was asked for."""
    thread = shown.thread
    if shown.data.get("callback"):
        account = thread.account
        fields = {"MessageSid": shown.ref, "SmsSid": shown.ref, "AccountSid": account.key}
        fields |= {"MessageStatus": state, "SmsStatus": state, "From": account.address, "To": thread.address}
        _post(thread, {**fields, "ApiVersion": shapes.VERSION, **more})


def _mms(thread: SandboxThread, stored: SandboxFile) -> None:
    _open(thread)
    sid = f"MM{secrets.token_hex(16)}"
    threads.show(thread, mine=True, kind="file", file=stored, ref=sid)
    path = f"{shapes.VERSION}/Accounts/{thread.account.key}/Messages/{sid}/Media/{stored.key}"
    url = f"{settings.BASE_URL}/sandbox/sms/{path}"
    _tell(thread, sid, NumMedia="1", MediaUrl0=url, MediaContentType0=stored.mime)


def _tell(thread: SandboxThread, sid: str, **content: str) -> None:
    account = thread.account
    fields = {
        "ToCountry": "FR",
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "SmsStatus": "received",
    }
    fields |= {"NumSegments": str(shapes.parts(content.get("Body", ""))), "AccountSid": account.key}
    fields |= {"From": thread.address, "To": account.address, "ApiVersion": shapes.VERSION}
    _post(thread, {**fields, **content})


def _post(thread: SandboxThread, fields: dict[str, str]) -> None:
    body = urlencode(fields).encode()
    times = 2 if FaultKind.DUPLICATE in faults.active(thread.account) else 1
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "i-twilio-idempotency-token": secrets.token_hex(16),
    }
    posts.queue(thread, [body] * times, [headers] * times)


def _opt(thread: SandboxThread, *, out: bool) -> None:
    """Twilio itself answers the word and keeps the list."""
    thread.state = ThreadState.LEFT if out else ThreadState.OPEN
    thread.save(update_fields=["state"])
    words = _("You have opted out; nothing more will come.") if out else _("You will get messages again.")
    threads.show(thread, mine=False, kind="info", text=words)


def _open(thread: SandboxThread) -> None:
    """Words other than START do not opt in again."""
    if thread.state == ThreadState.NEW:
        thread.state = ThreadState.OPEN
        thread.save(update_fields=["state"])
