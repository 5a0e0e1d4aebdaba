"""What the Bot API says when it says no (other-platforms.md 1.6)."""

from __future__ import annotations

from typing import Any


class BotApiError(Exception):
    """`code` is also the HTTP status."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**found, "parameters": self.parameters} if self.parameters else found


def bad_request(words: str) -> BotApiError:
    return BotApiError(400, f"Bad Request: {words}")


def forbidden(words: str) -> BotApiError:
    return BotApiError(403, f"Forbidden: {words}")


def too_many(seconds: int) -> BotApiError:
    return BotApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
