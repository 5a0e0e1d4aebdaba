"""The door of the widget's HTTP protocol, version 1 (docs/protocol-widget.md).

No cookies: a visitor is who holds the token in the Authorization header, so there is nothing that another
site could make a browser send along, and no CSRF token is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.widget import answers, doors, origins, sessions
from apps.widget.answers import NoSession, OriginRefused
from apps.widget.limits import REQUESTS_PER_ADDRESS, REQUESTS_PER_VISITOR, buckets
from apps.widget.models import Visitor

View = Callable[..., HttpResponseBase]


class VisitorRequest(HttpRequest):
    """What a visitor's view receives: who is asking."""

    visitor: Visitor


def public_view(*methods: Literal["GET", "POST"]) -> Callable[[View], View]:
    """A view of the protocol without a token: it opens the tenant's scope itself."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return answers.finish(request, answers.preflight(list(methods)), readable=True)
            if request.method not in methods:
                return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            try:
                buckets.take(REQUESTS_PER_ADDRESS, address_of(request))
                return answers.finish(request, view(request, **arguments), readable=True)
            except Exception as error:
                readable = not isinstance(error, OriginRefused)
                return answers.finish(request, answers.refusal(error), readable=readable)

        inside.widget_view = list(methods)  # type: ignore[attr-defined]  # the isolation test lists them
        return csrf_exempt(inside)

    return wrap


def visitor_view(*methods: Literal["GET", "POST"]) -> Callable[[View], View]:
    """A view for whoever holds a good token; it runs in their tenant's scope, in one transaction.

    Unknown, expired, revoked and missing tokens get the same 401; a site that is not on the entry
    point's list gets 403.
    """

    def wrap(view: View) -> View:
        @public_view(*methods)
        @wraps(view)
        def inside(request: VisitorRequest, **arguments: Any) -> HttpResponseBase:
            token = token_of(request)
            place = doors.visitor_for(token)
            if place is None:
                raise NoSession
            with tenancy.scope(place.tenant_id):
                request.visitor = visitor_with(token)
                check_origin(request, request.visitor)
                buckets.take(REQUESTS_PER_VISITOR, request.visitor.pk.hex)
                return view(request, **arguments)

        return inside

    return wrap


def visitor_with(token: str) -> Visitor:
    """The visitor for whom `token` is good now, at an entry point that is. Raises NoSession."""
    rows = Visitor.objects.select_related("channel", "entry_point")
    visitor = rows.filter(sessions.good(token), entry_point__active=True).first()
    if visitor is None:
        raise NoSession
    return visitor


def check_origin(request: HttpRequest, visitor: Visitor) -> None:
    """Raises OriginRefused."""
    if not origins.may_call(visitor.entry_point, request.headers.get("Origin")):
        raise OriginRefused


def token_of(request: HttpRequest) -> str:
    """The token in the Authorization header, "" without one. Never from the address."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
