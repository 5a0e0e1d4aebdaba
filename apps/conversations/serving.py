"""A stored file as an answer to a browser: whole or in part; whatever its bytes are, never a page of ours.

The door has checked who asks. Inside a scope only.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from apps.conversations import files, pictures, public_files, sniff
from apps.conversations.models import Attachment
from apps.core import ranges
from apps.core.streaming import StreamedFile, StreamedResponse

# Shown alone, the file runs nothing; sound, film and pictures still play in the browser's own viewer.
HARMLESS = sniff.PICTURES | sniff.PLAYABLE | sniff.UNPLAYABLE | {"application/pdf"}
POLICY = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'"


class FileGone(Exception):
    """The row is there, its file is not."""


def serve(
    request: HttpRequest, attachment: Attachment, *, preview: bool, shared_with: str, max_age: int
) -> HttpResponseBase:
    """The file, or its safe preview; one Range is honoured. Inline only where `served_as` calls it harmless.

    `shared_with` is the Cross-Origin-Resource-Policy: whose pages may embed it; `max_age`, in seconds, how
    long this person's browser may keep it. Raises FileGone.
    """
    served = files.served_as(attachment, preview=preview)
    if not served.path.is_file():
        raise FileGone
    response = _body(request, served.path)
    response["Accept-Ranges"] = "bytes"
    response["Content-Type"] = served.mime
    disposition = content_disposition_header(not served.inline, attachment.name or "file")
    response["Content-Disposition"] = disposition or "attachment"
    return _safe(response, shared_with=shared_with, max_age=max_age)


def serve_to_platform(request: HttpRequest, attachment: Attachment, *, preview: bool) -> HttpResponseBase:
    """The file as it is, under its type where that runs nothing; or a small JPEG of it, of a film a neutral
    one. Always to be saved: shown to a person it would open nothing of ours. Raises FileGone."""
    film = preview and attachment.kind == public_files.FILM
    path = files.full_path(attachment.preview if preview and not film else attachment.path)
    if not path.is_file():
        raise FileGone
    if preview:
        small = pictures.film_still() if film else pictures.small_jpeg(path)
        response: HttpResponseBase = HttpResponse(small, content_type="image/jpeg")
    else:
        response = _body(request, path)
        response["Accept-Ranges"] = "bytes"
        response["Content-Type"] = attachment.mime if attachment.mime in HARMLESS else sniff.UNKNOWN
    disposition = content_disposition_header(True, "preview.jpg" if preview else attachment.name or "file")
    response["Content-Disposition"] = disposition or "attachment"
    return _safe(response, shared_with="cross-origin", max_age=300)


def _safe(response: HttpResponseBase, *, shared_with: str, max_age: int) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = shared_with
    response["Cache-Control"] = f"private, max-age={max_age}"
    return response


def _body(request: HttpRequest, path: Path) -> HttpResponseBase:
    size = path.stat().st_size
    try:
        asked = ranges.parse(request.headers.get("Range", ""), size)
    except ranges.Unsatisfiable:
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        return HttpResponse(status=status, headers={"Content-Range": f"bytes */{size}"})
    if asked is None:
        return StreamedFile(path.open("rb"))
    first, last = asked
    response = StreamedResponse(ranges.read(path, first, last), status=HTTPStatus.PARTIAL_CONTENT)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response
