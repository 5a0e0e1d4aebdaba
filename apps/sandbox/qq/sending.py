"""POST /v2/users/{openid}/messages and /files: what a bot says, as bubbles on the phone."""

from __future__ import annotations

import base64
import binascii
import secrets
from io import BytesIO
from typing import Any

from django.utils import timezone

from apps.sandbox import pictures, store, threads
from apps.sandbox.models import SandboxAccount, SandboxThread
from apps.sandbox.qq import replies
from apps.sandbox.qq.errors import QQError, invalid

MOST_TEXT = 2000  # not documented
TYPES = {1: ("image.png", "image/png"), 2: ("video.mp4", "video/mp4")}

Json = dict[str, Any]


def messages(account: SandboxAccount, openid: str, given: Json) -> Json:
    thread, kind = _friend(account, openid), given.get("msg_type")
    bubble: Json
    if kind == 0:
        bubble = {"kind": "text", "text": _words(given)}
    elif kind == 7:
        info = (given.get("media") or {}).get("file_info")
        kept = store.find(account, str(info))
        if kept is None:
            raise QQError(304082, "upload media info fail")
        bubble = {"kind": "file", "file": kept, "text": str(given.get("content") or "").strip()}
    else:
        raise QQError(11253, "this message type is not open to the bot")
    replies.take(thread, given)
    ref = new_ref()
    threads.show(thread, mine=False, ref=ref, **bubble)
    return {"id": ref, "timestamp": timezone.now().isoformat(timespec="seconds")}


def files(account: SandboxAccount, openid: str, given: Json) -> Json:
    _friend(account, openid)
    name, mime = TYPES.get(given.get("file_type", 0), ("", ""))
    if not mime or given.get("srv_send_msg"):
        raise invalid("file_type")
    try:
        content = base64.b64decode(str(given.get("file_data", "")), validate=True)
    except binascii.Error:
        raise QQError(304083, "convert media info fail") from None
    kept = store.keep(account, BytesIO(content), name=name, mime=mime)
    if not content or (mime == "image/png" and pictures.size_of(store.path_of(kept)) is None):
        raise QQError(304083, "convert media info fail")
    return {"file_uuid": secrets.token_hex(8), "file_info": kept.key, "ttl": 86400}


def me(account: SandboxAccount) -> Json:
    return {"id": account.key, "username": account.name, "avatar": ""}


def new_ref() -> str:
    return f"ROBOT1.0_{secrets.token_urlsafe(48)}!"


def _friend(account: SandboxAccount, openid: str) -> SandboxThread:
    thread = threads.at_address(account, openid)
    if thread is None:
        raise invalid("openid")
    return thread


def _words(given: Json) -> str:
    text = given.get("content")
    if not isinstance(text, str) or not text.strip() or len(text) > MOST_TEXT:
        raise invalid("content")
    return text
