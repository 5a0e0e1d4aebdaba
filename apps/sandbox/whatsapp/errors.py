"""What the Cloud API says when it says no (apple-messenger-whatsapp.md 3.7)."""

from __future__ import annotations

from typing import Any

from apps.sandbox.calls import Refused


class CloudError(Refused):
    """`status` is of HTTP; the code is what decides."""

    def __init__(
        self, code: int, title: str, details: str = "", *, subcode: int = 0, status: int = 400
    ) -> None:
        error: dict[str, Any] = {"message": f"(#{code}) {title}", "type": "OAuthException"}
        error |= {"code": code, "fbtrace_id": "Asandbox"}
        if details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": details}
        if subcode:
            error["error_subcode"] = subcode
        super().__init__(status, {"error": error})
        self.noted = str(code)


def bad_token() -> CloudError:
    return CloudError(190, "Error validating access token", subcode=463, status=401)


def no_such_object(node: str) -> CloudError:
    words = f"Unsupported request. Object with ID '{node}' does not exist or cannot be loaded"
    return CloudError(100, words, subcode=33)


def missing(name: str) -> CloudError:
    return CloudError(131008, "Required parameter is missing", f"The parameter {name} is required.")


def invalid(details: str) -> CloudError:
    return CloudError(131009, "Parameter value is not valid", details)


def outside_window() -> CloudError:
    details = "More than 24 hours have passed since the recipient last replied to the sender number."
    return CloudError(131047, "Re-engagement message", details)


def too_fast_for_pair() -> CloudError:
    details = "Too many messages sent from this phone number to the same phone number in a short time."
    return CloudError(131056, "(Business Account, Consumer Account) pair rate limit hit", details)
