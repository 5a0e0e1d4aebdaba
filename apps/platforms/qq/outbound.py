"""One part of a message as a passive reply: QQ takes five to each message of the customer's, for an hour."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms.base import Credentials, MediaFile, Outgoing, Rejected, Unknown, Unreachable, WindowClosed
from apps.platforms.cards import fallback_text
from apps.platforms.file_limits import FileLimits, Others, Shown
from apps.platforms.qq import calls

REPLIES, HOURS = 5, 1
TEXT, MEDIA = 0, 7  # msg_type
TEXT_LIMIT = 2000  # characters; not documented
FILE_BYTES = 10 * 1024 * 1024  # not documented: it goes as Base64 in JSON
# By QQ's number. Sounds would have to be SILK, other files are not open to bots.
FILES = {
    1: Shown(kinds=("image",), types=("image/png", "image/jpeg"), most=FILE_BYTES),
    2: Shown(kinds=("video",), types=("video/mp4",), most=FILE_BYTES),
}
FILE_LIMITS = FileLimits(shown=tuple(FILES.values()), others=Others.REFUSED)

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; QQ's id of it. Raises SendError and nothing else."""
    calls.account(creds)
    body = {**_reply(outgoing), **await _content(outgoing, creds, http)}
    sent = await calls.call("POST", f"{_person(outgoing.to)}/messages", creds, http, json=body)
    ref = sent.get("id")
    if not isinstance(ref, str) or not ref:
        raise Unknown("the answer names no message")
    return ref


def file_type(media: MediaFile) -> int:
    """Raises Rejected for what QQ cannot be sent."""
    for number, shown in FILES.items():
        if shown.typed(media):
            if media.size > FILE_BYTES:
                raise Rejected("QQ takes files of 10 MB", code="too_large")
            return number
    raise Rejected(f"QQ takes PNG, JPEG and MP4, and no {media.mime}", code="unsupported_file")


def _reply(outgoing: Outgoing) -> Json:
    """What is answered, and a number that no other answer to it has: QQ refuses the same one twice. With
    nothing to answer, or too late, QQ would take the call for an unasked message, which it no longer has."""
    handle = {name: value for name, value in outgoing.handle.items() if name in ("msg_id", "event_id")}
    if not handle or outgoing.handle_age > HOURS * 3600:
        raise WindowClosed("QQ takes answers for an hour after each message", code="too_late")
    return {**handle, "msg_seq": outgoing.line}


async def _content(outgoing: Outgoing, creds: Credentials, http: Http) -> Json:
    part = outgoing.part
    if outgoing.media is not None:
        info = await _upload(outgoing.to, outgoing.media, creds, http)
        return {"msg_type": MEDIA, "content": part.text or " ", "media": {"file_info": info}}
    text = fallback_text(part.card) if part.card is not None else part.text
    if part.kind in ("text", "link", "card"):
        return {"msg_type": TEXT, "content": text}
    raise Rejected(f"QQ cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


async def _upload(to: str, media: MediaFile, creds: Credentials, http: Http) -> str:
    number = file_type(media)
    try:
        content = await asyncio.to_thread(media.path.read_bytes)
    except FileNotFoundError:
        raise Rejected("the file is no longer on our disk", code="file_missing") from None
    body = {"file_type": number, "file_data": b64encode(content).decode(), "srv_send_msg": False}
    told = await calls.certainly("POST", f"{_person(to)}/files", creds, http, json=body)
    info = told.get("file_info")
    if not isinstance(info, str) or not info:
        raise Unreachable("the answer names no file", code="no_file_info")
    return info


def _person(openid: str) -> str:
    return f"/v2/users/{quote(openid, safe='')}"
