"""/widget/loader.js: what a business's own page loads to open the panel in place."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

MOST_BYTES = 3 * 1024  # compressed
# Its address cannot change, because it is pasted on strangers' pages.
CACHE = "public, max-age=3600, stale-while-revalidate=604800"


@cache
def content() -> bytes:
    return (settings.BASE_DIR / "static" / "js" / "widget" / "loader.js").read_bytes()


@cache
def etag() -> str:
    return f'"{sha256(content()).hexdigest()[:16]}"'


@gzip_page
@require_safe
@condition(etag_func=lambda request: etag())
def loader(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(content(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = CACHE
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
