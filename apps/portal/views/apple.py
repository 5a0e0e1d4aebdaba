"""Apple's way in: Apple Business Register sends a business here that chose this service as its MSP.

The operator enters this page's address there as the *landing page*. Apple opens it with `id` (the business
ID), `name` and `logo`, of which the last is not shown: nothing is loaded from other hosts.
"""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from apps.portal.forms.account import BusinessForm
from apps.portal.signed_in import SignedInRequest
from apps.tenants import doors
from apps.tenants.models import Role

_ID = re.compile(r"(?:urn:biz:)?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")


@login_required
@require_safe
def landing(request: SignedInRequest) -> HttpResponse:
    """For which business of theirs? Nothing happens before they say so and connect it."""
    named = _ID.fullmatch(request.GET.get("id", "").strip())
    places = [place for place in doors.places_of(request.user.pk) if Role(place.role).covers(Role.ADMIN)]
    context = {
        "business_id": named[1].lower() if named else "",
        "name": request.GET.get("name", "").strip()[:80],
        "places": places,
        "form": BusinessForm(),
    }
    return TemplateResponse(request, "portal/apple_landing.html", context)
