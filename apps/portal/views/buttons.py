"""The Message buttons on show, each a copy of what stands on a stranger's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse

from apps.connections import button_sheet, snippet
from apps.connections.models import EntryPoint
from apps.connections.snippet import Size, Theme
from apps.tenants.page import TenantRequest, tenant_page

ON_DARK = (Theme.AUTO, Theme.BRASS, Theme.GREEN, Theme.PAPER)


@tenant_page("admin")
def buttons(request: TenantRequest) -> HttpResponse:
    """With a real entry point when there is one: its button leads where it says."""
    real = EntryPoint.objects.filter(active=True).order_by("created_at").first()
    point = real or EntryPoint(key="example", name="")
    context = {
        "section": "buttons",
        "point": real,
        "sizes": [snippet.button(point, size=size) for size in Size],
        "on_light": [snippet.button(point, theme=theme) for theme in Theme if theme != Theme.AUTO],
        "on_dark": [snippet.button(point, theme=theme) for theme in ON_DARK],
        "snippet": snippet.snippet(point) if real else "",
        "bytes": len(button_sheet.content()),
    }
    return TemplateResponse(request, "portal/buttons.html", context)
