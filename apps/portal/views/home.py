"""The entrance, and where a person lands after signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from apps.conversations.models import Conversation
from apps.core import tenancy
from apps.portal.forms.account import BusinessForm
from apps.portal.inbox_address import inbox_of
from apps.portal.signed_in import SignedInRequest
from apps.tenants import doors
from apps.tenants.register import register_tenant


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "public/home.html")


@login_required
def after_sign_in(request: SignedInRequest) -> HttpResponse:
    """One business: into it. Several: choose. None: say so, and offer to open one."""
    places = doors.places_of(request.user.pk)
    if len(places) == 1:
        return redirect(_way_into(places[0]))
    ways = [(place, _way_into(place)) for place in places]
    return render(request, "portal/places.html", {"ways": ways, "form": BusinessForm()})


@login_required
def new_business(request: SignedInRequest) -> HttpResponse:
    form = BusinessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        locale = get_language() or "en"
        tenant = register_tenant(request.user, form.cleaned_data["business"], locale=locale)
        return redirect("portal:onboarding", tenant=tenant.slug)
    return render(request, "portal/new_business.html", {"form": form}, status=422 if form.errors else 200)


def _way_into(place: doors.Place) -> str:
    """The inbox; for an owner whose customers never wrote yet, the first steps."""
    if place.role == "owner" and not _has_conversations(place):
        return reverse("portal:onboarding", args=[place.slug])
    return inbox_of(place.slug)


def _has_conversations(place: doors.Place) -> bool:
    with tenancy.scope(place.tenant_id):
        return Conversation.objects.exists()
