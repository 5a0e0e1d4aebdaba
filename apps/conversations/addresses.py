"""Who customers are on their channels: found or made, and kept up to date with what events tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations import openings
from apps.conversations.models import Contact, ContactAddress, Conversation
from apps.conversations.stream import Kind, record
from apps.core import rows
from apps.platforms.events import Event
from apps.platforms.windows import Opener

Who = tuple[UUID, str]  # channel, value

LEARNED = [
    "reachable",
    "gone_reason",
    "gone_at",
    "capabilities",
    "device",
    "last_inbound_at",
    "openings",
    "handle",
    "handle_at",
    "thread_owner",
    "pending_tag",
    "pending_group",
]


class Addresses:
    """The customers of some events, their rows locked until the transaction ends; made when they are new.

    They are changed in memory and written once, by `save`.
    """

    def __init__(self, met: Iterable[tuple[Channel, Event]]) -> None:
        wanted: dict[Who, Event] = {}
        for channel, event in met:
            wanted.setdefault((channel.pk, event.address), event)
        self._rows = _locked(wanted)
        missing = {who: event for who, event in wanted.items() if who not in self._rows}
        if missing:
            self._rows |= _created(missing) or _locked(missing)
        self._learned: dict[UUID, Contact] = {}

    def of(self, channel: Channel, event: Event) -> ContactAddress:
        return self._rows[channel.pk, event.address]

    def learn(self, address: ContactAddress, event: Event) -> None:
        """Keep what the event says of the customer; what it does not say stays as it was."""
        facts, contact = event.facts, address.contact
        if facts.capabilities is not None:
            address.capabilities = sorted(facts.capabilities)
        address.device = facts.device[:60] or address.device
        name, locale = facts.name[:120] or contact.name, facts.locale[:20] or contact.locale
        if (name, locale) != (contact.name, contact.locale):
            contact.name, contact.locale = name, locale
            self._learned[contact.pk] = contact

    def save(self) -> None:
        rows.update(list(self._rows.values()), LEARNED)
        rows.update(list(self._learned.values()), ["name", "locale"])


def mark_gone(address: ContactAddress, reason: str) -> bool:
    """Nothing may be sent to this address any more; False when that was known already."""
    if not address.reachable and address.gone_reason == reason:
        return False
    address.reachable, address.gone_reason, address.gone_at = False, reason, timezone.now()
    address.save(update_fields=["reachable", "gone_reason", "gone_at"])
    return True


def mark_marketing(address: ContactAddress, *, wanted: bool, at: datetime) -> bool:
    """Whether marketing messages may go to this address, by what was said last however late it comes; False
    when nothing changes."""
    at = min(at, timezone.now())
    if address.marketing_at is not None and at < address.marketing_at:
        return False
    changed = address.marketing_stopped is wanted
    address.marketing_stopped, address.marketing_at = not wanted, at
    address.save(update_fields=["marketing_stopped", "marketing_at"])
    return changed


def mark_reachable(
    address: ContactAddress,
    conversation: Conversation | None,
    *,
    at: datetime | None,
    opener: Opener = Opener.MESSAGE,
) -> None:
    """The customer is back, or still there; in memory. `at` is when they last did what lets us write, which
    was `opener`; None if they did nothing of the kind."""
    was_gone = not address.reachable
    address.reachable, address.gone_reason, address.gone_at = True, "", None
    if at is not None:
        address.last_inbound_at = timezone.now()
        openings.note(address, opener, at)
    if was_gone:
        record(Kind.CONTACT_RETURNED, conversation)


def _locked(wanted: Mapping[Who, Event]) -> dict[Who, ContactAddress]:
    """Those that exist, locked in the order of their keys."""
    channels, values = {channel for channel, _ in wanted}, {value for _, value in wanted}
    found = rows.select_with(
        ContactAddress,
        "contact",
        "t.channel_id = ANY(%s) AND t.value = ANY(%s)",
        [list(channels), list(values)],
        end=rows.LOCKED,
    )
    by_who = {(address.channel_id, address.value): address for address in found}
    return {who: by_who[who] for who in wanted if who in by_who}


def _created(missing: Mapping[Who, Event]) -> dict[Who, ContactAddress]:
    """New customers; {} when another worker met one of them at the same moment."""
    made: dict[Who, ContactAddress] = {}
    for (channel_id, value), event in missing.items():
        contact = Contact(name=event.facts.name[:120], locale=event.facts.locale[:20])
        made[channel_id, value] = ContactAddress(contact=contact, channel_id=channel_id, value=value)
    try:
        with transaction.atomic():
            rows.insert([address.contact for address in made.values()])
            rows.insert(list(made.values()))
    except IntegrityError:
        return {}
    return made
