"""The part of the first page that renews itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.backoffice import live


@require_GET
def live_page(request: HttpRequest) -> HttpResponse:
    """What `live.read` knows now, as a fragment."""
    return render(request, "admin/operator_live.html", {"live": live.read()})
