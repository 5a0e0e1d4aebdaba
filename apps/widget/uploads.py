"""Files that visitors send: stored when they arrive, part of a message when the visitor sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import IO, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from apps.conversations import files
from apps.conversations.models import Attachment, AttachmentState, Message
from apps.platforms.events import MediaKind, MediaRef
from apps.widget.models import Upload, Visitor

MOST = 10  # files in one message
WAITING = 30  # uploads that one visitor may have unsent
KEPT = timedelta(hours=24)
SWEPT = 20  # uploads at most, each time


class TooManyFiles(ValueError):
    """More than one message takes, or too many that were never sent."""


class NoSuchFile(ValueError):
    """A file is not there: never uploaded, swept, sent already, or another visitor's."""


def take(visitor: Visitor, source: IO[bytes], *, name: str, voice: bool) -> Upload:
    """Store a file by its content. Raises FileTooLarge, EmptyFile (of `files`), TooManyFiles."""
    if Upload.objects.filter(visitor=visitor).count() >= WAITING:
        raise TooManyFiles
    relative = files.new_path()
    size = files.copy(cast(BinaryIO, source), files.full_path(relative), limit=settings.MAX_ATTACHMENT_BYTES)
    looked_into = Attachment(path=relative, size=size, kind="voice" if voice else "")
    files.finish(looked_into)
    return Upload.objects.create(
        visitor=visitor,
        kind=looked_into.kind,
        name=files.clean_name(name),
        mime=looked_into.mime[:127],
        size=looked_into.size,
        path=looked_into.path,
        preview=looked_into.preview,
        width=looked_into.width,
        height=looked_into.height,
    )


def chosen(visitor: Visitor, ids: Sequence[UUID]) -> list[Upload]:
    """The visitor's own unsent uploads, in the order of `ids`, locked. Raises TooManyFiles, NoSuchFile."""
    if len(ids) > MOST:
        raise TooManyFiles
    rows = Upload.objects.select_for_update().filter(visitor=visitor, pk__in=ids).in_bulk()
    if len(rows) != len(ids):
        raise NoSuchFile
    return [rows[each] for each in ids]


def reference(upload: Upload) -> MediaRef:
    """How the file is told to the domain; `attach` puts the file itself in its place."""
    kind = MediaKind(upload.kind)
    return MediaRef(kind=kind, locator={}, name=upload.name, mime=upload.mime, size=upload.size)


def attach(message: Message, uploads: Sequence[Upload]) -> None:
    """Give `message` the files in place of its references: nothing is left for a worker to fetch.

    In the transaction that made the message, so no worker ever sees the references pending.
    """
    for attachment in message.attachments.all():
        upload = uploads[attachment.position]
        attachment.path, attachment.preview = upload.path, upload.preview
        attachment.width, attachment.height = upload.width, upload.height
        attachment.state, attachment.locator = AttachmentState.STORED, None
        attachment.save()
    Upload.objects.filter(pk__in=[each.pk for each in uploads]).delete()


def sweep() -> int:
    """Remove some of the tenant's uploads that were never sent; how many. Runs when sessions begin."""
    old = Upload.objects.select_for_update(skip_locked=True).filter(created_at__lt=timezone.now() - KEPT)
    rows = list(old.order_by("created_at")[:SWEPT])
    for upload in rows:
        for relative in (upload.path, upload.preview):
            if relative:
                files.full_path(relative).unlink(missing_ok=True)
        upload.delete()
    return len(rows)
