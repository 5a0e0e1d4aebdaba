"""A method's parameters, however they came: query, form, multipart or JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from apps.sandbox.telegram.errors import bad_request


class Parameters:
    """Typed looks at what the bot sent. Each raises BotApiError for a value of the wrong kind."""

    def __init__(self, values: dict[str, Any], files: dict[str, UploadedFile[bytes]]) -> None:
        self._values = values
        self._files = files

    @classmethod
    def of(cls, request: HttpRequest) -> Parameters:
        values: dict[str, Any] = dict(request.GET.items())
        if request.content_type == "application/json":
            return cls({**values, **_json_object(request.body)}, {})
        values |= dict(request.POST.items())
        return cls(
            values, {name: file for name, file in request.FILES.items() if isinstance(file, UploadedFile)}
        )

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name, default)
        if isinstance(value, dict | list):
            raise bad_request(f'field "{name}" must be of type String')
        return default if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self._values.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'field "{name}" must be of type Number') from None

    def number(self, name: str) -> float:
        try:
            return float(self._values[name])
        except (KeyError, TypeError, ValueError):
            raise bad_request(f"{name} is not specified") from None

    def flag(self, name: str) -> bool:
        return str(self._values.get(name, "")).lower() in ("true", "1", "yes")

    def has(self, name: str) -> bool:
        return name in self._values

    def structure(self, name: str) -> Any:
        """An object or a list, given as JSON or as text that is JSON; None when it is not there."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def file(self, name: str) -> UploadedFile[bytes] | str:
        """The uploaded file, or the text that names one (a file_id, an address). Raises without either."""
        return self._files[name] if name in self._files else self.named(self.text(name), name)

    def named(self, named: str, name: str) -> UploadedFile[bytes] | str:
        """The uploaded file that `named` points at ("attach://…"), or `named` itself; raises for neither."""
        if named.startswith("attach://"):
            found = self._files.get(named.removeprefix("attach://"))
            if found is None:
                raise bad_request("there is no such file in the request")
            return found
        if not named:
            raise bad_request(f"there is no {name} in the request")
        return named


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("can't parse JSON object")
    return values
