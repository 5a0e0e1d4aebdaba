"""What is answered when a view of ours fails: the request's id, which stands in the log beside the reason."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import request_ids

BROKEN = gettext_lazy("Something broke on our side")
RETRY_AFTER = 5  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After when the database was away or had no time, as a page or as the API's JSON.
    Called by Django while it handles the error. Needs neither the database nor a session."""
    away = _database_away(sys.exc_info()[1])
    response = _api_error(away) if request.path_info.startswith("/api/") else _page(away)
    if away:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def _api_error(away: bool) -> HttpResponse:
    code, words = ("unavailable", _("The service is away for a moment")) if away else ("server_error", BROKEN)
    error = {"code": code, "message": str(words), "request": request_ids.current()}
    return JsonResponse({"error": error}, status=503 if away else 500)


def _page(away: bool) -> HttpResponse:
    facts = {"request_id": request_ids.current(), "away": away}
    return HttpResponse(render_to_string("500.html", facts), status=503 if away else 500)


def _database_away(error: BaseException | None) -> bool:
    """Whether it, or what it came from, is the database's trouble and not ours."""
    while error is not None:
        if isinstance(error, (OperationalError, InterfaceError)):
            return True
        error = error.__cause__ or error.__context__
    return False
