"""What a channel shows before the first word, and what its platform has granted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import greet, permissions
from apps.connections.models import Channel
from apps.connections.said import platform_name
from apps.platforms import registry
from apps.portal.forms.greeting import GreetingForm
from apps.portal.forms.permissions import PermissionsForm
from apps.portal.views.channel_page import show
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
@require_POST
def greeting(request: TenantRequest, pk: str) -> HttpResponse:
    """Of a platform that shows nothing, nothing is kept: its form has no field."""
    found = get_object_or_404(Channel.objects, pk=pk)
    platform = registry.get(found.platform)
    form = GreetingForm(request.POST, platform=platform)
    if not form.is_valid() or not _greeted(request, found, form):
        return show(request, found, status=422, greeting_form=form)
    messages.success(request, _("%(platform)s shows it now.") % {"platform": platform_name(found.platform)})
    return redirect("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def grant(request: TenantRequest, pk: str) -> HttpResponse:
    """Note which permissions the platform has granted; those that are not ticked it has not."""
    found = get_object_or_404(Channel.objects, pk=pk)
    platform = registry.get(found.platform)
    form = PermissionsForm(request.POST, platform=platform)
    if form.is_valid():
        for name in platform.permissions:
            on = name in form.cleaned_data["granted"]
            permissions.grant(found, name, on=on, actor=request.membership.user.email)
        messages.success(request, _("Saved."))
    return redirect("portal:channel", request.tenant.slug, found.pk)


def _greeted(request: TenantRequest, channel: Channel, form: GreetingForm) -> bool:
    try:
        greet.greet(channel, form.greeting(), actor=request.membership.user.email)
    except greet.Unfit as unfit:
        form.take(unfit)
        return False
    return True
