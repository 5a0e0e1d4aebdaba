"""Making of claimed deliveries jobs that need no database."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.connections import opened, vault
from apps.connections.addresses import webhook_url
from apps.connections.models import Channel
from apps.conversations import files, queued_rows
from apps.conversations.claim import Claim
from apps.conversations.models import (
    Attachment,
    AuthorKind,
    Delivery,
    DeliveryAttempt,
    DeliveryStatus,
    Message,
)
from apps.conversations.queued_rows import Row
from apps.conversations.result import Result
from apps.core import measured, tenancy
from apps.core.latest import Deadline
from apps.core.rows import select
from apps.platforms import base, cards, registry

log = logging.getLogger(__name__)

ACCEPTED = [
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
    DeliveryStatus.UNKNOWN,  # it may have been
]


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed delivery with everything its call needs, so that the call needs no database.

    `until` is when the call may no longer begin: a process that was stopped for longer than its lease would
    send what others have given up, after what they have sent since.
    """

    tenant_id: UUID
    delivery_id: UUID
    token: UUID
    until: Deadline
    platform: base.Platform
    outgoing: base.Outgoing
    credentials: base.Credentials


class Loaded(NamedTuple):
    """`failed` could not become jobs: nothing of them was sent, and that is their result."""

    jobs: list[Job]
    failed: list[Result]


def load(ours: Claim) -> Loaded:
    """Jobs of a claim. Raises nothing: what cannot be loaded is due again at once."""
    try:
        with tenancy.scope(ours.tenant_id):
            rows = queued_rows.read(ours.delivery_ids)
            found = _sendable(rows)
    except Exception:  # nothing was sent
        log.exception("claims of tenant %s", ours.tenant_id)
        why = base.Throttled("not begun", retry_after=0, code="stopped")
        return Loaded([], [ours.failed(pk, why) for pk in ours.delivery_ids])
    _measure(rows)
    loaded = Loaded([], [])
    for pk, platform, outgoing, credentials in found:
        if isinstance(credentials, Exception):
            loaded.failed.append(ours.failed(pk, _why(pk, credentials)))
        else:
            job = Job(ours.tenant_id, pk, ours.token, ours.until, platform, outgoing, credentials)
            loaded.jobs.append(job)
    return loaded


def outgoing_of(delivery_ids: Iterable[UUID]) -> list[tuple[UUID, base.Platform, base.Outgoing, Any]]:
    """What each delivery sends: its id, platform, content and credentials; inside a scope. An exception in
    the last place says why a delivery cannot be sent."""
    return _sendable(queued_rows.read(delivery_ids))


def _sendable(rows: list[Row]) -> list[tuple[UUID, base.Platform, base.Outgoing, Any]]:
    wanted = sorted({row.channel_id for row in rows})
    channels = {channel.pk: channel for channel in select(Channel, "t.id = ANY (%s)", [wanted])}
    known = _Known(_refs({row.reply_to_id for row in rows if row.reply_to_id}), _accepted_since(rows))
    reveal = cache(lambda pk: _revealed(channels[pk]))
    return [_whole(row, channels[row.channel_id], known, reveal(row.channel_id)) for row in rows]


def _measure(rows: Iterable[Row]) -> None:
    now = timezone.now()
    for row in rows:
        measured.waited("deliveries", (now - row.due_at).total_seconds())


class _Known(NamedTuple):
    """What is read once for all rows: the refs of messages that are answered, and by conversation the lines
    of what was accepted since the customer's last words."""

    refs: Mapping[UUID, str]
    accepted: Mapping[UUID, list[int]]


def _whole(row: Row, channel: Channel, known: _Known, credentials: Any) -> tuple[Any, ...]:
    try:
        platform = registry.get(channel.platform)
        outgoing = _outgoing(row, channel, known, fetches=platform.capabilities.fetches_media)
    except Exception as error:  # alone: the others can be sent
        return row.pk, None, None, error
    return row.pk, platform, outgoing, credentials


