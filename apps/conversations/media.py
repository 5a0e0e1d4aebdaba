"""Fetching the files that customers send: claimed under a lease, outside any transaction."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.connections import vault
from apps.connections.models import Channel
from apps.conversations import arrivals, files, outgoing_http, trouble
from apps.conversations.models import Attachment, AttachmentState
from apps.conversations.stream import Kind, record
from apps.core import tenancy
from apps.core.http import Http
from apps.platforms import base, registry
from apps.platforms.events import MediaRef

log = logging.getLogger(__name__)

AT_ONCE = 4
MAX_ATTEMPTS = 8
PATIENCE = timedelta(days=1)


def drain() -> int:
    """Fetch due files until none is due; how many were tried."""
    return asyncio.run(_drain())


async def _drain() -> int:
    tried = 0
    async with outgoing_http.door() as http:
        while claimed := await database_sync_to_async(_claim)():
            await asyncio.gather(*(_fetch(tenant_id, pk, http) for tenant_id, pk in claimed))
            tried += len(claimed)
    return tried


def _claim() -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, attachment_id FROM queue_claim_attachments(%s)", [AT_ONCE])
        return list(cursor.fetchall())


async def _fetch(tenant_id: UUID, attachment_id: UUID, http: Http) -> None:
    loaded = await database_sync_to_async(_load)(tenant_id, attachment_id)
    if loaded is None:
        return
    attachment, relative = loaded
    platform = registry.get(_channel(attachment).platform)
    try:
        mime = await _download(platform, attachment, relative, http, tenant_id)
    except vault.CredentialUnreadable:
        error = base.Unreachable("what is stored of this channel cannot be opened")
        await database_sync_to_async(_failed)(tenant_id, attachment, relative, error)
    except base.SendError as error:
        await database_sync_to_async(_failed)(tenant_id, attachment, relative, error)
    except Exception as error:  # a broken file must not stop the others
        log.exception("attachment %s", attachment_id)
        await database_sync_to_async(_failed)(
            tenant_id, attachment, relative, base.Rejected(type(error).__name__)
        )
    else:
        await database_sync_to_async(_stored)(tenant_id, attachment, relative, mime)


def _load(tenant_id: UUID, attachment_id: UUID) -> tuple[Attachment, str] | None:
    with tenancy.scope(tenant_id):
        rows = Attachment.objects.select_related("conversation__channel", "message__channel")
        attachment = rows.filter(pk=attachment_id, state=AttachmentState.PENDING).first()
        if attachment is None:
            return None
        return attachment, files.new_path()


async def _download(
    platform: base.Platform,
    attachment: Attachment,
    relative: str,
    http: Http,
    tenant_id: UUID,
) -> str:
    def prepare() -> tuple[MediaRef, base.Credentials, Path]:
        with tenancy.scope(tenant_id):
            credentials = vault.reveal(_channel(attachment))
            return arrivals.media_ref(attachment), credentials, files.full_path(relative)

    reference, credentials, path = await database_sync_to_async(prepare)()
    if attachment.size > settings.MAX_ATTACHMENT_BYTES:
        raise base.Rejected("the file is larger than this server takes", code="too_large")
    with path.open("xb") as sink:
        return await platform.download(reference, credentials, http, sink)


def _stored(tenant_id: UUID, attachment: Attachment, relative: str, mime: str) -> None:
    with tenancy.scope(tenant_id):
        attachment.path = relative
        files.finish(attachment, claimed_mime=mime)
        pending = Attachment.objects.select_for_update(no_key=True, of=("self",))
        if not pending.filter(pk=attachment.pk, state=AttachmentState.PENDING).exists():
            files.remove(attachment)  # the customer took it back meanwhile, or somebody else fetched it
            return
        attachment.save(force_update=True)
        _tell(attachment)


def _failed(tenant_id: UUID, attachment: Attachment, relative: str, error: base.SendError) -> None:
    trouble.note(tenant_id, _channel(attachment), error)
    with tenancy.scope(tenant_id):
        files.full_path(relative).unlink(missing_ok=True)
        final = _is_final(attachment, error)
        wait = error.retry_after if isinstance(error, base.Throttled) else min(600, 2**attachment.attempt)
        Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.PENDING).update(
            state=AttachmentState.FAILED if final else AttachmentState.PENDING,
            error=(error.words or type(error).__name__)[:300],
            due_at=timezone.now() + timedelta(seconds=wait),
        )
        if final:
            _tell(attachment)


def _is_final(attachment: Attachment, error: base.SendError) -> bool:
    """A file that needs credentials which are refused just now waits a day for a person."""
    if isinstance(error, base.BadCredentials):
        return timezone.now() - attachment.created_at > PATIENCE
    return isinstance(error, base.Rejected) or attachment.attempt >= MAX_ATTEMPTS


def _channel(attachment: Attachment) -> Channel:
    """Where it lies: a message may have come by a channel that stands in for the conversation's."""
    said = attachment.message or attachment.conversation
    channel: Channel = said.channel
    return channel


def _tell(attachment: Attachment) -> None:
    record(Kind.ATTACHMENT_CHANGED, attachment.conversation, message=str(attachment.message_id))
