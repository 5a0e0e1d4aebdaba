"""What is on its way or got stuck. Facts and the platforms' codes; no body, no words of a message."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin import register
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.backoffice.pages.base import OperatorPage
from apps.backoffice.pages.shown import shown
from apps.backoffice.site import site
from apps.backoffice.words import Words, state_of
from apps.connections.models import Channel, ReceivedWebhook, WebhookState
from apps.conversations.models import Delivery, DeliveryStatus

# Each arm of these is one partial index (connections 0001, conversations 0001, backoffice 0002).
UNHANDLED = Q(state=WebhookState.NEW) | Q(state=WebhookState.DEAD)
WAITING = Q(state=DeliveryStatus.QUEUED) | Q(state=DeliveryStatus.SENDING)
STUCK = Q(state__in=[DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN, DeliveryStatus.PARKED])
COLOURS = {
    "live": "success",
    "good": "success",
    "draft": "info",
    "new": "info",
    "queued": "info",
    "sending": "info",
    "unknown": "warning",
    "troubled": "warning",
    "parked": "warning",
    "disabled": "danger",
    "broken": "danger",
    "dead": "danger",
    "failed": "danger",
}


class StatePage(OperatorPage):
    """Rows that have a state, and a colour for it."""

    @shown(_("State"), ordering="state", label=COLOURS)
    def shown_state(self, row: Channel | ReceivedWebhook | Delivery) -> tuple[str, Words]:
        return state_of(row.state)


@register(Channel, site=site)
class ChannelPage(StatePage):
    """Without credentials, settings and the key of the webhook's address."""

    only = (
        "tenant",
        "platform",
        "name",
        "address",
        "shared",
        "state",
        "health",
        "health_words",
        "health_at",
        "paused_until",
        "failures",
        "last_received_at",
        "last_sent_at",
        "created_at",
    )
    list_display = (
        "name",
        "tenant",
        "platform",
        "shown_state",
        "shown_health",
        "paused_until",
        "last_sent_at",
    )
    list_filter = ("state", "health", "platform")
    list_select_related = ("tenant",)
    search_fields = ("name", "address", "tenant__slug")
    ordering = ("-created_at",)
    fields = only

    @shown(_("Health"), ordering="health", label={**COLOURS, "unknown": "info"})
    def shown_health(self, channel: Channel) -> tuple[str, Words]:
        return state_of(channel.health)


@register(ReceivedWebhook, site=site)
class ReceivedWebhookPage(StatePage):
    """New and dead ones; handled ones are history."""

    only = (
        "tenant",
        "channel",
        "dedup_key",
        "received_at",
        "state",
        "attempt",
        "due_at",
        "error",
        "handled_at",
    )
    list_display = ("received_at", "tenant", "channel", "shown_state", "attempt", "due_at", "error")
    list_filter = ("state", "channel__platform")
    list_select_related = ("tenant", "channel")
    search_fields = ("tenant__slug", "channel__name", "error")
    ordering = ("-received_at",)
    fields = only

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(UNHANDLED)


@register(Delivery, site=site)
class DeliveryPage(StatePage):
    """What has not arrived: waiting, unknown, failed, parked."""

    only = (
        "tenant",
        "channel",
        "conversation_id",
        "seq",
        "retry_class",
        "state",
        "attempt",
        "due_at",
        "lease_until",
        "code",
        "words",
        "settled_by",
        "created_at",
        "updated_at",
    )
    list_display = ("updated_at", "tenant", "channel", "shown_state", "attempt", "due_at", "code", "words")
    list_filter = ("state", "settled_by", "channel__platform")
    list_select_related = ("tenant", "channel")
    search_fields = ("tenant__slug", "channel__name", "code")
    ordering = ("-updated_at",)
    fields = tuple("conversation_number" if name == "conversation_id" else name for name in only)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(WAITING | STUCK)

    @shown(_("Conversation"))
    def conversation_number(self, delivery: Delivery) -> UUID:
        """The row itself is content. Named unlike the field, which Django would ask first."""
        return delivery.conversation_id
