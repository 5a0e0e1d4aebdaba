"""Signed addresses of files, for pictures and players that cannot send a header: five minutes, one visitor,
one file. The address holds no token; who finds it in a log a little later has nothing."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.core import signing
from django.urls import reverse

from apps.widget.models import Visitor

SECONDS = 300
SALT = "widget.file"


class Holder(NamedTuple):
    """Whom a ticket was given to."""

    tenant_id: UUID
    visitor_id: UUID


def address(visitor: Visitor, attachment_id: UUID, *, preview: bool) -> str:
    """Where the visitor may fetch the file for the next five minutes; a path on our origin."""
    facts = [visitor.home.hex, visitor.pk.hex, attachment_id.hex]
    ticket = signing.TimestampSigner(salt=SALT).sign_object(facts)
    return f"{reverse('widget:file', args=[attachment_id])}?ticket={ticket}" + "&preview=1" * preview


def holder(ticket: str, attachment_id: UUID) -> Holder | None:
    """To whom `ticket` gives this file; None when it is forged, expired or for another file."""
    try:
        facts = signing.TimestampSigner(salt=SALT).unsign_object(ticket, max_age=SECONDS)
    except signing.BadSignature:
        return None
    tenant, visitor, attachment = facts
    return Holder(UUID(tenant), UUID(visitor)) if attachment == attachment_id.hex else None
