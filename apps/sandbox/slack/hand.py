"""The customer in Slack: what a phone does becomes events for the app."""

from __future__ import annotations

import time
from hashlib import sha256
from hmac import new as hmac
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
from apps.sandbox.slack import events, shapes

REACTIONS = {"👍": "+1", "❤️": "heart", "✅": "white_check_mark", "👀": "eyes"}
Json = dict[str, Any]


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    return shapes.direct(account, phone)


def start(thread: SandboxThread) -> None:
    """Slack has no Start button."""


def say(thread: SandboxThread, text: str) -> None:
    _tell(thread, kind="text", text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    _attach(thread, store.keep(thread.account, source, name=name, mime=mime))


def send_voice(thread: SandboxThread) -> None:
    """A clip recorded in Slack."""
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="audio_message.ogg", mime="audio/ogg")
    _attach(thread, stored, subtype="slack_audio")


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    """Slack knows no places."""


def edit(message: SandboxMessage, text: str) -> None:
    """Slack tells the message as it is and as it was."""
    before = shapes.message(message.thread, message)
    threads.change(message, text=text, edited=True)
    after = {**before, "text": shapes.escaped(text), "edited": {"user": before["user"], "ts": events.now()}}
    change = {"subtype": "message_changed", "hidden": True, "message": after, "previous_message": before}
    events.message(message.thread, {**change, "ts": events.now()})


def withdraw(message: SandboxMessage) -> None:
    before = shapes.message(message.thread, message)
    threads.change(message, text=_("You deleted this message."), withdrawn=True)
    gone = {"subtype": "message_deleted", "hidden": True, "deleted_ts": message.ref}
    events.message(message.thread, {**gone, "previous_message": before, "ts": events.now()})


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a button or take something from a menu; Slack leaves both where they are."""
    thread = message.thread
    for element in message.data.get("elements", []):
        action = _action(element, chosen)
        if action:
            channel, root = shapes.place(thread)
            container = {"type": "message", "message_ts": message.ref, "channel_id": channel}
            container |= {"thread_ts": root} if root else {}
            shown = shapes.message(thread, message)
            events.tap(thread, {"container": container, "message": shown, "actions": [action]})


def react(message: SandboxMessage, reaction: str) -> None:
    if reaction in REACTIONS:
        taken = message.data.get("reaction") == reaction
        threads.change(message, reaction="" if taken else reaction)
        thread = message.thread
        item = {"type": "message", "channel": shapes.place(thread)[0], "ts": message.ref}
        said = {"user": shapes.person(thread.phone), "reaction": REACTIONS[reaction], "item": item}
        kind = "reaction_removed" if taken else "reaction_added"
        events.tell(thread, {"type": kind, **said, "event_ts": events.now()})


def typing(thread: SandboxThread, on: bool) -> None:
    """Slack does not tell apps who is typing."""


def leave(thread: SandboxThread) -> None:
    """Close the conversation: the app learns that when it writes again."""
    _become(thread, ThreadState.OPEN, ThreadState.LEFT, _("You removed the app."))


def come_back(thread: SandboxThread) -> None:
    _become(thread, ThreadState.LEFT, ThreadState.OPEN, _("You added the app again."))


def uninstall(thread: SandboxThread) -> None:
    """Somebody removes the app from the whole workspace."""
    account = thread.account
    account.data = {**account.data, "removed": True}
    account.save(update_fields=["data"])
    events.tell(thread, {"type": "tokens_revoked", "tokens": {"bot": [account.data["bot_user_id"]]}})
    events.tell(thread, {"type": "app_uninstalled"})


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    """Over the time of posting, so that a repetition has another."""
    stamp = str(int(time.time()))
    digest = hmac(account.data["signing_secret"].encode(), f"v0:{stamp}:".encode() + body, sha256)
    return Signed(url, {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest.hexdigest()}"})


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to Slack here."""


def _tell(thread: SandboxThread, more: Json | None = None, **bubble: Any) -> None:
    if thread.state != ThreadState.OPEN:
        thread.state, thread.tag = ThreadState.OPEN, ""
        thread.save(update_fields=["state", "tag"])
    shown = threads.show(thread, mine=True, ref=events.now(), **bubble)
    if shapes.channel_type(thread) == "channel" and thread.last_number == 1:
        thread.address = f"{shapes.place(thread)[0]}:{shown.ref}"  # a new thread is named after its beginning
        thread.save(update_fields=["address"])
    events.message(thread, {**shapes.message(thread, shown), **(more or {})})


def _attach(thread: SandboxThread, stored: SandboxFile, **more: str) -> None:
    file = {**shapes.file(thread.account, stored), **more}
    _tell(thread, {"subtype": "file_share", "files": [file]}, kind="file", file=stored)


def _action(element: Json, chosen: list[str]) -> Json:
    """What one element says when `chosen` are tapped, {} when it does not have them."""
    about: Json = {name: element[name] for name in ("type", "action_id") if name in element}
    about |= {"block_id": "b1", "action_ts": events.now()}
    if element["type"] == "button":
        tapped = element.get("value") in chosen
        return {**about, "value": element["value"], "text": _escaped(element["text"])} if tapped else {}
    rows = [row for group in element.get("option_groups", [element]) for row in group["options"]]
    taken = [{**row, "text": _escaped(row["text"])} for row in rows if row["value"] in chosen]
    if not taken:
        return {}
    several = element["type"] == "multi_static_select"
    return {**about, "selected_options": taken} if several else {**about, "selected_option": taken[0]}


def _escaped(text: Json) -> Json:
    return {**text, "text": shapes.escaped(text["text"])}


def _become(thread: SandboxThread, old: ThreadState, new: ThreadState, words: str) -> None:
    if thread.state == old:
        thread.state = new
        thread.save(update_fields=["state"])
        threads.show(thread, mine=True, kind="info", text=words)
