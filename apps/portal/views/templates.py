"""A channel's approved messages: what the platform lists, and asking it again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.connections import templates as listed
from apps.connections import vault
from apps.connections.credentials import unreadable
from apps.connections.models import Channel, ChannelState, MessageTemplate
from apps.connections.said import platform_name, translated
from apps.platforms.base import SendError
from apps.tenants.page import TenantRequest, tenant_page

A_PAGE = 50


@tenant_page("admin")
def templates(request: TenantRequest, pk: UUID) -> HttpResponse:
    channel = _found(pk)
    rows = MessageTemplate.objects.filter(channel=channel).defer("raw")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    shown = [(row, listed.why_not(row.unsendable) if row.unsendable else "") for row in page]
    latest = rows.order_by("-synced_at").values_list("synced_at", flat=True).first()
    context = {"section": "channels", "channel": channel, "page": page, "rows": shown, "latest": latest}
    return TemplateResponse(request, "portal/channel_templates.html", context)


@tenant_page("admin")
@require_POST
def sync(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Ask the platform for its list now."""
    channel = _found(pk)
    try:
        count = listed.sync(channel)
    except vault.CredentialUnreadable:
        messages.error(request, unreadable())
    except SendError as error:
        said = translated(vault.redacted(channel, error.words))
        facts = {"platform": platform_name(channel.platform), "words": said}
        messages.error(request, _("%(platform)s: %(words)s") % facts)
    else:
        words = ngettext("%(count)d template is known.", "%(count)d templates are known.", count)
        messages.success(request, words % {"count": count})
    return redirect("portal:channel-templates", request.tenant.slug, channel.pk)


def _found(pk: UUID) -> Channel:
    """Also of a platform without templates: its list is empty, and nothing leads here."""
    return get_object_or_404(Channel.objects.exclude(state=ChannelState.DRAFT), pk=pk)
