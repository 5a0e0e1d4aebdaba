"""One conversation, two ways: a channel may stand in for the one on which the customer came.

    what we say      by the channel that the customer's last words came by; where that one does not reach
                     them, by its stand-in (`fall_back`)
    what they say    to the stand-in: in the conversation that had the last word to them there, while it is
                     open or has just been closed; else in one of the stand-in's own

Both channels know the customer by the same address (`Platform.stands_in_for`). Each keeps an address row of
its own, so that who wants no SMS is not sent any. An end said to the stand-in ends the conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from apps.connections.models import Channel, ChannelState
from apps.conversations.models import (
    ContactAddress,
    Conversation,
    ConversationStatus,
    Delivery,
    DeliveryStatus,
    Message,
)
from apps.conversations.opening import REOPENING
from apps.platforms import registry
from apps.platforms.events import Event

NOT_SENT = (DeliveryStatus.FAILED, DeliveryStatus.PARKED)


class Homes:
    """Where the words of customers belong that came by a channel which stands in for others."""

    def __init__(self, met: Iterable[tuple[Channel, ContactAddress]]) -> None:
        by_channel: dict[Channel, dict[str, ContactAddress]] = {}
        for channel, address in met:
            if registry.get(channel.platform).stands_in_for:
                by_channel.setdefault(channel, {})[address.value] = address
        self._homes: dict[UUID, ContactAddress] = {}
        for channel, addresses in by_channel.items():
            for home in _homes(channel, addresses):
                self._homes[addresses[home.value].pk] = home

    def of(self, channel: Channel, address: ContactAddress, event: Event) -> tuple[Channel, ContactAddress]:
        """Who speaks, on which channel. Who came by a link of the stand-in's own means that one."""
        home = None if getattr(event, "tag", "") else self._homes.get(address.pk)
        return (home.channel, home) if home else (channel, address)

    def all(self) -> list[ContactAddress]:
        return list(self._homes.values())


def channel_of(conversation: Conversation) -> Channel:
    """By which channel the next message goes."""
    own: Channel = conversation.channel
    stand_in = stand_in_of(own)
    if stand_in is None:
        return own
    last = Message.objects.filter(conversation=conversation, seq=conversation.last_inbound_seq)
    return stand_in if last.filter(channel=stand_in).exists() else own


def stand_in_of(channel: Channel) -> Channel | None:
    """The channel that carries what `channel` cannot, when it is live."""
    stand_in: Channel | None = channel.stand_in
    return stand_in if stand_in is not None and stand_in.state == ChannelState.LIVE else None


def address_on(channel: Channel, conversation: Conversation) -> ContactAddress:
    """The address that says whether the customer may be written to by `channel`: who left the conversation
    is written to by none."""
    home: ContactAddress = conversation.address
    if channel.pk == conversation.channel_id or not home.reachable:
        return home
    return ContactAddress.objects.filter(channel=channel, value=home.value).first() or home


def meet(channel: Channel, home: ContactAddress) -> ContactAddress:
    """The same person's address on the stand-in, made when there is none. Idempotent."""
    known = {"contact_id": home.contact_id}
    return ContactAddress.objects.get_or_create(channel=channel, value=home.value, defaults=known)[0]


def _homes(stand_in: Channel, addresses: Iterable[str]) -> QuerySet[ContactAddress]:
    """Those whose conversation had the stand-in's last word to one of `addresses`, locked."""
    served = set(Channel.objects.filter(stand_in=stand_in).values_list("pk", flat=True))
    if not served:
        return ContactAddress.objects.none()
    known = ContactAddress.objects.filter(channel__in=[stand_in.pk, *served], value__in=list(addresses))
    sent = Delivery.objects.filter(channel=stand_in, conversation__address__in=known)
    order = "conversation__address__value"
    last = sent.exclude(state__in=NOT_SENT).order_by(order, "-created_at").distinct(order)
    rows = [row.conversation for row in last.select_related("conversation")]
    homes = [row.address_id for row in rows if row.channel_id in served and _goes_on(row)]
    locked = ContactAddress.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return locked.select_related("channel", "contact").filter(pk__in=homes, reachable=True)


def _goes_on(conversation: Conversation) -> bool:
    if conversation.status != ConversationStatus.CLOSED:
        return True
    return conversation.closed_at is not None and conversation.closed_at >= timezone.now() - REOPENING
