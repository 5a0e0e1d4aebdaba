"""The customer on WeChat: what a phone does becomes XML in the account's mode, signed in the query."""

from __future__ import annotations

import base64
import hashlib
import secrets
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.sandbox import faults, posts, store, threads
from apps.sandbox.dialects import Signed
from apps.sandbox.models import (
    FaultKind,
    SandboxAccount,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)
from apps.sandbox.wechat import quotas, replies, sealing

ATTEMPTS = 3  # as often WeChat posts what nobody takes
SCENE = "qrscene_"
AMR = b"#!AMR\n" + (b"\x04" + bytes(12)) * 150  # three seconds of next to nothing
PICTURES = ("image/jpeg", "image/png", "image/gif")
Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """The open id: another for every account."""
    digest = hashlib.sha256(f"{account.key}.{phone.number}".encode()).digest()
    return f"o{base64.urlsafe_b64encode(digest).decode()[:27]}"


def start(thread: SandboxThread) -> None:
    """Follow the account, through a code when there is a tag; who follows already scans it."""
    code = {"EventKey": thread.tag, "Ticket": secrets.token_urlsafe(40)} if thread.tag else {"EventKey": ""}
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.OPEN, _("You scanned a code."), Event="SCAN", **code)
    else:
        code["EventKey"] = f"{SCENE}{thread.tag}" if thread.tag else ""
        _become(thread, ThreadState.OPEN, _("You follow this account."), Event="subscribe", **code)


def say(thread: SandboxThread, text: str) -> None:
    _tell(thread, "text", {"Content": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    """Pictures and MP4 films; other files cannot be sent to an account."""
    if mime not in PICTURES and mime != "video/mp4":
        threads.show(thread, mine=True, kind="info", text=_("Only pictures and videos can be sent here."))
        return
    stored = store.keep(thread.account, source, name=name, mime=mime)
    if mime == "video/mp4":
        content = {"MediaId": stored.key, "ThumbMediaId": stored.key}
        return _tell(thread, "video", content, kind="file", file=stored)
    content = {"PicUrl": f"http://mmbiz.qpic.cn/{stored.key}/0", "MediaId": stored.key}
    _tell(thread, "image", content, kind="file", file=stored)


def send_voice(thread: SandboxThread) -> None:
    stored = store.keep(thread.account, BytesIO(AMR), name="voice.amr", mime="audio/amr")
    content = {"MediaId": stored.key, "Format": "amr", "Recognition": ""}
    _tell(thread, "voice", content, kind="file", file=stored)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    content = {"Location_X": latitude, "Location_Y": longitude, "Scale": 15, "Label": ""}
    place = {"latitude": latitude, "longitude": longitude}
    _tell(thread, "location", content, kind="place", data=place)


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a line of a menu: a text message with the line's words and id."""
    options = {option["id"]: option["title"] for option in message.data.get("options", [])}
    for name in [name for name in chosen if name in options][:1]:
        threads.change(message, chosen=[name])
        content = {"Content": options[name], "bizmsgmenuid": name}
        _tell(message.thread, "text", content, kind="text", text=options[name])


def react(message: SandboxMessage, reaction: str) -> None:
    """WeChat has no reactions here."""


def edit(message: SandboxMessage, text: str) -> None:
    """WeChat has no editing."""


def withdraw(message: SandboxMessage) -> None:
    """WeChat tells accounts of no withdrawal."""


def typing(thread: SandboxThread, on: bool) -> None:
    """WeChat does not tell accounts who is typing."""


def leave(thread: SandboxThread) -> None:
    if thread.state == ThreadState.OPEN:
        _become(
            thread,
            ThreadState.LEFT,
            _("You no longer follow this account."),
            Event="unsubscribe",
            EventKey="",
        )


def come_back(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        start(thread)


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    """Made when it goes out, so that the time is of now."""
    stamp, nonce = str(int(timezone.now().timestamp())), str(secrets.randbelow(10**9))
    return Signed(f"{url}?{urlencode(sealing.query(account, body, timestamp=stamp, nonce=nonce))}", {})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Anything but "success" and nothing is a message to the customer, or a mistake."""
    if body.strip() in (b"", b"success"):
        return
    said, thread = replies.words(thread, body), threads.locked(thread.pk)
    if said is not None:
        threads.show(thread, mine=False, kind="text", text=said)
        return
    words = _("The service provided by this official account is temporarily unavailable.")
    threads.show(thread, mine=False, kind="info", text=words)


def _tell(thread: SandboxThread, wire: str, content: Json, **bubble: Any) -> None:
    """A message with its 64-bit number; who does not follow yet follows first."""
    if thread.state != ThreadState.OPEN or thread.tag:
        start(thread)
    quotas.begin(thread, "message")
    number = 2**62 + secrets.randbelow(2**62)
    threads.show(thread, mine=True, ref=str(number), **bubble)
    _post(thread, {"MsgType": wire, **content, "MsgId": number})


def _become(thread: SandboxThread, state: ThreadState, words: str, **event: str) -> None:
    thread.state, thread.tag = state, ""
    thread.save(update_fields=["state", "tag"])
    if state == ThreadState.OPEN:
        quotas.begin(thread, "tap")
    threads.show(thread, mine=True, kind="info", text=words)
    _post(thread, {"MsgType": "event", **event})


def _post(thread: SandboxThread, content: Json) -> None:
    account = thread.account
    about = {"ToUserName": account.address, "FromUserName": thread.address}
    fields = {**about, "CreateTime": int(timezone.now().timestamp()), **content}
    times = ATTEMPTS if FaultKind.DUPLICATE in faults.active(account) else 1
    # Each attempt is encrypted anew: only the number inside says that it is the same message.
    bodies = [sealing.body(account, fields) for _n in range(times)]
    posts.queue(thread, bodies, [{"content-type": "text/xml"}] * times)
