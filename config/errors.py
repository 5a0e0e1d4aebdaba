"""What is answered when a view of ours fails: the request's id, which stands in the log beside the reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.core import request_ids


def server_error(request: HttpRequest) -> HttpResponse:
    """500 as a page, or as the API's JSON. Needs neither the database nor a session."""
    request_id = request_ids.current()
    if request.path_info.startswith("/api/"):
        error = {"code": "server_error", "message": _("Something broke on our side"), "request": request_id}
        return JsonResponse({"error": error}, status=500)
    return HttpResponse(render_to_string("500.html", {"request_id": request_id}), status=500)
