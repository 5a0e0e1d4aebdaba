"""What the Messaging API says when it says no (other-platforms.md 2.8)."""

from __future__ import annotations

from apps.sandbox.calls import Refused


def refused(status: int, message: str, *details: tuple[str, str]) -> Refused:
    rows = [{"message": words, "property": place} for place, words in details]
    return Refused(status, {"message": message, **({"details": rows} if rows else {})})


def invalid(place: str, words: str) -> Refused:
    return refused(400, "The request body has 1 error(s)", (place, words))


def bad_token() -> Refused:
    return refused(
        401, "Authentication failed. Confirm that the access token in the authorization header is valid."
    )


def not_found() -> Refused:
    return refused(404, "Not found")


def over_quota() -> Refused:
    return refused(429, "You have reached your monthly limit.")


def too_many() -> Refused:
    return refused(429, "The API rate limit has been exceeded. Try again later.")


def bad_reply_token() -> Refused:
    return refused(400, "Invalid reply token")
