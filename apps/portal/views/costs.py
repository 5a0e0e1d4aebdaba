"""What the platforms say that a business's messages cost, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from babel import Locale
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language

from apps.connections.models import Channel
from apps.conversations import prices
from apps.tenants.page import TenantRequest, tenant_page


@dataclass(frozen=True, slots=True)
class Row:
    channel: Channel | None
    country: str
    line: prices.Line


@tenant_page("admin")
def costs(request: TenantRequest) -> HttpResponse:
    """One calendar month (UTC), the present one without ?month=2026-11."""
    first = _month(request.GET.get("month", ""))
    until = _next(first)
    channels = Channel.objects.in_bulk()
    names = Locale.parse((get_language() or "en").replace("-", "_"), sep="_").territories
    rows = [
        Row(channels.get(line.channel_id), str(names.get(line.country, line.country)), line)
        for line in prices.summed(first, until)
    ]
    context = {"section": "channels", "rows": rows, "first": first, "before": _before(first)}
    context["after"] = until if until <= timezone.now() else None
    return TemplateResponse(request, "portal/costs.html", context)


def _month(asked: str) -> datetime:
    now = timezone.now()
    try:
        found = datetime.strptime(asked, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        found = now
    found = found if 2020 <= found.year <= now.year else now
    return datetime(found.year, found.month, 1, tzinfo=UTC)


def _next(first: datetime) -> datetime:
    return datetime(first.year + first.month // 12, first.month % 12 + 1, 1, tzinfo=UTC)


def _before(first: datetime) -> datetime:
    return datetime(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1, tzinfo=UTC)
