"""The demonstration site with its Message buttons, and what a tap on one does to the phone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.connections import entry_points, snippet
from apps.connections.choose import PANEL
from apps.connections.models import Channel, EntryPoint
from apps.sandbox import phones
from apps.sandbox.models import SandboxAccount
from apps.tenants.page import TenantRequest, tenant_page

BUTTONS = 4


@require_safe
@tenant_page("agent")
def site(request: TenantRequest) -> HttpResponse:
    """A page that the business could have: its buttons exactly as they are pasted."""
    points = EntryPoint.objects.filter(active=True).order_by("created_at")[:BUTTONS]
    rows = [_row(point, panel="panel" in request.GET) for point in points]
    return render(request, "sandbox/site.html", {"rows": rows, "panel": "panel" in request.GET})


@require_safe
@tenant_page("agent")
def open_thread(request: TenantRequest, key: str, channel: UUID) -> HttpResponse:
    """Where the platform's own link would lead, were the platform real: the conversation on the phone."""
    point = EntryPoint.objects.filter(key=key, active=True).first()
    chosen = Channel.objects.filter(pk=channel).first()
    if point is None or chosen is None or chosen not in entry_points.offered(point):
        raise Http404
    account = SandboxAccount.objects.filter(platform=chosen.platform, address=chosen.address).first()
    if account is None:
        raise Http404
    phone = phones.ensure_phone()
    thread = phones.tap(phone, account, point)
    address = reverse("phone:customer", args=[request.tenant.slug, phone.pk])
    return HttpResponseRedirect(f"{address}?on={account.platform}#ph-{thread.pk}")


def _row(point: EntryPoint, *, panel: bool) -> dict[str, object]:
    channels = entry_points.channels_of(point)
    offered = entry_points.offered(point)
    has_panel = any(channel.platform == PANEL for channel in offered)
    return {
        "point": point,
        "snippet": snippet.snippet(point, panel=panel and has_panel),
        "ways": [(n, channel) for n, channel in enumerate(channels) if channel in offered],
    }
