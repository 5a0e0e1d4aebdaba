"""The customer in Teams: what a phone does becomes activities, proven by a token of the Connector."""

from __future__ import annotations

import hashlib
import json
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
from apps.sandbox.teams import shapes, tokens

FILE = "application/vnd.microsoft.teams.file.download.info"
REACTIONS = {"👍": "like", "❤️": "heart", "😆": "laugh", "😮": "surprised", "🙁": "sad", "😠": "angry"}

Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    """The chat of this person with this bot."""
    return f"a:1{hashlib.sha256(f'{account.key}.{phone.number}'.encode()).hexdigest()[:40]}"


def start(thread: SandboxThread) -> None:
    """Open the app for the first time: the bot is installed."""
    _become(thread, ThreadState.OPEN)
    member = {"membersAdded": [{"id": f"28:{thread.account.key}"}]}
    _post(thread, {"type": "conversationUpdate", **member}, system=True)
    _post(thread, {"type": "installationUpdate", "action": "add"})


def say(thread: SandboxThread, text: str) -> None:
    text = threads.with_tag(thread, text)
    _tell(thread, {"text": text, "textFormat": "plain"}, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    """A picture lies with the Connector, a file in the customer's OneDrive."""
    stored = store.keep(thread.account, source, name=name, mime=mime)
    row = _picture(stored) if mime.startswith("image/") else _file(stored)
    html = {"contentType": "text/html", "content": "<p></p>"}
    _tell(thread, {"attachments": [row, html]}, kind="file", file=stored)


def send_voice(thread: SandboxThread) -> None:
    stored = store.keep(
        thread.account, sounds.ogg_opus(seconds=sounds.SECONDS), name="voice.ogg", mime="audio/ogg"
    )
    _tell(thread, {"attachments": [_file(stored)]}, kind="file", file=stored)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """Teams tells bots of no places."""


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a button, or choose and send."""
    known = {option["id"] for option in message.data.get("options", [])}
    picked = [name for name in chosen if name in known]
    if picked:
        value, text, shown = shapes.submitted(message, picked)
        threads.change(message, chosen=picked)
        words = {"text": text} if text else {}
        _tell(message.thread, {"value": value, "replyToId": message.ref, **words}, kind="text", text=shown)


def react(message: SandboxMessage, reaction: str) -> None:
    if reaction in REACTIONS:
        taken = message.data.get("reaction") == reaction
        threads.change(message, reaction="" if taken else reaction)
        name = "reactionsRemoved" if taken else "reactionsAdded"
        rows = [{"type": REACTIONS[reaction]}]
        _post(message.thread, {"type": "messageReaction", name: rows, "replyToId": message.ref})


def edit(message: SandboxMessage, text: str) -> None:
    threads.change(message, text=text)
    data = {"channelData": {"eventType": "editMessage"}}
    _post(message.thread, {"type": "messageUpdate", "id": message.ref, "text": text, **data})


def withdraw(message: SandboxMessage) -> None:
    threads.change(message, text=_("You deleted this message."), withdrawn=True)
    data = {"channelData": {"eventType": "softDeleteMessage"}}
    _post(message.thread, {"type": "messageDelete", "id": message.ref, **data})


def typing(thread: SandboxThread, on: bool) -> None:
    if on:
        _post(thread, {"type": "typing"})


def leave(thread: SandboxThread) -> None:
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.LEFT)
        threads.show(thread, mine=True, kind="info", text=_("You removed the app."))
        _post(thread, {"type": "installationUpdate", "action": "remove"})


def come_back(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        threads.show(thread, mine=True, kind="info", text=_("You added the app again."))
        start(thread)


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    return Signed(url, {"authorization": f"Bearer {tokens.proof(account, json.loads(body)['serviceUrl'])}"})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Teams reads the answers to invokes only."""


def _picture(stored: SandboxFile) -> Json:
    url = f"{accounts.base_url('teams')}/v3/attachments/{stored.key}/views/original"
    return {"contentType": "image/*", "contentUrl": url, "name": stored.name}


def _file(stored: SandboxFile) -> Json:
    """Whoever has the download's address has the file, for some minutes."""
    url = f"{accounts.base_url('teams')}/files/{stored.account.key}/{stored.key}"
    about = {"downloadUrl": url, "uniqueId": stored.key, "fileType": stored.name.rpartition(".")[2]}
    return {"contentType": FILE, "name": stored.name, "content": about}


def _tell(thread: SandboxThread, content: Json, **bubble: Any) -> None:
    if thread.state != ThreadState.OPEN:
        start(thread)
    shown = threads.show(thread, mine=True, ref=shapes.new_id(), **bubble)
    _post(thread, {"type": "message", "id": shown.ref, **content})


def _become(thread: SandboxThread, state: ThreadState) -> None:
    thread.state = state
    thread.save(update_fields=["state"])


def _post(thread: SandboxThread, activity: Json, *, system: bool = False) -> None:
    phone, account = thread.phone, thread.account
    person = {"id": f"29:1{phone.number}", **({} if system else {"name": phone.name})}
    whole = {
        "id": f"f:{shapes.new_id()}",
        "timestamp": timezone.now().isoformat().replace("+00:00", "Z"),
        "channelId": "msteams",
        "serviceUrl": f"{accounts.base_url('teams')}/",
        "from": person,
        "recipient": {"id": f"28:{account.key}", "name": account.name},
        "conversation": {
            "id": thread.address,
            "conversationType": "personal",
            "tenantId": account.data["tenant_id"],
        },
        "locale": phone.locale,
        **activity,
    }
    body = json.dumps(whole, ensure_ascii=False).encode()
    times = 2 if FaultKind.DUPLICATE in faults.active(account) else 1
    posts.queue(thread, [body] * times, [{"content-type": "application/json; charset=utf-8"}] * times)
