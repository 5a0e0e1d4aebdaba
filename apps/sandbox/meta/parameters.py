"""A call's parameters, however they came: query, form, multipart or JSON, objects also as JSON in text."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from apps.sandbox.meta.errors import invalid


class Parameters:
    """Typed looks at what the app sent. Each raises GraphError for a value of the wrong kind."""

    def __init__(self, values: dict[str, Any], file: UploadedFile[bytes] | None, token: str) -> None:
        self._values, self.file, self.token = values, file, token

    @classmethod
    def of(cls, request: HttpRequest) -> Parameters:
        values: dict[str, Any] = {**dict(request.GET.items()), **_body(request)}
        given = request.FILES.get("filedata")
        file = given if isinstance(given, UploadedFile) else None
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        return cls(values, file, bearer or str(values.get("access_token", "")))

    def has(self, name: str) -> bool:
        return self._values.get(name) not in (None, "")

    def names(self) -> set[str]:
        return set(self._values) - {"access_token", "appsecret_proof"}

    def text(self, name: str) -> str:
        value = self._values.get(name, "")
        if isinstance(value, dict | list):
            raise invalid(f"Param {name} must be a string")
        return "" if value is None else str(value)

    def items(self, name: str) -> list[Any]:
        """A list: as JSON, or as words with commas."""
        value = self._values.get(name) or []
        if isinstance(value, str) and not value.startswith("["):
            return value.split(",")
        found = _parsed(name, value)
        if not isinstance(found, list):
            raise invalid(f"Param {name} must be an array")
        return found

    def thing(self, name: str) -> dict[str, Any]:
        found = _parsed(name, self._values.get(name) or {})
        if not isinstance(found, dict):
            raise invalid(f"Param {name} must be a JSON object")
        return found


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise invalid(f"Param {name} must be valid JSON") from None


def _body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type == "application/json":
        try:
            found = json.loads(request.body or b"{}")
        except ValueError:
            raise invalid("Invalid JSON for postcard") from None
        if not isinstance(found, dict):
            raise invalid("Invalid JSON for postcard")
        return found
    if request.method == "POST":
        return dict(request.POST.items())
    return dict(QueryDict(request.body).items())
