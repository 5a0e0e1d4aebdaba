"""What Twilio's REST API says when it says no (other-platforms.md 8.3)."""

from __future__ import annotations

from typing import Any

ABOUT = "https://www.twilio.com/docs/errors"


class TwilioError(Exception):
    """`status` is of HTTP; the code is what decides."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"{ABOUT}/{self.code}",
            "status": self.status,
        }


def not_authenticated() -> TwilioError:
    return TwilioError(20003, "Authenticate", status=401)


def not_found(path: str) -> TwilioError:
    return TwilioError(20404, f"The requested resource {path} was not found", status=404)


def too_many() -> TwilioError:
    return TwilioError(20429, "Too many concurrent requests", status=429)
