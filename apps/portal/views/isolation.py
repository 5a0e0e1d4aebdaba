"""What the last attack on the walls between businesses found: the same page for every business.

Where a wall did not hold is for whoever runs the service, not for its customers: only how often is shown.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.portal.isolation_words import words_for
from apps.tenants import proof
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
@require_safe
def isolation_proof(request: TenantRequest) -> HttpResponse:
    last = proof.last()
    facts: dict[str, Any] = last.facts if last else {}
    kinds = facts.get("kinds", [])
    context = {
        "section": "audit",
        "proof": last,
        "standing": proof.standing(last),
        "version": last.code[:12] if last else "",
        "attempts": sum(kind["attempts"] for kind in kinds),
        "kinds": [(kind, *words_for(kind["kind"])) for kind in kinds],
        "left_out": [each for kind in kinds for each in kind["uncovered"]],
        "timing": facts.get("timing"),
        "checks": facts.get("checks", 0),
    }
    return render(request, "portal/isolation.html", context)
