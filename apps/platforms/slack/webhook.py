"""Requests of Slack: events as JSON, taps as a form with JSON in `payload`, both signed alike.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from apps.platforms.base import BadSignature, Inbound, Malformed
from apps.platforms.bodies import read_object
from apps.platforms.shared import signatures

OLDEST = 300.0  # seconds, either way
FORM = "application/x-www-form-urlencoded"

Json = dict[str, Any]


def verify(request: Inbound, secret: str, now: float) -> None:
    """Raise BadSignature unless Slack signed these bytes within five minutes of `now`."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or abs(now - int(stamp)) > OLDEST:
        raise BadSignature("the time of the request is missing or too far away")
    given = request.headers.get("x-slack-signature", "")
    signatures.check(given, secret, b":".join((b"v0", stamp.encode(), request.body)), prefix="v0=")


def read(request: Inbound) -> Json:
    """The object in the body, whichever way it came. Raises Malformed."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return read_object(request.body)
    try:
        fields = parse_qs(request.body.decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise Malformed(f"the form cannot be read: {type(error).__name__}") from None
    if "payload" in fields:
        return read_object(fields["payload"][0].encode("utf-8", "replace"))
    if "command" in fields:
        at = request.headers.get("x-slack-request-timestamp", "")
        return {"event_time": at, **_first(fields), "type": "slash_command"}
    raise Malformed("the form has no payload")


def challenge(request: Inbound) -> str | None:
    """What Slack wants back when the address is set, None for every other request."""
    try:
        body = read(request)
    except Malformed:
        return None
    given = body.get("challenge")
    return given if body.get("type") == "url_verification" and isinstance(given, str) else None


def workspace(body: Json) -> str:
    """The id of the workspace in which our app is installed, "" when the body names none.

    In a channel shared between workspaces `team_id` may be another's; `authorizations` names the installation
    that sees the event. A tap has none: there the author of our message tells (not documented), who is we.
    """
    for place in (_first_of(body.get("authorizations")), body, body.get("message"), body.get("team")):
        if isinstance(place, dict):
            found = place.get("team_id") or place.get("team") or place.get("id")
            if isinstance(found, str) and found.startswith("T"):
                return found
    return ""


def dedup_key(body: Json) -> str:
    """The id of an event; of a tap its trigger, which is made for each. Raises Malformed."""
    for name in ("event_id", "trigger_id", "minute_rate_limited"):
        found = body.get(name)
        if isinstance(found, str | int) and found and not isinstance(found, bool):
            return str(found)
    raise Malformed("the request has no id")


def _first(fields: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in fields.items() if name != "type"}


def _first_of(rows: object) -> object:
    return rows[0] if isinstance(rows, list) and rows else None
