"""The panel: a page of ours that the business's sites may show in a frame, and that stands on its own.

Public and without cookies. Which sites may frame it is the entry point's list, told to the browser as
frame-ancestors. Unknown, archived and chat-less entry points answer alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from apps.connections import counts, doors
from apps.connections.models import EntryPoint
from apps.core import sizes, tenancy
from apps.core.look import THEMES
from apps.tenants.models import Tenant
from apps.widget import origins, sessions
from apps.widget.colours import ink_on, safe_colour
from apps.widget.texts import texts

Page = Callable[[HttpRequest, EntryPoint], HttpResponse]


def panel_page(view: Page) -> Callable[..., HttpResponse]:
    """Open the tenant of the active entry point behind `key` that offers web chat, else 404."""

    @wraps(view)
    def inside(request: HttpRequest, key: str) -> HttpResponse:
        place = doors.entry_point_for(key)
        if place is None:
            raise Http404
        with tenancy.scope(place.tenant_id):
            point = EntryPoint.objects.filter(pk=place.id, active=True).first()
            if point is None:
                raise Http404
            try:
                sessions.panel_channel(point)
            except sessions.NoPanel:
                raise Http404 from None
            return view(request, point)

    inside.entry_page = True  # type: ignore[attr-defined]  # the isolation test lists pages by it
    return require_safe(inside)


@never_cache
@xframe_options_exempt
@panel_page
def frame(request: HttpRequest, point: EntryPoint) -> HttpResponse:
    """?lang= is the visitor's choice of language, ?theme= the site's of theme; ?seen=1 has been counted."""
    language = _language(request, point)
    if request.method == "GET" and "seen" not in request.GET:
        counts.viewed_and_tapped(point)
    with translation.override(language):
        response = render(request, "widget/frame.html", _context(request, point, language))
    response.headers["Content-Language"] = language
    # X-Frame-Options cannot name sites, so this stands in its place.
    response._csp_replace = {"frame-ancestors": origins.may_frame(point)}  # type: ignore[attr-defined]
    return response


@panel_page
def colour(request: HttpRequest, point: EntryPoint) -> HttpResponse:
    """The business's colour as a sheet, because the page may hold no inline style."""
    chosen = safe_colour(Tenant.objects.get().colour)
    css = f":root {{ --cpt-colour: {chosen}; --cpt-ink: {ink_on(chosen)}; }}\n"
    return HttpResponse(css, content_type="text/css", headers={"Cache-Control": "public, max-age=300"})


def _context(request: HttpRequest, point: EntryPoint, language: str) -> dict[str, object]:
    theme = request.GET.get("theme", "")
    tenant = Tenant.objects.get()
    others = [code for code, _name in settings.LANGUAGES if code != language]
    return {
        "tenant": tenant,
        "texts": texts(tenant.name),
        "point": point,
        "theme": theme if theme in THEMES else "",
        "languages": [(code, get_language_info(code)["name_local"]) for code in others],
        "settings": {
            "key": point.key,
            "language": language,
            "own": origins.own_origin(),
            "allowed": point.allowed_origins,
            "most_bytes": settings.MAX_ATTACHMENT_BYTES,
            "sizes": sizes.patterns(),
        },
    }


def _language(request: HttpRequest, point: EntryPoint) -> str:
    """What the visitor chose, else what the entry point says, else what the browser asks for."""
    known = dict(settings.LANGUAGES)
    wanted = [request.GET.get("lang", ""), point.locale.split("-")[0], translation.get_language() or ""]
    return next((each for each in wanted if each in known), settings.LANGUAGE_CODE)
