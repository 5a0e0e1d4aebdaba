"""A tenant's due webhooks, read in the order in which they came and parsed by their platforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from apps.connections import opened, vault
from apps.connections.models import Channel, ReceivedWebhook, WebhookState
from apps.conversations import references
from apps.core import rows
from apps.platforms import base, registry
from apps.platforms.events import Event

Parsed = Sequence[Event] | Exception


@dataclass(slots=True)
class Batch:
    """A tenant's due webhooks in order: `ready` up to the first with an event that came by reference, and
    `pending`, all with such an event."""

    ready: list[ReceivedWebhook] = field(default_factory=list)
    pending: list[ReceivedWebhook] = field(default_factory=list)
    parsed: dict[UUID, Parsed] = field(default_factory=dict)
    credentials: dict[UUID, base.Credentials] = field(default_factory=dict)

    def add(self, row: ReceivedWebhook, events: Parsed, *, pending: bool) -> None:
        self.parsed[row.pk] = events
        if pending:
            self.pending.append(row)
        elif not self.pending:
            self.ready.append(row)


def read(completed: Mapping[UUID, Parsed], most: int) -> Batch:
    """The next due webhooks of the open scope, at most `most`.

    `completed` are events of some that came by reference, asked for since.
    """
    due = rows.select_with(
        ReceivedWebhook,
        "channel",
        f"t.state = '{WebhookState.NEW}' AND t.due_at <= %s",  # in the text: only then its index may serve
        [timezone.now()],
        end=f"ORDER BY t.received_at, t.id LIMIT {most}",
    )
    batch = Batch(credentials=_revealed({row.channel_id: row.channel for row in due}.values()))
    for row in due:
        events = completed.get(row.pk) or _parse(row, batch.credentials.get(row.channel_id))
        batch.add(row, events, pending=row.pk not in completed and _by_reference(events))
    return batch


def _revealed(channels: Iterable[Channel]) -> dict[UUID, base.Credentials]:
    """The credentials by channel; without those that cannot be opened."""
    found: dict[UUID, base.Credentials] = {}
    for channel in channels:
        with suppress(vault.CredentialUnreadable):
            found[channel.pk] = opened.credentials(channel)
    return found


def as_request(row: ReceivedWebhook) -> base.Inbound:
    """The stored request as the adapter saw it."""
    return base.Inbound(method="POST", path=row.path, query={}, headers=row.headers, body=bytes(row.raw))


def _parse(row: ReceivedWebhook, credentials: base.Credentials | None) -> Parsed:
    if credentials is None:
        return base.BadCredentials("what is stored of this channel cannot be opened")
    try:
        events = registry.get(row.channel.platform).parse(as_request(row), credentials)
    except Exception as error:  # kept and shown, whatever it was
        return error
    ours = [event for event in events if event.to in ("", row.channel.address)]
    if events and not ours:
        return base.Malformed(f"addressed to {events[0].to}, which is not this channel")
    return ours


def _by_reference(events: Parsed) -> bool:
    return not isinstance(events, Exception) and references.by_reference(events)
