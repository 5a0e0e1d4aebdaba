"""Who the customer is on a channel: found or made, and kept up to date with what events tell."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations.models import Contact, ContactAddress, Conversation
from apps.conversations.stream import Kind, record
from apps.platforms.events import Event


def locked_address(channel: Channel, event: Event) -> ContactAddress:
    """The customer's address row, locked until the transaction ends; made when they are new."""
    rows = ContactAddress.objects.select_for_update(no_key=True, of=("self",)).select_related("contact")
    found = rows.filter(channel=channel, value=event.address).first()
    if found is None:
        _create(channel, event)
        found = rows.get(channel=channel, value=event.address)
    return found


def learn(address: ContactAddress, event: Event) -> None:
    """Keep what the event says of the customer; what it does not say stays as it was."""
    facts, contact = event.facts, address.contact
    if facts.capabilities is not None:
        address.capabilities = sorted(facts.capabilities)
    address.device = facts.device[:60] or address.device
    address.save(update_fields=["capabilities", "device"])
    name, locale = facts.name[:120] or contact.name, facts.locale[:20] or contact.locale
    if (name, locale) != (contact.name, contact.locale):
        contact.name, contact.locale = name, locale
        contact.save(update_fields=["name", "locale"])


def mark_gone(address: ContactAddress, reason: str) -> bool:
    """Nothing may be sent to this address any more; False when that was known already."""
    if not address.reachable and address.gone_reason == reason:
        return False
    address.reachable, address.gone_reason, address.gone_at = False, reason, timezone.now()
    address.save(update_fields=["reachable", "gone_reason", "gone_at"])
    return True


def mark_reachable(
    address: ContactAddress, conversation: Conversation | None, *, at: datetime | None
) -> None:
    """The customer is back, or still there. `at` is when they last wrote; None when they did not."""
    was_gone = not address.reachable
    address.reachable, address.gone_reason, address.gone_at = True, "", None
    if at is not None:
        address.last_inbound_at = timezone.now()
    address.save(update_fields=["reachable", "gone_reason", "gone_at", "last_inbound_at"])
    if was_gone:
        record(Kind.CONTACT_RETURNED, conversation)


def _create(channel: Channel, event: Event) -> None:
    try:
        with transaction.atomic():
            contact = Contact.objects.create(name=event.facts.name[:120], locale=event.facts.locale[:20])
            ContactAddress.objects.create(contact=contact, channel=channel, value=event.address)
    except IntegrityError:  # another worker met them at the same moment
        return