def _outgoing(row: Row, channel: Channel, known: _Known, *, fetches: bool) -> base.Outgoing:
    part = row.part
    shown = _files(row.message_id, part, fetches=fetches)
    return base.Outgoing(
        id=row.pk,
        line=row.seq,
        sender=channel.address,
        to=row.to,
        part=part,
        media=shown[part.media] if part.media is not None else None,
        reply_to=known.refs.get(row.reply_to_id, "") if row.reply_to_id else "",
        locale=row.locale,
        automatic=row.author_kind in (AuthorKind.BOT, AuthorKind.SYSTEM),
        agent=row.author_name,
        files=shown if part.card or part.template else {},
        tag=row.tag or "",
        webhook_url=webhook_url(channel),
        doubted=_doubted(row.pk) if row.attempt > 1 else 0,
        **_handle(row, known.accepted.get(row.conversation_id, ())),
    )


def _files(message_id: UUID, part: base.Part, *, fetches: bool) -> dict[int, base.MediaFile]:
    """What the part shows, by position. Raises Attachment.DoesNotExist."""
    named = [part.media]
    named += [part.template.media, *part.template.slides] if part.template else []
    wanted = {place for place in named if place is not None}
    wanted |= set(cards.images(part.card)) if part.card else set()
    if not wanted:
        return {}
    rows = Attachment.objects.filter(message=message_id, position__in=wanted)
    found = {row.position: files.media_file(row, fetched=fetches) for row in rows}
    if found.keys() != wanted:
        raise Attachment.DoesNotExist
    return found


def _handle(row: Row, accepted: Iterable[int]) -> dict[str, Any]:
    """What came for answering the customer's words, and how often their last ones were answered since."""
    if not row.handle or row.handle_at is None:
        return {}
    return {
        "handle": row.handle,
        "handle_age": max(0.0, (timezone.now() - row.handle_at).total_seconds()),
        "answers": sum(seq < row.seq for seq in accepted),
    }


def _accepted_since(rows: Iterable[Row]) -> dict[UUID, list[int]]:
    """Lines of what was accepted since the handle came, by conversation; only where there is one. Also what
    was written before the customer's new words and went out after them: it was sent with their handle."""
    talks = {row.conversation_id for row in rows if row.handle and row.handle_at}
    if not talks:
        return {}
    sent = Delivery.objects.filter(conversation__in=talks, state__in=ACCEPTED)
    since = sent.annotate(at=Coalesce("sent_at", "updated_at"))
    ours = since.filter(at__gte=F("conversation__address__handle_at"))
    found: dict[UUID, list[int]] = {}
    for talk, seq in ours.values_list("conversation_id", "seq"):
        found.setdefault(talk, []).append(seq)
    return found


def _doubted(delivery_id: UUID) -> float:
    """Seconds since the first try began of which nobody knows whether it was accepted; 0 without one."""
    tries = DeliveryAttempt.objects.filter(delivery=delivery_id, outcome=base.Unknown.__name__)
    first = tries.order_by("started_at").values_list("started_at", flat=True).first()
    return max(0.001, (timezone.now() - first).total_seconds()) if first else 0


def _refs(message_ids: set[UUID]) -> dict[UUID, str]:
    """The platform's refs of messages that are answered: their own, or of our first part."""
    if not message_ids:
        return {}
    ours = Delivery.objects.filter(message__in=message_ids).exclude(ref="").order_by("-seq")
    found = dict(ours.values_list("message_id", "ref"))
    theirs = Message.objects.filter(pk__in=message_ids).exclude(ref=None).exclude(ref="")
    return found | {pk: str(ref) for pk, ref in theirs.values_list("pk", "ref")}


def _revealed(channel: Channel) -> base.Credentials | Exception:
    try:
        return opened.credentials(channel)
    except Exception as error:
        return error


def _why(delivery_id: UUID, error: Exception) -> base.SendError:
    """Nothing was sent, so the outcome is known."""
    if isinstance(error, vault.CredentialUnreadable):
        return base.BadCredentials("what is stored of this channel cannot be opened")
    log.error("delivery %s", delivery_id, exc_info=error)
    return base.Rejected(f"internal: {type(error).__name__}")
