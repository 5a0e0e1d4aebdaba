"""What every request must be before a view sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.views.defaults import bad_request

NUL = "\x00"
API = "/api/"  # names the wrong question itself, as JSON


class RefuseNul(MiddlewareMixin):
    """400 for a NUL in the address or in a form: PostgreSQL's text cannot hold one, so a query would fail.

    Stands behind the CSRF check, which has parsed the form by then. Bodies of programs, which have no such
    check, are read field by field at their own doors.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        asked = "" if request.path_info.startswith(API) else request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or "%00" in asked:
            return bad_request(request, BadRequest())
        return None

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        has_nul = any(NUL in value for _, values in request.POST.lists() for value in values)
        return bad_request(request, BadRequest()) if has_nul else None
