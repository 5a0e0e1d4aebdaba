"""Viber's statuses (other-platforms.md, section 3): always HTTP 200, the number is in the body."""

from __future__ import annotations

from apps.sandbox.calls import Refused

NAMES = {
    1: "invalidUrl",
    2: "invalidAuthToken",
    3: "badData",
    4: "missingData",
    5: "receiverNotRegistered",
    6: "receiverNotSubscribed",
    10: "webhookNotSet",
    11: "receiverNoSuitableDevice",
    12: "tooManyRequests",
    23: "freeMessagesExceeded",
}


def refused(status: int, words: str = "") -> Refused:
    return Refused(200, {"status": status, "status_message": words or NAMES[status]})


def bad_data(words: str) -> Refused:
    return refused(3, words)


def missing(name: str) -> Refused:
    return refused(4, f"{name} is missing")
