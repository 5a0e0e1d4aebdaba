"""One channel: what is known of it, and what can be done to it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import connect, vault
from apps.connections.addresses import webhook_url
from apps.connections.credentials import asked_for
from apps.connections.models import (
    Channel,
    ChannelState,
    EntryPoint,
    PlatformCall,
    ReceivedWebhook,
    WebhookState,
)
from apps.platforms import registry
from apps.portal.forms.channel import NameForm
from apps.portal.standing import standing
from apps.tenants.page import TenantRequest, tenant_page

RECENT_CALLS = 10


@tenant_page("admin")
def channel(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    if found.state == ChannelState.DRAFT:
        return redirect("portal:channel-connect", request.tenant.slug, found.pk)
    return TemplateResponse(
        request, "portal/channel.html", _context(found, NameForm(initial={"name": found.name}))
    )


@tenant_page("admin")
@require_POST
def rename(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return TemplateResponse(request, "portal/channel.html", _context(found, form), status=422)
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
    messages.success(request, _("%(name)s is switched off.") % {"name": found.name})
    return redirect("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def enable(request: TenantRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Channel.objects, pk=pk)
    connect.enable(found, actor=_actor(request))
    messages.success(request, _("%(name)s is on again.") % {"name": found.name})
    return redirect("portal:channel", request.tenant.slug, found.pk)


@tenant_page("admin")
@require_POST
def discard(request: TenantRequest, pk: str) -> HttpResponse:
    """Drop a draft; a channel that was live keeps its history and can only be switched off."""
    connect.discard_draft(get_object_or_404(Channel.objects, pk=pk))
    return redirect("portal:channels", request.tenant.slug)


def _context(found: Channel, form: NameForm) -> dict[str, object]:
    platform = registry.get(found.platform)
    hints = vault.hints(found)
    return {
        "section": "channels",
        "channel": found,
        "platform": platform,
        "standing": standing(found),
        "form": form,
        "webhook": webhook_url(found) if asked_for(platform) else "",
        "facts": [
            (item, found.settings.get(item.name, ""), hints.get(item.name))
            for item in asked_for(platform)
            if found.settings.get(item.name) or item.name in hints
        ],
        "points": EntryPoint.objects.filter(places__channel=found, active=True).order_by("name"),
        "unread": _unread(found),
        "calls": PlatformCall.objects.filter(channel=found).order_by("-at")[:RECENT_CALLS],
    }


def _unread(channel: Channel) -> QuerySet[ReceivedWebhook]:
    """What the platform sent and nobody could read; kept, and an operator can have it handled again."""
    dead = ReceivedWebhook.objects.filter(channel=channel, state=WebhookState.DEAD)
    return dead.only("received_at", "error").order_by("-received_at")[:RECENT_CALLS]


def _actor(request: TenantRequest) -> str:
    return request.membership.user.email
