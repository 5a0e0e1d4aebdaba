"""A customer whose address changes: a new number or id, the same person and history."""

from __future__ import annotations

from apps.connections.models import Channel
from apps.conversations.addresses import mark_marketing
from apps.conversations.models import ContactAddress, Conversation, ConversationStatus
from apps.conversations.stream import Kind, record
from apps.platforms.events import AddressChanged


def move(channel: Channel, event: AddressChanged) -> None:
    """Idempotent: once moved, the old address is nobody's, until a stranger gets it.

    When the new address has already written, both become one person; the open conversation goes on there
    unless they have begun another.
    """
    rows = ContactAddress.objects.select_for_update(no_key=True).order_by("pk")
    both = rows.filter(channel=channel, value__in=[event.address, event.new_address])
    found = {address.value: address for address in both}
    old, new = found.get(event.address), found.get(event.new_address)
    if old is None or old is new or not event.new_address:
        return
    if new is None:
        old.value = event.new_address
        old.save(update_fields=["value"])
    else:
        _join(old, new)


def _join(old: ContactAddress, new: ContactAddress) -> None:
    theirs = Conversation.objects.select_for_update(no_key=True).order_by("pk")
    list(theirs.filter(channel=old.channel_id, address__in=[old, new]))  # locked in every writer's order
    Conversation.objects.filter(address=new).update(contact=old.contact_id)
    new.contact_id = old.contact_id
    new.save(update_fields=["contact"])
    if old.marketing_at is not None:
        mark_marketing(new, wanted=not old.marketing_stopped, at=old.marketing_at)
    open_ones = Conversation.objects.exclude(status=ConversationStatus.CLOSED)
    moved = Conversation.objects.filter(address=old)
    if open_ones.filter(address=new).exists():
        moved = moved.filter(status=ConversationStatus.CLOSED)
    for conversation in moved:
        record(Kind.CONTACT_RETURNED, conversation, moved=True)
    moved.update(address=new)
