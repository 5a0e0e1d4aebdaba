"""Periodic tidying that no message waits for."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import connection

from apps.conversations import files
from apps.conversations.models import Attachment
from apps.core import tenancy

log = logging.getLogger(__name__)

AT_ONCE = 100


def sweep() -> int:
    """Remove uploads that no message took within a day, with their files; how many. Idempotent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, attachment_id FROM queue_unsent_uploads(%s)", [AT_ONCE])
        unsent = cursor.fetchall()
    return sum(_remove(tenant_id, attachment_id) for tenant_id, attachment_id in unsent)


def mend_lines() -> int:
    """Mark first rows that are not marked, as after a restore with triggers off; how many. Idempotent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_mend_lines()")
        mended: int = cursor.fetchone()[0]
    if mended:
        log.warning("%d lines had nobody marked as first", mended)
    return mended


def _remove(tenant_id: UUID, attachment_id: UUID) -> int:
    with tenancy.scope(tenant_id):
        rows = Attachment.objects.select_for_update(skip_locked=True).filter(message=None)
        attachment = rows.filter(pk=attachment_id).first()
        if attachment is None:  # a message took it meanwhile
            return 0
        files.delete(attachment)
        return 1
