"""One channel: what is known of it, and what can be done to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import connect
from apps.connections.models import Channel, ChannelState
from apps.portal.forms.channel import NameForm
from apps.portal.views.channel_page import show
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
def channel(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    if found.state == ChannelState.DRAFT:
        return redirect("portal:channel-connect", request.tenant.slug, found.pk)
    return show(request, found)


@tenant_page("admin")
@require_POST
def rename(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return show(request, found, status=422, name_form=form)
    connect.rename(found, form.cleaned_data["name"], actor=_actor(request))
    messages.success(request, _("Saved."))
    return redirect("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def check(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    outcome = connect.check_channel(found)
    say = messages.success if outcome.good else messages.error
    say(request, outcome.words)
    return redirect("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def disable(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    connect.disable(found, actor=_actor(request))
    messages.success(request, _("%(name)s is paused.") % {"name": found.name})
    return redirect("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def enable(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    connect.enable(found, actor=_actor(request))
    messages.success(request, _("%(name)s sends again.") % {"name": found.name})
    return redirect("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def discard(request: TenantRequest, pk: str) -> HttpResponse:
    """Drop a draft; a channel that was live keeps its history and can only be retired."""
    connect.discard_draft(get_object_or_404(Channel.objects, pk=pk))
    return redirect("portal:channels", request.tenant.slug)


def _actor(request: TenantRequest) -> str:
    return request.membership.user.email
