"""What Google's APIs say when they say no (other-platforms.md 8.8)."""

from __future__ import annotations

from typing import Any

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
}


class GoogleError(Exception):
    """`code` is also the HTTP status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    def to_json(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "status": STATUS[self.code]}}


def invalid(words: str) -> GoogleError:
    return GoogleError(400, words)


def not_authenticated() -> GoogleError:
    return GoogleError(401, "Request had invalid authentication credentials.")
