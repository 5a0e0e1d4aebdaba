"""Addresses under which a platform fetches a file that we send: signed, for some hours, one file each.

What is signed holds the file's random name on disk (128 bits), so an address dies with its file, and nobody
can make one: it is authenticated with the deployment's key. Opening one is the door's work (apps/webhooks).
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from apps.conversations.models import Attachment, AttachmentState, Direction
from apps.core import tenancy

SECONDS = 6 * 3600  # platforms fetch at once; customers' devices, where they are handed through, later
SALT = "conversations.public-file"
PREVIEWED = ("image", "sticker")
FILM = "video"  # nothing here opens films: of every one the same picture
NAMES = {
    "image/jpeg": "file.jpg",
    "image/png": "file.png",
    "image/gif": "file.gif",
    "image/webp": "file.webp",
    "audio/mpeg": "file.mp3",
    "audio/mp4": "file.m4a",
    "audio/ogg": "file.ogg",
    "audio/aac": "file.aac",
    "audio/amr": "file.amr",
    "video/mp4": "file.mp4",
    "application/pdf": "file.pdf",
}  # some platforms judge by the end of an address


class Ticket(NamedTuple):
    """What an address gives: one file of one tenant, or its small picture."""

    tenant_id: UUID
    attachment_id: UUID
    name: str  # on disk
    preview: bool


def address(attachment: Attachment) -> str:
    """Where anybody who knows it may fetch the file for SECONDS. Inside its tenant's scope."""
    return _address(attachment, NAMES.get(attachment.mime, "file"), preview=False)


def preview_address(attachment: Attachment) -> str:
    """The same for a small JPEG of it, of a film a neutral one; "" when there is none."""
    drawn = attachment.preview and attachment.kind in PREVIEWED
    if not drawn and attachment.kind != FILM:
        return ""
    return _address(attachment, "preview.jpg", preview=True)


def opened(ticket: str) -> Ticket | None:
    """What `ticket` gives; None when it is forged or expired."""
    try:
        facts = signing.TimestampSigner(salt=SALT).unsign_object(ticket, max_age=SECONDS)
    except signing.BadSignature:
        return None
    tenant, attachment, name, preview = facts
    return Ticket(UUID(tenant), UUID(attachment), name, bool(preview))


def find(ticket: Ticket) -> Attachment | None:
    """The file, in the scope of the ticket's tenant; None when it is not one that we send, or is gone."""
    if ticket.tenant_id != tenancy.require():
        return None
    rows = Attachment.objects.filter(state=AttachmentState.STORED, message__direction=Direction.OUT)
    return rows.filter(pk=ticket.attachment_id, path__endswith=f"/{ticket.name}").first()


def _address(attachment: Attachment, name: str, *, preview: bool) -> str:
    on_disk = attachment.path.rsplit("/", 1)[-1]
    facts = [tenancy.require().hex, attachment.pk.hex, on_disk, int(preview)]
    ticket = signing.TimestampSigner(salt=SALT).sign_object(facts)
    return f"{settings.BASE_URL}{reverse('fetched:file', args=[ticket, name])}"
