"""The bytes of an attachment: always to be saved, never shown as a page of ours."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.api.schema import READ_ERRORS
from apps.api.views.base import TenantView
from apps.conversations import files
from apps.conversations.models import Attachment, AttachmentState
from apps.core.streaming import StreamedFile


class AttachmentBytes(TenantView):
    @extend_schema(
        operation_id="download_attachment",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **READ_ERRORS},
    )
    def get(self, request: Request, pk: UUID) -> StreamedFile:
        """The file as it came. `mime` of the attachment says what it is; the answer itself is only bytes."""
        rows = Attachment.objects.filter(state=AttachmentState.STORED, message__isnull=False)
        found = rows.filter(pk=pk).first()
        path = files.full_path(found.path) if found else None
        if found is None or path is None or not path.is_file():
            raise Http404
        response = StreamedFile(
            path.open("rb"),
            as_attachment=True,
            filename=found.name or "file",
            content_type="application/octet-stream",
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
