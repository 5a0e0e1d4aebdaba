"""The customer on Telegram: what a phone does becomes updates that go to the bot's webhook."""

from __future__ import annotations

import json
import secrets
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.sandbox import faults, pictures, posts, sounds, store, threads
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
from apps.sandbox.telegram import shapes
from apps.sandbox.telegram.webhook import wanted

HERE = (48.8584, 2.2945)


def address(account: SandboxAccount, phone: SandboxPhone) -> str:
    return str(phone.number)


def start(thread: SandboxThread) -> None:
    """Press Start: the tag of the link comes as a command, "/start TAG" (1.4)."""
    command = f"/start {thread.tag}".strip()
    _open(thread)
    thread.tag = ""
    thread.save(update_fields=["tag"])
    shown = threads.show(thread, mine=True, kind="text", text=command)
    entity = {"type": "bot_command", "offset": 0, "length": len("/start")}
    _tell(thread, shown.number, text=command, entities=[entity])


def say(thread: SandboxThread, text: str) -> None:
    if thread.state == ThreadState.NEW:
        start(thread)
    shown = threads.show(thread, mine=True, kind="text", text=text)
    _tell(thread, shown.number, text=text)


def send_file(thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None:
    """A picture goes as a photo, anything else as a document."""
    stored = store.keep(thread.account, source, name=name, mime=mime)
    shown = threads.show(thread, mine=True, kind="file", file=stored)
    size = pictures.size_of(store.path_of(stored)) if mime.startswith("image/") else None
    if size:
        _tell(thread, shown.number, photo=_photo(thread.account, stored, size))
    else:
        document = {**shapes.file(stored), "file_name": stored.name, "mime_type": stored.mime}
        _tell(thread, shown.number, document=document)


def send_voice(thread: SandboxThread) -> None:
    sound = sounds.ogg_opus(seconds=sounds.SECONDS)
    stored = store.keep(thread.account, sound, name="voice.ogg", mime="audio/ogg")
    shown = threads.show(thread, mine=True, kind="file", file=stored)
    voice = {**shapes.file(stored), "duration": sounds.SECONDS, "mime_type": "audio/ogg"}
    _tell(thread, shown.number, voice=voice)


def send_place(thread: SandboxThread, latitude: float, longitude: float) -> None:
    place = {"latitude": latitude, "longitude": longitude}
    shown = threads.show(thread, mine=True, kind="place", data=place)
    _tell(thread, shown.number, location=place)


def edit(message: SandboxMessage, text: str) -> None:
    """Change words said before; the update carries the whole new message."""
    threads.change(message, text=text, edited=True)
    edited = shapes.from_phone(message.thread, message.number, text=text)
    edited["date"], edited["edit_date"] = int(message.at.timestamp()), int(timezone.now().timestamp())
    _post(message.thread, "edited_message", edited)


def answer(message: SandboxMessage, chosen: list[str]) -> None:
    """Tap a button under a message: a callback query, with the data that the bot put there. A button in place
    of the customer's keyboard says what stands on it, or where they are."""
    _press(message, chosen)
    buttons = [button for row in message.data.get("keyboard", []) for button in row]
    data = {str(button.get("callback_data")) for button in buttons if "callback_data" in button}
    for tapped in [item for item in chosen if item in data][:1]:
        query = str(secrets.randbits(60))
        threads.change(message, query=query, answered=False, tapped=tapped)
        thread = message.thread
        markup = {"inline_keyboard": message.data["keyboard"]}
        shown = shapes.from_bot(thread, message.number, text=message.text, reply_markup=markup)
        shown["date"] = int(message.at.timestamp())
        facts = {"id": query, "from": shapes.user(thread.phone), "message": shown, "data": tapped}
        _post(thread, "callback_query", {**facts, "chat_instance": str(thread.pk.int % 2**60)})


def _press(message: SandboxMessage, chosen: list[str]) -> None:
    """A keyboard for one time is gone after it was used."""
    offered = [button for row in message.data.get("reply_keyboard", []) for button in row]
    for button in [button for button in offered if button["text"] in chosen][:1]:
        threads.change(message, chosen=chosen[:1])
        if button.get("request_location"):
            send_place(message.thread, *HERE)
        else:
            say(message.thread, button["text"])


def react(message: SandboxMessage, reaction: str) -> None:
    """Telegram tells bots of reactions only in chats where they are administrators: here never (1.3)."""


def withdraw(message: SandboxMessage) -> None:
    """Telegram tells bots of no deletions (1.3)."""


def typing(thread: SandboxThread, on: bool) -> None:
    """Telegram does not tell bots who is typing."""


def leave(thread: SandboxThread) -> None:
    """Block the bot."""
    if thread.state == ThreadState.OPEN:
        _become(thread, ThreadState.LEFT, old="member", new="kicked")
        threads.show(thread, mine=True, kind="info", text=_("You blocked this bot."))


def come_back(thread: SandboxThread) -> None:
    """Unblock it."""
    if thread.state == ThreadState.LEFT:
        _become(thread, ThreadState.OPEN, old="kicked", new="member")
        threads.show(thread, mine=True, kind="info", text=_("You unblocked this bot."))


def proof(account: SandboxAccount, url: str, body: bytes) -> Signed:
    return Signed(
        url, {"x-telegram-bot-api-secret-token": account.webhook_secret} if account.webhook_secret else {}
    )


def answered(thread: SandboxThread, body: bytes) -> None:
    """Nothing in the answer matters to Telegram here."""


def _open(thread: SandboxThread) -> None:
    if thread.state == ThreadState.LEFT:
        come_back(thread)
    thread.state = ThreadState.OPEN
    thread.save(update_fields=["state"])


def _photo(account: SandboxAccount, stored: SandboxFile, size: tuple[int, int]) -> list[dict[str, Any]]:
    """Sizes from small to large: the last is what the customer sent."""
    thumb = store.keep(
        account, pictures.thumbnail(store.path_of(stored)), name="thumb.jpg", mime="image/jpeg"
    )
    small = pictures.size_of(store.path_of(thumb)) or (0, 0)
    return [
        {**shapes.file(thumb), "width": small[0], "height": small[1]},
        {**shapes.file(stored), "width": size[0], "height": size[1]},
    ]


def _become(thread: SandboxThread, state: ThreadState, *, old: str, new: str) -> None:
    thread.state = state
    thread.save(update_fields=["state"])
    phone, bot = thread.phone, shapes.bot(thread.account)
    member = {
        "chat": shapes.chat(phone),
        "from": shapes.user(phone),
        "date": int(timezone.now().timestamp()),
        "old_chat_member": _member(bot, old),
        "new_chat_member": _member(bot, new),
    }
    _post(thread, "my_chat_member", member)


def _member(bot: dict[str, Any], status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": bot, "status": status, **until}


def _tell(thread: SandboxThread, number: int, **content: Any) -> None:
    _post(thread, "message", shapes.from_phone(thread, number, **content))


def _post(thread: SandboxThread, kind: str, payload: dict[str, Any]) -> None:
    """One update, with the next number of the bot; a repetition has the same number."""
    account = SandboxAccount.objects.select_for_update().get(pk=thread.account_id)
    if not account.webhook_url or not wanted(account, kind):
        return
    account.last_update += 1
    account.save(update_fields=["last_update"])
    body = json.dumps({"update_id": account.last_update, kind: payload}, ensure_ascii=False).encode()
    times = 2 if FaultKind.DUPLICATE in faults.active(account) else 1
    posts.queue(thread, [body] * times, [{"content-type": "application/json"}] * times)
