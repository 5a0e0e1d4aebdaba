"""What the Graph API says when it says no (apple-messenger-whatsapp.md 2.6)."""

from __future__ import annotations

from typing import Any


class GraphError(Exception):
    """`status` is of HTTP; the code is what decides."""

    def __init__(self, code: int, message: str, *, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.subcode, self.message, self.status = code, subcode, message, status
        self.headers: dict[str, str] = {}

    def to_json(self) -> dict[str, Any]:
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.message}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AsAndbox0000000000000000",
        }
        return {"error": {**error, "error_subcode": self.subcode} if self.subcode else error}


def invalid(words: str, *, subcode: int = 0) -> GraphError:
    return GraphError(100, words, subcode=subcode)


def bad_token() -> GraphError:
    words = "Error validating access token: the session has been invalidated"
    return GraphError(190, words, subcode=460, status=401)


def outside_window() -> GraphError:
    return GraphError(10, "This message is sent outside of allowed window.", subcode=2018278)


def answered() -> GraphError:
    return GraphError(10900, "Activity already replied to.")


def not_available() -> GraphError:
    return GraphError(551, "This person isn't available right now.", subcode=1545041)


def too_many(minutes: int, account: str) -> GraphError:
    """With the header in which Meta says for how long."""
    error = GraphError(613, "Calls to this api have exceeded the rate limit.")
    row = f'[{{"type":"messenger","call_count":100,"estimated_time_to_regain_access":{minutes}}}]'
    error.headers["X-Business-Use-Case-Usage"] = f'{{"{account}":{row}}}'
    return error
