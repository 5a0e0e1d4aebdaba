"""The first page: is everything flowing, and who needs help."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.backoffice import live
from apps.connections.models import Channel, ChannelState, ReceivedWebhook, WebhookState
from apps.conversations import quarantine
from apps.conversations.models import Delivery, DeliveryStatus
from apps.tenants.models import SupportGrant, Tenant


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with the list behind it; `bad` when it is not nought."""

    label: Promise | str
    number: int
    link: str
    bad: bool


def read(operator_id: UUID) -> dict[str, Any]:
    """Everything that the operator's first page shows, asked inside the operator's view."""
    mine = SupportGrant.objects.filter(operator_id=operator_id, ended_at=None, ends_at__gt=timezone.now())
    return {
        "grants": mine.select_related("tenant"),
        "figures": [*_troubles(), *_tenants()],
        "live": live.read(),
    }


def _troubles() -> list[Figure]:
    deliveries, health = _by(_recent_troubles(), "state"), _by(_live_channels(), "health")
    dead = ReceivedWebhook.objects.filter(state=WebhookState.DEAD).count()
    return [
        _trouble(_("Dead webhooks"), dead, "connections_receivedwebhook", state="dead"),
        _trouble(_("Failed, 7 days"), deliveries["failed"], "conversations_delivery", state="failed"),
        _trouble(_("Unknown, 7 days"), deliveries["unknown"], "conversations_delivery", state="unknown"),
        _trouble(_("Broken channels"), health["broken"], "connections_channel", health="broken"),
        _trouble(_("Troubled channels"), health["troubled"], "connections_channel", health="troubled"),
    ]


def _tenants() -> list[Figure]:
    states = _by(Tenant.objects.all(), "state")
    link = reverse("admin:tenants_tenant_changelist")
    held = quarantine.held().count()
    return [
        Figure(_("Active businesses"), states["active"], link, bad=False),
        _trouble(_("Suspended businesses"), states["suspended"], "tenants_tenant", state="suspended"),
        Figure(_("Held after a restore"), held, link, bad=held > 0),
    ]


def _recent_troubles() -> QuerySet[Delivery]:
    week = timezone.now() - timedelta(days=7)
    troubled = [DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN]
    return Delivery.objects.filter(state__in=troubled, settled_by="", updated_at__gt=week)


def _live_channels() -> QuerySet[Channel]:
    return Channel.objects.filter(state=ChannelState.LIVE)


def _by(rows: QuerySet[Any], field: str) -> Counter[str]:
    counted = rows.order_by().values_list(field).annotate(Count("id"))
    return Counter(dict(counted))


def _trouble(label: Promise | str, number: int, page: str, **filters: str) -> Figure:
    query = urlencode({f"{name}__exact": value for name, value in filters.items()})
    return Figure(label, number, f"{reverse(f'admin:{page}_changelist')}?{query}", bad=number > 0)
