"""What a bot says to a customer: send*, edits, the dots, answers to tapped buttons."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.sandbox import pictures, store, threads
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxMessage, SandboxThread, ThreadState
from apps.sandbox.telegram import shapes
from apps.sandbox.telegram.errors import BotApiError, bad_request, forbidden
from apps.sandbox.telegram.markup import inline_keyboard
from apps.sandbox.telegram.parameters import Parameters

MOST_TEXT = 4096
MOST_CAPTION = 1024
MB = 1024 * 1024
LIMITS = {"photo": 10 * MB}  # 50 MB for everything else
ACTIONS = frozenset(
    (
        *("typing", "choose_sticker", "find_location", "upload_photo", "upload_document"),
        *("record_video", "upload_video", "record_voice", "upload_voice"),
        *("record_video_note", "upload_video_note"),
    )
)


def send_message(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    thread = _chat(account, given)
    text = given.text("text").strip()
    if not text:
        raise bad_request("message text is empty")
    if len(text) > MOST_TEXT:
        raise bad_request("message is too long")
    return _say(thread, given, kind="text", text=text, content={"text": text})


def send_location(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    thread = _chat(account, given)
    place = {"latitude": given.number("latitude"), "longitude": given.number("longitude")}
    return _say(thread, given, kind="place", content={"location": place}, data=place)


def send_photo(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "photo")


def send_document(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "document")


def send_voice(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "voice")


def send_video(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "video")


def send_audio(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "audio")


def send_chat_action(account: SandboxAccount, given: Parameters) -> bool:
    thread = _chat(account, given)
    if given.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    threads.typing(thread, True)
    return True


def edit_message_text(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    thread = _chat(account, given)
    message = _message(thread, given.text("message_id"))
    text, keyboard = given.text("text").strip(), inline_keyboard(given.structure("reply_markup"))
    if not text or len(text) > MOST_TEXT:
        raise bad_request("message text is empty" if not text else "message is too long")
    if text == message.text and keyboard == message.data.get("keyboard", []):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    threads.change(message, text=text, keyboard=keyboard)
    return shapes.from_bot(thread, message.number, text=text, edit_date=int(message.at.timestamp()))


def answer_callback_query(account: SandboxAccount, given: Parameters) -> bool:
    """Takes the spinning circle off a tapped button; only once, and only for a tap that there was."""
    rows = SandboxMessage.objects.select_for_update(of=("self",)).filter(thread__account=account)
    tap = rows.filter(data__query=given.text("callback_query_id"), data__answered=False).first()
    if tap is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(given.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    threads.change(tap, answered=True)
    return True


def get_file(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    stored = store.find(account, given.text("file_id"))
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if stored.size > 20 * MB:
        raise bad_request("file is too big")
    return {**shapes.file(stored), "file_path": f"{_folder(stored)}/{stored.key}"}


def _chat(account: SandboxAccount, given: Parameters) -> SandboxThread:
    """The customer, as long as they want to hear from the bot. A bot cannot begin."""
    thread = threads.at_address(account, given.text("chat_id"))
    if thread is None:
        raise bad_request("chat not found")
    if thread.state == ThreadState.LEFT:
        raise forbidden("bot was blocked by the user")
    if thread.state == ThreadState.NEW:
        raise forbidden("bot can't initiate conversation with a user")
    return thread


def _say(
    thread: SandboxThread,
    given: Parameters,
    *,
    kind: str,
    content: dict[str, Any],
    text: str = "",
    data: dict[str, Any] | None = None,
    file: SandboxFile | None = None,
) -> dict[str, Any]:
    keyboard = inline_keyboard(given.structure("reply_markup"))
    replied = _replied(thread, given)
    facts = {**(data or {}), **({"keyboard": keyboard} if keyboard else {}), **replied}
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


def _send_file(account: SandboxAccount, given: Parameters, field: str) -> dict[str, Any]:
    thread = _chat(account, given)
    caption = given.text("caption").strip()
    if len(caption) > MOST_CAPTION:
        raise bad_request("message caption is too long")
    stored = _stored(account, given.file(field), LIMITS.get(field, 50 * MB))
    content: dict[str, Any] = {field: _described(stored, field, given)}
    if caption:
        content["caption"] = caption
    return _say(thread, given, kind="file", text=caption, content=content, data={"as": field}, file=stored)


def _stored(account: SandboxAccount, given: UploadedFile[bytes] | str, limit: int) -> SandboxFile:
    if isinstance(given, str):
        known = store.find(account, given)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known
    if not given.size:
        raise bad_request("file must be non-empty")
    mime = given.content_type or "application/octet-stream"
    try:
        return store.keep(account, given, name=given.name or "file", mime=mime, limit=limit)
    except store.TooLarge:
        raise BotApiError(413, "Request Entity Too Large") from None


def _described(stored: SandboxFile, field: str, given: Parameters) -> Any:
    """The object of a file's kind, with the fields that it must have."""
    base = shapes.file(stored)
    if field == "photo":
        size = pictures.size_of(store.path_of(stored))
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return [{**base, "width": size[0], "height": size[1]}]
    if field == "document":
        return {**base, "file_name": stored.name, "mime_type": stored.mime}
    duration = given.integer("duration")
    if field == "video":
        return {**base, "width": 0, "height": 0, "duration": duration, "mime_type": stored.mime}
    return {**base, "duration": duration, "mime_type": stored.mime}


def _message(thread: SandboxThread, number: str) -> SandboxMessage:
    found = thread.messages.filter(ref=number, mine=False).first()
    if found is None:
        raise bad_request("message to edit not found")
    return found


def _folder(stored: SandboxFile) -> str:
    kind = stored.mime.split("/")[0]
    return {"image": "photos", "audio": "voice", "video": "videos"}.get(kind, "documents")
