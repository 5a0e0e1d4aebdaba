"""The page behind a Message button: it sends the customer to a channel, and shows the others.

Public and without cookies. What a visitor adds to the address (a tag, a group) is ignored: the entry
point's own row decides. Unknown and archived keys answer alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.connections import codes, counts, doors, qr
from apps.connections.choose import APPLE, PANEL, choose, is_apple_device, target
from apps.connections.entry_links import sandboxed
from apps.connections.entry_points import offered
from apps.connections.models import Channel, EntryPoint
from apps.core import tenancy
from apps.platforms import registry
from apps.tenants.models import Tenant

Page = Callable[..., HttpResponse]


class _IntoApp(HttpResponseRedirect):
    """To a page or straight into an app: what `Platform.entry_link` may begin with."""

    allowed_schemes = ["https", "sms", "mailto", "viber"]  # noqa: RUF012


def entry_page(view: Page) -> Page:
    """Open the tenant of the active entry point behind `key`, in the language that it asks for."""

    @wraps(view)
    def inside(request: HttpRequest, key: str, **arguments: int) -> HttpResponse:
        place = doors.entry_point_for(key)
        if place is None:
            return _nobody(request)
        with tenancy.scope(place.tenant_id):
            point = EntryPoint.objects.filter(pk=place.id, active=True).first()
            if point is None:
                return _nobody(request)
            with translation.override(point.locale or translation.get_language()):
                answer = view(request, point, **arguments)
                answer.headers["Content-Language"] = translation.get_language() or "en"
                return answer

    inside.entry_page = True  # type: ignore[attr-defined]  # the isolation test lists pages by it
    return never_cache(require_safe(inside))


@entry_page
def entry(request: HttpRequest, point: EntryPoint) -> HttpResponse:
    """Straight on to the channel that suits the device; with ?all=1, or when none does, the choice."""
    channels = offered(point)
    chosen = choose(channels, point, user_agent=request.headers.get("User-Agent", ""))
    if chosen is None or "all" in request.GET:
        _count(request, counts.viewed, point)
        return _choices(request, point, channels)
    _count(request, counts.viewed_and_tapped, point)
    return _open(request, point, chosen, others=len(channels) > 1)


@entry_page
def go(request: HttpRequest, point: EntryPoint, position: int) -> HttpResponse:
    """A channel that the customer chose from the list; one that is not there, or that no link opens, leads
    back to it."""
    place = point.places.select_related("channel").filter(position=position).first()
    channels = offered(point)
    if place is None or place.channel not in channels or not _opens(place.channel, point):
        return HttpResponseRedirect(reverse("entry:entry", args=[point.key]) + "?all=1")
    _count(request, counts.tapped, point)
    return _open(request, point, place.channel, others=len(channels) > 1)


def _opens(channel: Channel, point: EntryPoint) -> bool:
    return channel.platform == PANEL or sandboxed(channel) or bool(target(channel, point))


def _open(request: HttpRequest, point: EntryPoint, channel: Channel, *, others: bool) -> HttpResponse:
    if sandboxed(channel):
        return HttpResponseRedirect(
            reverse("phone:open", args=[Tenant.objects.get().slug, point.key, channel.pk])
        )
    if channel.platform != PANEL:
        return _IntoApp(target(channel, point))
    context = {"tenant": Tenant.objects.get(), "point": point, "others": others}
    context["frame"] = reverse("widget:frame", args=[point.key])
    return render(request, "entry/chat.html", context)


def _choices(request: HttpRequest, point: EntryPoint, channels: list[Channel]) -> HttpResponse:
    positions = dict(point.places.values_list("channel_id", "position"))
    context = {
        "tenant": Tenant.objects.get(),
        "point": point,
        "choices": [
            (channel, registry.get(channel.platform).name, positions[channel.pk])
            for channel in channels
            if channel.platform == PANEL or target(channel, point)
        ],
        "codes": [
            (code.channel, registry.get(code.channel.platform).name, mark_safe(qr.svg(code.link)))
            for code in codes.of(point)
            if code.link
        ],
        "apple_elsewhere": not is_apple_device(request.headers.get("User-Agent", "")),
        "apple": APPLE,
    }
    return render(request, "entry/choices.html", context)


def _nobody(request: HttpRequest) -> HttpResponse:
    return render(request, "entry/nobody.html", status=404)


def _count(request: HttpRequest, count: Callable[[EntryPoint], None], point: EntryPoint) -> None:
    """Not for what a browser fetches ahead, nor for HEAD: nobody came."""
    ahead = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    if request.method == "GET" and "prefetch" not in ahead:
        count(point)
