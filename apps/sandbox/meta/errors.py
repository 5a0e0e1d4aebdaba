"""What the Graph API says when it says no (apple-messenger-whatsapp.md 2.6)."""

from __future__ import annotations

from typing import Any

from apps.sandbox.calls import Refused


class GraphError(Refused):
    """`status` is of HTTP; the code is what decides."""

    def __init__(
        self, code: int, message: str, *, subcode: int = 0, status: int = 400, **headers: str
    ) -> None:
        error: dict[str, Any] = {
            "message": f"(#{code}) {message}",
            "type": "OAuthException",
            "code": code,
            "fbtrace_id": "AsAndbox0000000000000000",
        }
        if subcode:
            error["error_subcode"] = subcode
        super().__init__(status, {"error": error}, **headers)
        self.noted = str(code)


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
    row = f'[{{"type":"messenger","call_count":100,"estimated_time_to_regain_access":{minutes}}}]'
    usage = f'{{"{account}":{row}}}'
    words = "Calls to this api have exceeded the rate limit."
    return GraphError(613, words, X_Business_Use_Case_Usage=usage)
