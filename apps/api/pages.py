"""Cursors: opaque, stable while rows come and go, in the order of the list."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination

from apps.api.errors import ApiError


class Pages(CursorPagination):
    """`limit` rows (50, at most 200) with `next` and `previous` links. Raises ApiError for a bad cursor."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    page_size_query_description = "How many rows, 1 to 200; 50 without it."
    cursor_query_description = "From `next` or `previous` of another page."

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValidationError, ValueError, OverflowError, DataError):
            raise ApiError(400, "bad_cursor", "This cursor is not one of ours.", field="cursor") from None


class ByActivity(Pages):
    ordering = ("-last_message_at", "-id")


class BySequence(Pages):
    ordering = ("seq",)


class ByName(Pages):
    ordering = ("name", "id")
