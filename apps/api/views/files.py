"""Files: taken in for a message to come; their bytes always to be saved, never shown as a page of ours."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import limits
from apps.api.errors import ApiError
from apps.api.facts import Upload, UploadFacts
from apps.api.schema import READ_ERRORS, UPLOAD_ERRORS
from apps.api.views.base import TenantView
from apps.connections.said import platform_name
from apps.conversations import files, unsendable, ways
from apps.conversations.models import Attachment, AttachmentState, Conversation
from apps.core import sizes
from apps.core.streaming import StreamedFile

MULTIPART = 64 * 1024  # what the form around the file may take


class FileGiven(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=1000)


class Uploads(TenantView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="upload_attachment",
        request={"multipart/form-data": FileGiven},
        responses={201: UploadFacts, **UPLOAD_ERRORS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Take in one file for a message to come, which names it in `attachments`. One that no message takes
        is removed after a while."""
        conversation = Conversation.objects.select_related("channel").filter(pk=pk).first()
        if conversation is None:
            raise Http404
        _require_size(request)
        given = FileGiven(data=request.data)
        given.is_valid(raise_exception=True)
        stored = _stored(conversation, given.validated_data["file"])
        upload = Upload(stored, _findings(conversation, stored))
        return Response(UploadFacts(upload, context={"request": request}).data, status=201)


def _require_size(request: Request) -> None:
    """Before anything is read."""
    if int(request.headers.get("Content-Length") or 0) > settings.MAX_ATTACHMENT_BYTES + MULTIPART:
        raise _too_large(settings.MAX_ATTACHMENT_BYTES)


def _stored(conversation: Conversation, file: UploadedFile[Any]) -> Attachment:
    try:
        files.require_room(conversation)
        return files.upload(conversation, cast(BinaryIO, file.file), name=file.name or "")
    except files.TooManyWaiting:
        words = _("Too many files wait in this conversation. Send or remove some first.")
        raise ApiError(422, "too_many_files", words, field="file") from None
    except files.FileTooLarge as error:
        raise _too_large(error.limit) from None


def _findings(conversation: Conversation, stored: Attachment) -> list[dict[str, Any]]:
    """What the platform would not show of it. Raises ApiError, and keeps nothing, when it cannot be sent."""
    remark = unsendable.remark(conversation, stored)
    if remark is None:
        return []
    found, words = remark
    facts = [limits.facts_of(found, platform_name(ways.channel_of(conversation).platform))]
    if found.blocks:
        files.delete(stored)
        raise ApiError(422, "file_not_taken", words, field="file", findings=facts)
    return facts


def _too_large(limit: int) -> ApiError:
    words = _("Larger than %(limit)s.") % {"limit": sizes.in_words(limit)}
    return ApiError(422, "file_too_large", words, field="file")


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
