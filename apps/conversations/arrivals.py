"""What comes in: repetitions, the files of a message, what it replies to."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.connections import vault
from apps.connections.models import Channel, EntryPoint
from apps.conversations import files, hints
from apps.conversations.addresses import Addresses
from apps.conversations.models import Attachment, ContactAddress, Conversation, Delivery, Direction, Message
from apps.platforms.events import Event, MediaRef, MessageReceived

LOCATOR = "attachment-locator"

E = TypeVar("E", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Arrival(Generic[E]):
    """An event, where it came in, the entry point when the door knows it (web chat), and since when the
    customer has taken it back."""

    channel: Channel
    event: E
    entry_point: EntryPoint | None = None
    withdrawn_at: datetime | None = None


Said = Arrival[MessageReceived]


def new_ones(said: Sequence[Said], addresses: Addresses, here: Collection[tuple[UUID, str]]) -> list[Said]:
    """`said` without repetitions: the same ref (`here` are those stored by channel and ref), or the same twin
    key a moment ago (Apple, A18).

    The addresses' locks keep others from storing them meanwhile; the unique constraint stands behind.
    """
    known, fresh = set(here), []
    for each in said:
        ours = (each.channel.pk, each.event.ref)
        if ours not in known and not _twin_here(addresses.of(each.channel, each.event), each.event):
            fresh.append(each)
        known.add(ours)
    return fresh


def _twin_here(address: ContactAddress, event: MessageReceived) -> bool:
    if not event.twin_key:
        return False
    since = timezone.now() - timedelta(seconds=event.twin_seconds)
    twins = Message.objects.filter(conversation__address=address, twin_key=event.twin_key)
    return twins.filter(created_at__gte=since).exists()


def attach(files_of: Sequence[tuple[Message, Sequence[MediaRef]]]) -> None:
    """One pending attachment per file; a worker fetches them, urgent ones first."""
    files_met = [
        _attachment(message, place, media)
        for message, references in files_of
        for place, media in enumerate(references)
    ]
    if files_met:
        Attachment.objects.bulk_create(files_met)
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


def last_ref(conversation: Conversation) -> str:
    """The platform's id of the customer's last words there, not on a channel that stands in; "" when there
    are none."""
    channel = conversation.channel_id
    theirs = Message.objects.filter(conversation=conversation, channel=channel, direction=Direction.IN)
    return theirs.exclude(ref=None).order_by("-seq").values_list("ref", flat=True).first() or ""


def _attachment(message: Message, place: int, media: MediaRef) -> Attachment:
    return Attachment(
        conversation_id=message.conversation_id,
        message=message,
        position=place,
        kind=media.kind,
        name=files.clean_name(media.name) if media.name else "",
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
