"""What every send* has in common: the chat that it is for, the bubble on the phone, files, keyboards."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.sandbox import pictures, store, threads
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxThread, ThreadState
from apps.sandbox.telegram import shapes
from apps.sandbox.telegram.errors import BotApiError, bad_request, forbidden
from apps.sandbox.telegram.markup import inline_keyboard, reply_keyboard
from apps.sandbox.telegram.parameters import Parameters

MOST_CAPTION = 1024
MB = 1024 * 1024
LIMITS = {"photo": 10 * MB}  # 50 MB for everything else


def chat_of(account: SandboxAccount, given: Parameters) -> SandboxThread:
    """The customer, as long as they want to hear from the bot. A bot cannot begin."""
    thread = threads.at_address(account, given.text("chat_id"))
    if thread is None:
        raise bad_request("chat not found")
    if thread.state == ThreadState.LEFT:
        raise forbidden("bot was blocked by the user")
    if thread.state == ThreadState.NEW:
        raise forbidden("bot can't initiate conversation with a user")
    return thread


def say(
    thread: SandboxThread,
    given: Parameters,
    *,
    kind: str,
    content: dict[str, Any],
    text: str = "",
    data: dict[str, Any] | None = None,
    file: SandboxFile | None = None,
) -> dict[str, Any]:
    """One bubble; the message that the bot gets back."""
    markup = given.structure("reply_markup")
    keyboard = inline_keyboard(markup)
    shown_below = {"keyboard": keyboard, "reply_keyboard": reply_keyboard(markup)}
    below = {name: rows for name, rows in shown_below.items() if rows}
    facts = {**(data or {}), **below, **_replied(thread, given)}
    shown = threads.show(thread, mine=False, kind=kind, text=text, data=facts, file=file)
    if keyboard:
        content = {**content, "reply_markup": {"inline_keyboard": keyboard}}
    return shapes.from_bot(thread, shown.number, **content)


def _replied(thread: SandboxThread, given: Parameters) -> dict[str, Any]:
    wanted = given.structure("reply_parameters")
    if not isinstance(wanted, dict):
        return {}
    target = thread.messages.filter(ref=str(wanted.get("message_id"))).first()
    if target is None and not wanted.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return {"reply_to": target.text[:80]} if target else {}


def caption_of(text: str) -> str:
    caption = text.strip()
    if len(caption) > MOST_CAPTION:
        raise bad_request("message caption is too long")
    return caption


def keep(account: SandboxAccount, given: UploadedFile[bytes] | str, field: str) -> SandboxFile:
    """An uploaded file, or one that is known by its id; `field` says what it is to be shown as."""
    if isinstance(given, str):
        known = store.find(account, given)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known
    if not given.size:
        raise bad_request("file must be non-empty")
    mime = given.content_type or "application/octet-stream"
    try:
        return store.keep(
            account, given, name=given.name or "file", mime=mime, limit=LIMITS.get(field, 50 * MB)
        )
    except store.TooLarge:
        raise BotApiError(413, "Request Entity Too Large") from None


def file_object(stored: SandboxFile, field: str, *, duration: int = 0) -> Any:
    """The object of a file's kind, with the fields that it must have."""
    base = shapes.file(stored)
    if field == "photo":
        size = pictures.size_of(store.path_of(stored))
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return [{**base, "width": size[0], "height": size[1]}]
    if field == "document":
        return {**base, "file_name": stored.name, "mime_type": stored.mime}
    if field in ("video", "animation"):
        return {**base, "width": 0, "height": 0, "duration": duration, "mime_type": stored.mime}
    return {**base, "duration": duration, "mime_type": stored.mime}
