"""POST /media/upload and GET /media/get (4.7)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase
from django.utils import timezone

from apps.sandbox import accounts, served, store
from apps.sandbox.models import SandboxAccount, SandboxFile
from apps.sandbox.wechat.errors import WeChatError, bad_media

MB = 1024 * 1024
TYPES = {
    "image": (("image/jpeg", "image/png", "image/gif", "image/bmp"), 10 * MB),
    "voice": (("audio/amr", "audio/mpeg", "audio/mp3"), 2 * MB),
    "video": (("video/mp4",), 10 * MB),
    "thumb": (("image/jpeg",), 64 * 1024),
}

Json = dict[str, Any]


def upload(account: SandboxAccount, given: Json) -> Json:
    kind, file = str(given.get("type", "")), given.get("media")
    if kind not in TYPES:
        raise WeChatError(40004, "invalid media type")
    if not isinstance(file, UploadedFile) or not file.size:
        raise WeChatError(41005, "media data missing")
    types, most = TYPES[kind]
    if file.content_type not in types:
        raise WeChatError(40005, "invalid file type")
    if file.size > most:
        raise WeChatError(40006, "invalid media size")
    kept = store.keep(account, file, name=file.name or "file", mime=file.content_type)
    named = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, named: kept.key, "created_at": int(timezone.now().timestamp())}


def get(account: SandboxAccount, given: Json) -> Json | HttpResponseBase:
    """The bytes; of a film an address."""
    kept = find(account, str(given.get("media_id", "")))
    if kept.mime.startswith("video/"):
        return {"video_url": f"{accounts.base_url('wechat')}/video/{account.key}/{kept.key}"}
    return served.answer(kept)


def find(account: SandboxAccount, media_id: str) -> SandboxFile:
    kept = store.find(account, media_id)
    if kept is None:
        raise bad_media()
    return kept
