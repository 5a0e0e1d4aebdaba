"""Known customers of one entry point: the secret that their proofs are signed with, and how to sign."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
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
@confirmed_lately
def renew_secret(request: TenantRequest, key: str) -> HttpResponse:
    """Answers with the page itself, the only time that it carries the secret: no redirect, no session."""
    point = get_object_or_404(EntryPoint.objects, key=key)
    text = identity_secrets.rotate(point, actor=request.membership.user.email)
    return _show(request, point, text=text)


@tenant_page("admin")
@require_POST
@confirmed_lately
def remove_secret(request: TenantRequest, key: str) -> HttpResponse:
    point = get_object_or_404(EntryPoint.objects, key=key)
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
