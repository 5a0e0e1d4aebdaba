"""What the X API says when it says no (other-platforms.md 6.3)."""

from __future__ import annotations

from apps.sandbox.calls import Refused

PAGES = "https://api.twitter.com/2/problems"


def refused(status: int, title: str, detail: str, *, problem: str = "", **headers: str) -> Refused:
    address = f"{PAGES}/{problem}" if problem else "about:blank"
    return Refused(status, {"title": title, "detail": detail, "type": address, "status": status}, **headers)


def invalid(detail: str) -> Refused:
    words = "One or more parameters to your request was invalid."
    return refused(400, "Invalid Request", f"{words} {detail}", problem="invalid-request")


def unauthorized() -> Refused:
    return refused(401, "Unauthorized", "Unauthorized")


def no_messages_from_you() -> Refused:
    return refused(403, "Forbidden", "You are not permitted to send messages to this user")


def no_credits() -> Refused:
    """Messages are paid for beforehand."""
    words = "Your enrolled account does not have any credits to fulfill this request."
    return refused(402, "CreditsDepleted", words, problem="credits")


def no_permission() -> Refused:
    words = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
    return refused(403, "Forbidden", words, problem="oauth1-permissions")


def not_found() -> Refused:
    return refused(404, "Not Found Error", "Could not find it", problem="resource-not-found")


def too_many(seconds_at: int) -> Refused:
    limits = {
        "x_rate_limit_limit": "15",
        "x_rate_limit_remaining": "0",
        "x_rate_limit_reset": str(seconds_at),
    }
    return refused(429, "Too Many Requests", "Too Many Requests", **limits)
