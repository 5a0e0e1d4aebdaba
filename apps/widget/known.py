"""A visitor turns out to be a customer whom the business knows: what they said before becomes theirs.

Call `join` only after `identity.verify`. All devices of one known customer speak from one address of the
channel, so that they have one conversation.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.conversations.models import Contact, ContactAddress, Conversation, ConversationStatus
from apps.widget.models import Visitor
from apps.widget.sessions import PROVEN_LIFE


def join(visitor: Visitor, external_id: str) -> None:
    """Make `visitor` the known customer `external_id`, for a day. Idempotent.

    What the visitor said anonymously moves to the customer. A visitor who is another known customer must
    not be given here: begin a new session for them.
    """
    own = _own_address(visitor)
    contact = _contact(external_id, own)
    shared = ContactAddress.objects.filter(contact=contact, channel=visitor.channel_id)
    shared_address = shared.exclude(value=visitor.value).order_by("created_at").first()
    if own is None and shared_address is None:
        ContactAddress.objects.create(contact=contact, channel=visitor.channel, value=visitor.value)
    if own is not None:
        _give(own, contact)
    if shared_address is not None:
        _continue_there(own, shared_address)
        visitor.value = shared_address.value
    visitor.external_id = external_id
    visitor.expires_at = timezone.now() + PROVEN_LIFE
    visitor.save()


def _own_address(visitor: Visitor) -> ContactAddress | None:
    rows = ContactAddress.objects.select_for_update(no_key=True, of=("self",)).select_related("contact")
    return rows.filter(channel=visitor.channel_id, value=visitor.value).first()


def _contact(external_id: str, own: ContactAddress | None) -> Contact:
    found = Contact.objects.filter(external_id=external_id).first()
    if found is not None:
        return found
    contact = own.contact if own is not None and not own.contact.external_id else Contact()
    contact.external_id = external_id
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:  # another device of theirs was proven at the same moment
        return Contact.objects.get(external_id=external_id)
    return contact


def _give(address: ContactAddress, contact: Contact) -> None:
    before = address.contact
    if before.pk == contact.pk:
        return
    Conversation.objects.filter(address=address).update(contact=contact)
    address.contact = contact
    address.save(update_fields=["contact"])
    others = ContactAddress.objects.filter(contact=before).exists()
    if not others and not before.external_id and not Conversation.objects.filter(contact=before).exists():
        before.delete()


def _continue_there(own: ContactAddress | None, shared: ContactAddress) -> None:
    """The conversation that is open moves with them, unless they have one open there already."""
    if own is None:
        return
    not_closed = Conversation.objects.exclude(status=ConversationStatus.CLOSED)
    if not not_closed.filter(address=shared).exists():
        not_closed.filter(address=own).update(address=shared)
        if own.last_inbound_at and (shared.last_inbound_at or own.last_inbound_at) <= own.last_inbound_at:
            shared.last_inbound_at = own.last_inbound_at
            shared.save(update_fields=["last_inbound_at"])
