"""Sending a channel's customers elsewhere, by another channel; retiring it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect as see
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import connect, stand_in
from apps.connections.models import Channel
from apps.portal.forms.moving import RedirectForm, RetireForm, StandInForm
from apps.portal.views.channel_page import show
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
@require_POST
def redirect(request: TenantRequest, pk: str) -> HttpResponse:
    """Save, or with `preview` only show what customers would read."""
    found = get_object_or_404(Channel.objects, pk=pk)
    form = RedirectForm(request.POST, channel=found)
    if "preview" in request.POST:
        return show(request, found, redirect_form=form)
    if not form.is_valid():
        return show(request, found, status=422, redirect_form=form)
    connect.redirect(found, form.chosen(), actor=request.membership.user.email)
    said = _("Customers are now told where to write.") if form.chosen() else _("Customers are sent nowhere.")
    messages.success(request, said)
    return see("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def choose_stand_in(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    form = StandInForm(request.POST, channel=found)
    if not form.is_valid():
        return show(request, found, status=422, stand_in_form=form)
    stand_in.choose(found, form.chosen(), actor=request.membership.user.email)
    messages.success(request, _("Saved."))
    return see("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def retire(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    form = RetireForm(request.POST, name=found.name)
    if not form.is_valid():
        return show(request, found, status=422, retire_form=form)
    connect.retire(found, actor=request.membership.user.email)
    messages.success(request, _("%(name)s is retired. Its history stays.") % {"name": found.name})
    return see("portal:channel", request.tenant.slug, found.pk)
