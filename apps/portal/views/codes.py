"""QR codes that a platform makes for an entry point's tag: asked for, downloaded."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections import codes, qr
from apps.connections.codes import Code
from apps.connections.credentials import FieldError
from apps.connections.models import EntryPoint
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
@require_POST
def make_code(request: TenantRequest, key: str, channel: UUID) -> HttpResponse:
    """Ask the platform for the code; its no comes in words on the entry point's page."""
    point, code = _find(key, channel)
    try:
        codes.make(code.channel, point.tag, actor=request.membership.user.email)
    except FieldError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("The code is ready."))
    return redirect("portal:entry-point", request.tenant.slug, point.key)


@tenant_page("admin")
def code_file(request: TenantRequest, key: str, channel: UUID) -> HttpResponse:
    point, code = _find(key, channel)
    if not code.link:
        raise Http404
    answer = HttpResponse(qr.svg(code.link, standalone=True), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{code.channel.platform}-{point.tag}.svg"'
    return answer


def _find(key: str, channel: UUID) -> tuple[EntryPoint, Code]:
    point = get_object_or_404(EntryPoint.objects, key=key)
    for code in codes.of(point):
        if code.channel.pk == channel:
            return point, code
    raise Http404
