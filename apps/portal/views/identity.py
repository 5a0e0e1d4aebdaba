"""Known customers of one entry point: the secret that their proofs are signed with, and how to sign."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import identity_samples, identity_secrets
from apps.connections.models import EntryPoint
from apps.portal.signed_in import confirmed_lately
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
def identity(request: TenantRequest, key: str) -> HttpResponse:
    return _show(request, get_object_or_404(EntryPoint.objects, key=key))


@tenant_page("admin")
@require_POST
def renew_secret(request: TenantRequest, key: str) -> HttpResponseBase:
    """Answers with the page itself, the only time that it carries the secret: no redirect, no session."""
    return _renew(request, get_object_or_404(EntryPoint.objects, key=key))


@tenant_page("admin")
@require_POST
def remove_secret(request: TenantRequest, key: str) -> HttpResponseBase:
    return _remove(request, get_object_or_404(EntryPoint.objects, key=key))


# The password is asked for once the entry point is found: what is not there answers 404 to everybody.


@confirmed_lately
def _renew(request: TenantRequest, point: EntryPoint) -> HttpResponse:
    text = identity_secrets.rotate(point, actor=request.membership.user.email)
    return _show(request, point, text=text)


@confirmed_lately
def _remove(request: TenantRequest, point: EntryPoint) -> HttpResponse:
    identity_secrets.forget(point, actor=request.membership.user.email)
    messages.success(request, _("Secret removed."))
    return redirect("portal:identity", request.tenant.slug, point.key)


def _show(request: TenantRequest, point: EntryPoint, *, text: str = "") -> HttpResponse:
    context = {
        "section": "entry-points",
        "point": point,
        "hint": identity_secrets.facts(point),
        "text": text,
        "environment": identity_samples.ENVIRONMENT,
        "server_samples": identity_samples.on_the_server(point),
        "page_sample": identity_samples.on_the_page(point),
        "has_web_chat": point.places.filter(channel__platform="webchat").exists(),
    }
    return render(request, "portal/identity.html", context)
