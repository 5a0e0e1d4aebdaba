"""Channels: the list with its health, and the way to connect one."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import connect, vault
from apps.connections.addresses import webhook_url
from apps.connections.credentials import FieldError, asked_for
from apps.connections.models import Channel, ChannelState
from apps.connections.said import platform_name
from apps.platforms import registry
from apps.platforms.base import Platform
from apps.portal import activity
from apps.portal.forms.channel import ChannelForm
from apps.portal.setup_text import setup_text
from apps.portal.standing import Standing, standing
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
def channels(request: TenantRequest) -> HttpResponse:
    days, waiting = activity.last_day(), activity.waiting()
    known = [(channel, standing(channel)) for channel in Channel.objects.order_by("created_at")]
    rows = [
        {
            "channel": channel,
            "platform": platform_name(channel.platform),
            "standing": stands,
            "day": days.get(channel.pk),
            "waiting": waiting.get(channel.pk, 0),
        }
        for channel, stands in known
    ]
    context = {"section": "channels", "rows": rows, "platforms": registry.all_platforms()}
    return TemplateResponse(request, "portal/channels.html", {**context, "renew_first": _stopped(known)})


def _stopped(known: Sequence[tuple[Channel, Standing]]) -> Channel | None:
    """The first that goes on only with new keys: a page has one button that stands out."""
    return next((channel for channel, stands in known if stands.renew and stands.tone == "bad"), None)


@tenant_page("admin")
@require_POST
def start(request: TenantRequest, platform: str) -> HttpResponse:
    """Begin with a draft; a platform that asks for nothing is connected at once. What is known already
    (from Apple's own page) stands in the form."""
    if platform not in registry.SLUGS:
        raise Http404
    draft = connect.start_draft(platform)
    if asked_for(registry.get(platform)):
        page = reverse("portal:channel-connect", args=[request.tenant.slug, draft.pk])
        known = _known(request.POST, registry.get(platform))
        return redirect(f"{page}?{urlencode(known)}" if known else page)
    connect.connect_channel(
        platform, name=draft.name, credentials={}, actor=request.membership.user.email, channel=draft
    )
    messages.success(request, _("%(name)s is connected.") % {"name": draft.name})
    return redirect("portal:channel", request.tenant.slug, draft.pk)


@tenant_page("admin")
def connect_page(request: TenantRequest, pk: str) -> HttpResponse:
    """Read, fill in, try. Secrets are never sent back to the page."""
    channel = get_object_or_404(Channel.objects, pk=pk)
    platform = registry.get(channel.platform)
    initial = {"name": channel.name, **channel.settings, **_known(request.GET, platform)}
    form = ChannelForm(request.POST or None, platform=platform, stored=vault.hints(channel), initial=initial)
    if request.method == "POST" and form.is_valid() and _connected(request, channel, form):
        messages.success(request, _("%(name)s is connected.") % {"name": channel.name})
        return redirect("portal:channel", request.tenant.slug, channel.pk)
    form.stored = vault.hints(channel)
    return TemplateResponse(request, "portal/channel_connect.html", _connect_context(channel, form))


def _known(given: QueryDict, platform: Platform) -> dict[str, str]:
    """The fields of the form that a link may fill in: no secrets."""
    names = ["name", *(field.name for field in asked_for(platform) if not field.secret)]
    return {name: str(given[name])[:200] for name in names if given.get(name, "").strip()}


def _connected(request: TenantRequest, channel: Channel, form: ChannelForm) -> bool:
    actor = request.membership.user.email
    try:
        connect.connect_channel(
            channel.platform,
            name=form.cleaned_data["name"],
            credentials=form.credentials(),
            actor=actor,
            channel=channel,
        )
    except FieldError as error:
        form.add_error(error.field if error.field in form.fields else None, error.words)
        return False
    return True


def _connect_context(channel: Channel, form: ChannelForm) -> dict[str, object]:
    platform = registry.get(channel.platform)
    return {
        "section": "channels",
        "channel": channel,
        "platform": platform,
        "form": form,
        "is_draft": channel.state == ChannelState.DRAFT,
        "tried": form.is_bound,
        "setup": setup_text(channel.platform),
        "webhook": webhook_url(channel),
        "deployment_account": bool(vault.deployment_values(channel.platform)),
    }
