"""A call's parameters, however they came: query, form or JSON, structures also as JSON in text."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from apps.sandbox.slack.errors import SlackError


class Parameters:
    """Typed looks at what the app sent. Each raises SlackError for a value of the wrong kind."""

    def __init__(self, values: dict[str, Any], token: str) -> None:
        self._values, self.token = values, token

    @classmethod
    def of(cls, request: HttpRequest) -> Parameters:
        values: dict[str, Any] = {**dict(request.GET.items()), **_body(request)}
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        return cls(values, bearer or str(values.get("token", "")))

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if isinstance(value, dict | list):
            raise SlackError("invalid_arguments", f"[ERROR] {name} must be a string")
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1")

    def integer(self, name: str, default: int) -> int:
        value = self.text(name)
        if value and not value.isdigit():
            raise SlackError("invalid_arguments", f"[ERROR] {name} must be an integer")
        return int(value) if value else default

    def structure(self, name: str) -> Any:
        """An object or a list; None when it is not there."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError("invalid_arguments", f"[ERROR] {name} is not JSON") from None


def _body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return dict(request.POST.items())
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found
