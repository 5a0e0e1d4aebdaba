"""What the OpenAPI document says beyond the serializers: pages, parameters, errors."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from apps.api.facts import Problem
from apps.api.pages import Pages

LIST_ERRORS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 429), Problem)
READ_ERRORS: dict[Any, Any] = {**LIST_ERRORS, 404: Problem}
UPLOAD_ERRORS: dict[Any, Any] = {**READ_ERRORS, 415: Problem, 422: Problem}
SEND_ERRORS: dict[Any, Any] = {**READ_ERRORS, 409: Problem, 415: Problem, 422: Problem}


def page_of(facts: type[serializers.BaseSerializer[Any]]) -> Any:
    """The serializer of one page of `facts`."""
    fields: dict[str, Any] = {
        "next": serializers.URLField(allow_null=True, help_text="The whole URL; null at the end."),
        "previous": serializers.URLField(allow_null=True),
        "results": facts(many=True),
    }
    return inline_serializer(f"{facts.__name__}Page", fields)


def paging(pages: type[Pages]) -> list[OpenApiParameter]:
    """The parameters with which a program walks through `pages`."""
    limit = {"type": "integer", "minimum": 1, "maximum": pages.max_page_size}
    return [
        OpenApiParameter("cursor", OpenApiTypes.STR, description=pages.cursor_query_description),
        OpenApiParameter("limit", limit, description=pages.page_size_query_description),
    ]
