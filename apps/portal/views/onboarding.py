"""First steps: the page on which a new business lands."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse

from apps.connections.addresses import link
from apps.connections.models import EntryPoint
from apps.portal.first_steps import first_steps
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
def onboarding(request: TenantRequest) -> HttpResponse:
    steps = first_steps(request.membership.user)
    point = EntryPoint.objects.filter(active=True).order_by("created_at").first()
    done = sum(step.done for step in steps)
    return TemplateResponse(
        request,
        "portal/onboarding.html",
        {
            "section": "onboarding",
            "steps": steps,
            "done": done,
            "now": next((step.key for step in steps if not step.done), ""),
            "link": link(point) if point else "",
            "meter": round(300 * done / len(steps)),
        },
    )
