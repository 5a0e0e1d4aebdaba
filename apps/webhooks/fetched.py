"""Files that platforms fetch from us, by signed addresses (`apps.conversations.public_files`)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from apps.conversations import public_files
from apps.conversations.serving import FileGone, serve_to_platform
from apps.core import tenancy


@require_safe
def file(request: HttpRequest, ticket: str, name: str) -> HttpResponseBase:
    """The file of a good ticket; 404 for everything else, alike (I7). `name` is for the platform's eyes."""
    given = public_files.opened(ticket)
    if given is None:
        raise Http404
    with tenancy.scope(given.tenant_id):
        attachment = public_files.find(given)
        if attachment is None:
            raise Http404
        try:
            return serve_to_platform(request, attachment, preview=given.preview)
        except FileGone:
            raise Http404 from None
