"""What a bot says to a customer: words and files, edits, the dots, answers to tapped buttons."""

from __future__ import annotations

from typing import Any

from apps.sandbox import store, threads
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxMessage, SandboxThread
from apps.sandbox.telegram import shapes
from apps.sandbox.telegram.bubbles import MB, caption_of, chat_of, file_object, keep, say
from apps.sandbox.telegram.errors import bad_request
from apps.sandbox.telegram.markup import inline_keyboard
from apps.sandbox.telegram.parameters import Parameters

MOST_TEXT = 4096
ACTIONS = frozenset(
    (
        *("typing", "choose_sticker", "find_location", "upload_photo", "upload_document"),
        *("record_video", "upload_video", "record_voice", "upload_voice"),
        *("record_video_note", "upload_video_note"),
    )
)


def send_message(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    thread = chat_of(account, given)
    text = given.text("text").strip()
    if not text:
        raise bad_request("message text is empty")
    if len(text) > MOST_TEXT:
        raise bad_request("message is too long")
    return say(thread, given, kind="text", text=text, content={"text": text})


def send_photo(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "photo")


def send_document(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "document")


def send_voice(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "voice")


def send_video(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "video")


def send_animation(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "animation")


def send_audio(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    return _send_file(account, given, "audio")


def send_chat_action(account: SandboxAccount, given: Parameters) -> bool:
    thread = chat_of(account, given)
    if given.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    threads.typing(thread, True)
    return True


def edit_message_text(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    thread = chat_of(account, given)
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


def _send_file(account: SandboxAccount, given: Parameters, field: str) -> dict[str, Any]:
    thread = chat_of(account, given)
    caption = caption_of(given.text("caption"))
    stored = keep(account, given.file(field), field)
    content: dict[str, Any] = {field: file_object(stored, field, duration=given.integer("duration"))}
    if caption:
        content["caption"] = caption
    return say(thread, given, kind="file", text=caption, content=content, data={"as": field}, file=stored)


def _message(thread: SandboxThread, number: str) -> SandboxMessage:
    found = thread.messages.filter(ref=number, mine=False).first()
    if found is None:
        raise bad_request("message to edit not found")
    return found


def _folder(stored: SandboxFile) -> str:
    kind = stored.mime.split("/")[0]
    return {"image": "photos", "audio": "voice", "video": "videos"}.get(kind, "documents")
