"""Entry points: the list, the editor, QR code and poster."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import entry_points as domain
from apps.connections import qr
from apps.connections.addresses import link
from apps.connections.models import EntryPoint
from apps.portal.forms.entry_point import (
    EntryPointForm,
    initial_of,
    initial_of_new,
    rearranged,
    retyped,
    usable_channels,
)
from apps.portal.views.entry_point_page import editor_context, list_context
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
def entry_points(request: TenantRequest) -> HttpResponse:
    return TemplateResponse(request, "portal/entry_points.html", list_context())


@tenant_page("admin")
def new(request: TenantRequest) -> HttpResponse:
    usable = usable_channels()
    form = _form(request, EntryPointForm(initial=initial_of_new(usable), usable=usable))
    if form.is_bound and form.is_valid():
        try:
            point = domain.create_entry_point(form.wanted(), actor=request.membership.user.email)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s is open. Copy its link or snippet.") % {"name": point.name})
            return redirect("portal:entry-point", request.tenant.slug, point.key)
    return TemplateResponse(request, "portal/entry_point.html", editor_context(None, form))


@tenant_page("admin")
def entry_point(request: TenantRequest, key: str) -> HttpResponse:
    point = get_object_or_404(EntryPoint.objects, key=key)
    form = _form(request, EntryPointForm(initial=initial_of(point), usable=usable_channels()))
    if form.is_bound and form.is_valid():
        try:
            domain.update_entry_point(point, form.wanted(), actor=request.membership.user.email)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:entry-point", request.tenant.slug, point.key)
    return TemplateResponse(request, "portal/entry_point.html", editor_context(point, form))


@tenant_page("admin")
@require_POST
def archive(request: TenantRequest, key: str) -> HttpResponse:
    point = get_object_or_404(EntryPoint.objects, key=key)
    domain.archive(point, actor=request.membership.user.email)
    messages.success(request, _("%(name)s no longer answers.") % {"name": point.name})
    return redirect("portal:entry-point", request.tenant.slug, point.key)


@tenant_page("admin")
@require_POST
def restore(request: TenantRequest, key: str) -> HttpResponse:
    point = get_object_or_404(EntryPoint.objects, key=key)
    domain.restore(point, actor=request.membership.user.email)
    messages.success(request, _("%(name)s answers again.") % {"name": point.name})
    return redirect("portal:entry-point", request.tenant.slug, point.key)


@tenant_page("admin")
def qr_file(request: TenantRequest, key: str) -> HttpResponse:
    point = get_object_or_404(EntryPoint.objects, key=key)
    answer = HttpResponse(qr.svg(link(point), standalone=True), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{point.tag}.svg"'  # a tag is plain ASCII
    return answer


@tenant_page("admin")
def poster(request: TenantRequest, key: str) -> HttpResponse:
    point = get_object_or_404(EntryPoint.objects, key=key)
    context = {"point": point, "link": link(point), "qr": mark_safe(qr.svg(link(point)))}
    return TemplateResponse(request, "portal/entry_point_poster.html", context)


def _form(request: TenantRequest, fresh: EntryPointForm) -> EntryPointForm:
    """As stored; as typed when only the order or the preview was changed; bound when it is to be saved."""
    data = request.POST
    if request.method != "POST":
        return fresh
    usable = list(fresh.usable.values())
    if "save" in data:
        return EntryPointForm(data, usable=usable)
    command, _colon, channel = data.get("channel", "").partition(":")
    typed = {**retyped(data), "channels": rearranged(data.getlist("channels"), command, channel)}
    show, _colon, value = data.get("show", "").partition(":")
    if show in ("size", "theme"):
        typed[show] = value
    return EntryPointForm(initial=typed, usable=usable)
