"""Files on disk: a private path per tenant, type by content, pictures made safe.

`<MEDIA_ROOT>/<tenant>/<random>`: the name on disk says nothing and cannot be guessed. Nothing is served
from there directly; a door checks who asks (see `served_as`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from apps.conversations import pictures, public_files, sniff, sounds
from apps.conversations.models import Attachment, AttachmentState, Conversation
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.base import MediaFile

CHUNK = 256 * 1024
MAX_WAITING = 50  # uploads of one conversation that no message has taken yet


class FileTooLarge(ValueError):
    """Larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit} bytes")
        self.limit = limit


class EmptyFile(ValueError):
    """A file of no bytes."""


class TooManyWaiting(ValueError):
    """MAX_WAITING files of the conversation are in no message yet."""


@dataclass(frozen=True, slots=True)
class Served:
    """How a stored file may be given out: `inline` only for re-encoded pictures, sound and film."""

    path: Path
    mime: str
    inline: bool


def full_path(relative: str) -> Path:
    """The file on disk. Raises ValueError for a path outside the open scope's tenant (never from a row)."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / relative).resolve()
    if path.parent != root / tenancy.require().hex:
        raise ValueError("path outside the tenant's folder")
    return path


def new_path() -> str:
    """A fresh relative path in the open scope's tenant; its folder exists."""
    folder = Path(settings.MEDIA_ROOT) / tenancy.require().hex
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return f"{folder.name}/{secrets.token_hex(16)}"


def upload(conversation: Conversation, source: BinaryIO, *, name: str) -> Attachment:
    """Store an agent's file, not yet part of a message. Raises FileTooLarge, EmptyFile."""
    relative = new_path()
    size = copy(source, full_path(relative), limit=most_bytes(conversation))
    attachment = Attachment(conversation=conversation, name=clean_name(name), path=relative, size=size)
    finish(attachment)
    attachment.save(force_insert=True)
    return attachment


def require_room(conversation: Conversation) -> None:
    """Raises TooManyWaiting when the conversation takes no further upload now."""
    if conversation.attachments.filter(message=None).count() >= MAX_WAITING:
        raise TooManyWaiting


def most_bytes(conversation: Conversation) -> int:
    """The largest file that can be sent in this conversation: ours and the platform's limit."""
    taken = registry.get(conversation.channel.platform).capabilities.media_limit
    return min(settings.MAX_ATTACHMENT_BYTES, taken)


def finish(attachment: Attachment, *, claimed_mime: str = "") -> None:
    """Look into a stored file: its real type, its kind, a safe preview. Does not save the row."""
    path = full_path(attachment.path)
    attachment.size = path.stat().st_size
    attachment.mime = sniff.mime_of(path, claimed=claimed_mime or attachment.mime)
    attachment.kind = sniff.kind_of(attachment.mime, hint=attachment.kind)
    if attachment.kind in ("image", "sticker"):
        _preview(attachment, path)
    elif attachment.mime in sniff.UNPLAYABLE:
        _playable_copy(attachment, path)
    attachment.state, attachment.locator = AttachmentState.STORED, None
    attachment.error = ""


def copy(source: BinaryIO, target: Path, *, limit: int) -> int:
    """Copy at most `limit` bytes; the size. Raises FileTooLarge, EmptyFile and leaves nothing behind."""
    size = 0
    try:
        with target.open("xb") as sink:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(limit)
                sink.write(chunk)
        if not size:
            raise EmptyFile("the file is empty")
    except ValueError:
        target.unlink(missing_ok=True)
        raise
    return size


def delete(attachment: Attachment) -> None:
    """Remove the file, its preview and its row. Idempotent."""
    remove(attachment)
    attachment.delete()


def remove(attachment: Attachment) -> None:
    """Remove the file and its preview from the disk, not the row. Idempotent."""
    for relative in (attachment.path, attachment.preview):
        if relative:
            full_path(relative).unlink(missing_ok=True)


def media_file(attachment: Attachment, *, fetched: bool = False) -> MediaFile:
    """The file as an adapter needs it; `fetched` with the addresses at which its platform may fetch it."""
    return MediaFile(
        name=attachment.name or "file",
        mime=attachment.mime,
        kind=attachment.kind,
        size=attachment.size,
        path=full_path(attachment.path),
        url=public_files.address(attachment) if fetched else "",
        preview_url=public_files.preview_address(attachment) if fetched else "",
    )


def served_as(attachment: Attachment, *, preview: bool) -> Served:
    """What to give to a browser: the preview, or the file itself, inline only when harmless.

    Of a sound that browsers do not play it is always the copy that they do.
    """
    sound = attachment.kind in ("audio", "voice")
    if sound and attachment.preview:
        return Served(full_path(attachment.preview), sounds.COPY, inline=True)
    if preview and attachment.preview:
        return Served(full_path(attachment.preview), "image/webp", inline=True)
    path = full_path(attachment.path)
    inline = attachment.kind in ("audio", "voice", "video") and attachment.mime in sniff.PLAYABLE
    return Served(path, attachment.mime if inline else "application/octet-stream", inline)


def clean_name(name: str) -> str:
    """A file name without path, control and direction characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and not 0x202A <= ord(c) <= 0x202E)
    kept = "".join(c for c in kept if not 0x2066 <= ord(c) <= 0x2069 and c not in "\u200e\u200f")
    return kept.strip(". ")[:200] or "file"


def _playable_copy(attachment: Attachment, path: Path) -> None:
    relative = new_path()
    if sounds.playable_copy(path, full_path(relative)):
        attachment.preview = relative
    else:
        attachment.kind = "file"


def _preview(attachment: Attachment, path: Path) -> None:
    relative = new_path()
    made = pictures.preview(path, full_path(relative))
    if made is None:
        attachment.kind = "file"
        return
    attachment.preview = relative
    attachment.width, attachment.height = made
