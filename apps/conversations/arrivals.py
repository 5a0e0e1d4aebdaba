"""What comes with an inbound message: repetition, files, what it replies to; and taking it back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.connections import vault
from apps.connections.models import Channel
from apps.conversations import files, hints
from apps.conversations.models import Attachment, ContactAddress, Delivery, Message
from apps.platforms.events import MediaRef, MessageReceived

LOCATOR = "attachment-locator"


def already_here(channel: Channel, address: ContactAddress, event: MessageReceived) -> bool:
    """Whether this is a repetition: same ref, or the same twin key a moment ago (Apple, A18).

    Needs the address locked; the unique constraint stands behind it all the same.
    """
    if Message.objects.filter(channel=channel, ref=event.ref).exists():
        return True
    if not event.twin_key:
        return False
    since = timezone.now() - timedelta(seconds=event.twin_seconds)
    twins = Message.objects.filter(channel=channel, twin_key=event.twin_key, created_at__gte=since)
    return twins.filter(conversation__address=address).exists()


def attach(message: Message, event: MessageReceived) -> None:
    """One pending attachment per file; a worker fetches them, urgent ones first."""
    rows = [_attachment(message, place, media) for place, media in enumerate(event.media)]
    if rows:
        Attachment.objects.bulk_create(rows)
        transaction.on_commit(hints.media_waiting)


def replied_to(channel: Channel, ref: str) -> Message | None:
    """The message that `ref` names: theirs by its own ref, ours by its delivery's."""
    if not ref:
        return None
    theirs = Message.objects.filter(channel=channel, ref=ref).first()
    if theirs:
        return theirs
    ours = Delivery.objects.select_related("message").filter(channel=channel, ref=ref).first()
    return ours.message if ours else None


def erase(message: Message, *, at: datetime) -> None:
    """Forget what the customer took back; that there was a message stays."""
    for attachment in message.attachments.all():
        files.delete(attachment)
    message.text, message.content, message.withdrawn_at = "", {}, at
    message.save(update_fields=["text", "content", "withdrawn_at"])


def _attachment(message: Message, place: int, media: MediaRef) -> Attachment:
    return Attachment(
        conversation_id=message.conversation_id,
        message=message,
        position=place,
        kind=media.kind,
        name=media.name[:255],
        mime=media.mime[:127],
        size=media.size,
        urgent=media.urgent,
        locator=vault.seal(LOCATOR, json.dumps(dict(media.locator)).encode()),
    )


def media_ref(attachment: Attachment) -> MediaRef:
    """The reference as the platform gave it. Raises CredentialUnreadable when it cannot be opened."""
    assert attachment.locator is not None
    from apps.platforms.events import MediaKind

    return MediaRef(
        kind=MediaKind(attachment.kind),
        locator=json.loads(vault.open_sealed(LOCATOR, bytes(attachment.locator))),
        name=attachment.name,
        mime=attachment.mime,
        size=attachment.size,
        urgent=attachment.urgent,
    )
