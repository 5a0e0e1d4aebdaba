"""/b.css: the Message button's stylesheet for any page on any site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from apps.connections import button_sheet

# A week, then in the background: its address cannot change, because it is pasted on strangers' pages.
CACHE = "public, max-age=604800, stale-while-revalidate=2592000"


@gzip_page
@require_safe
@condition(etag_func=lambda request: button_sheet.etag())
def sheet(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(button_sheet.content(), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = CACHE
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
