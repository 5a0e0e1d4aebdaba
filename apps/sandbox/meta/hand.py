"""The customer on Messenger or Instagram: what a phone does becomes signed webhooks."""

from __future__ import annotations

import secrets
from hashlib import sha256
from hmac import new as hmac
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.sandbox import sounds, store, threads
from apps.sandbox.dialects import Signed
from apps.sandbox.meta import events, products
from apps.sandbox.models import (
    SandboxAccount,
    SandboxFile,
    SandboxMessage,
    SandboxPhone,
    SandboxThread,
    ThreadState,
)

REACTIONS = {"❤": "love", "👍": "like", "😆": "smile"}
INBOX_APP = 263902037430900
Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """Ids of people are the account's own: the same phone has another on another Page."""
    scope = sha256(account.address.encode()).digest()[:2]
    return f"{int.from_bytes(scope) % 90 + 10}{phone.number}"


def start(thread: SandboxThread) -> None:
    """Tap Get started, where the business has set it; in a thread that is there, follow its link again."""
    begins, tag = thread.state == ThreadState.NEW, thread.tag
    payload = thread.account.data.get("profile", {}).get("get_started", {}).get("payload")
    acts(thread)
    if not begins:
        if tag:
            events.from_phone(thread, "referral", referral(tag))
        forget_tag(thread)
    elif payload:
        threads.show(thread, mine=True, kind="info", text=_("Get started"))
        postback: Json = {"mid": new_mid(), "title": "Get started", "payload": payload}
        postback |= {"referral": referral(tag)} if tag else {}
        events.from_phone(thread, "postback", postback)
        forget_tag(thread)


def say(thread: SandboxThread, text: str) -> None:
    if thread.state == ThreadState.NEW:
        start(thread)
    tell(thread, {"text": text}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    kind = mime.partition("/")[0]
    stored = store.keep(thread.account, source, name=name, mime=mime)
    attach(thread, stored, kind if kind in ("image", "video") else "file")


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    attach(thread, store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg"), "audio")


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """Neither product lets customers send places any more."""


def edit(message: SandboxMessage, text: str) -> None:
    number = int(message.data.get("edits", 0)) + 1
    threads.change(message, text=text, edited=True, edits=number)
    events.from_phone(message.thread, "message_edit", {"mid": message.ref, "text": text, "num_edit": number})


def withdraw(message: SandboxMessage) -> None:
    """Take it back; only Instagram tells the business."""
    threads.change(message, text=_("You took this back."), withdrawn=True)
    if not products.of(message.thread.account).receipts:
        events.from_phone(message.thread, "message", {"mid": message.ref, "is_deleted": True})


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a quick reply, which then says its title, or a button, which stays."""
    titles = {option["id"]: option["title"] for option in message.data.get("options", [])}
    thread = message.thread
    for payload in [item for item in chosen if item in titles][:1]:
        title = titles[payload]
        if message.data.get("tap") == "reply":
            threads.change(message, chosen=[payload])
            quick: Json = {"text": title, "quick_reply": {"payload": payload}}
            tell(thread, quick, kind="text", text=title)
        else:
            acts(thread)
            shown = threads.show(thread, mine=True, kind="text", text=title, ref=new_mid())
            events.from_phone(thread, "postback", {"mid": shown.ref, "title": title, "payload": payload})


def react(message: SandboxMessage, reaction: str) -> None:
    if reaction in REACTIONS:
        taken = message.data.get("reaction") == reaction
        threads.change(message, reaction="" if taken else reaction)
        content: Json = {"mid": message.ref, "action": "unreact" if taken else "react"}
        content |= {} if taken else {"emoji": reaction, "reaction": REACTIONS[reaction]}
        events.from_phone(message.thread, "reaction", content)


def typing(thread: SandboxThread, on: bool) -> None:
    """Meta does not tell businesses who is typing."""


def leave(thread: SandboxThread) -> None:
    """Block the business: it learns that when it writes again."""
    _become(thread, ThreadState.OPEN, ThreadState.LEFT, _("You blocked this business."))


def come_back(thread: SandboxThread) -> None:
    _become(thread, ThreadState.LEFT, ThreadState.OPEN, _("You unblocked this business."))


def answered_elsewhere(thread: SandboxThread, text: str) -> None:
    """An employee answers in Meta's own inbox: an echo with that app's number (7.6)."""
    shown = threads.show(thread, mine=False, kind="text", text=text, ref=new_mid())
    events.said_elsewhere(thread, shown, app_id=INBOX_APP)


def taken_elsewhere(thread: SandboxThread) -> None:
    """An employee takes the conversation over in Meta's own inbox."""
    events.taken(thread, app_id=INBOX_APP)


def comment(thread: SandboxThread, text: str) -> None:
    """Write under a post of the Page, for all to see: opens no window in Messenger."""
    post, number = f"{thread.account.address}_1", f"1_{secrets.randbelow(10**15)}"
    threads.show(thread, mine=True, kind="info", text=_("You commented on a post: %(text)s") % {"text": text})
    told = {"comment_id": number, "post_id": post, "message": text, "created_time": events.now() // 1000}
    kept = {**thread.data.get("comments", {}), number: timezone.now().isoformat()}
    thread.data = {**thread.data, "comments": kept}
    thread.save(update_fields=["data"])
    events.commented(thread, told)


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    """The signature is over the bytes as they go."""
    digest = hmac(account.data["app_secret"].encode(), body, sha256).hexdigest()
    return Signed(url, {"x-hub-signature-256": f"sha256={digest}"})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to Meta."""


def tell(thread: SandboxThread, content: Json, **bubble: Any) -> None:
    acts(thread)
    shown = threads.show(thread, mine=True, ref=new_mid(), **bubble)
    tag = {"referral": referral(thread.tag)} if thread.tag else {}
    forget_tag(thread)
    events.from_phone(thread, "message", {"mid": shown.ref, **content, **tag})


def attach(thread: SandboxThread, stored: SandboxFile, kind: str) -> None:
    account = thread.account
    url = f"{settings.BASE_URL}/sandbox/{account.platform}/files/{account.key}/{stored.key}"
    content = {"attachments": [{"type": kind, "payload": {"url": url}}]}
    tell(thread, content, kind="file", file=stored)


def acts(thread: SandboxThread) -> None:
    """Whatever the customer does opens the thread and the window, and what stood there was read."""
    thread.state = ThreadState.OPEN
    thread.data = {**thread.data, "last_at": timezone.now().isoformat()}
    thread.save(update_fields=["state", "data"])
    events.read(thread)


def _become(thread: SandboxThread, old: ThreadState, new: ThreadState, words: str) -> None:
    if thread.state == old:
        thread.state = new
        thread.save(update_fields=["state"])
        threads.show(thread, mine=True, kind="info", text=words)


def referral(tag: str) -> Json:
    return {"ref": tag, "source": "SHORTLINK", "type": "OPEN_THREAD"}


def forget_tag(thread: SandboxThread) -> None:
    thread.tag = ""
    thread.save(update_fields=["tag"])


def new_mid() -> str:
    return f"m_{secrets.token_urlsafe(24)}"
