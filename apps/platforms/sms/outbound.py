"""One part of a message to `POST Messages.json`, and looking for one whose answer was lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from apps.core.http import Http
from apps.platforms.base import (
    BadCredentials,
    Credentials,
    Outgoing,
    Part,
    Rejected,
    Unknown,
    Unreachable,
)
from apps.platforms.cards import fallback_text
from apps.platforms.sms import calls

NUMBER = r"\+[1-9][0-9]{4,14}"
CLOCKS = timedelta(minutes=2)  # by how much Twilio's clock and ours may differ
LOOKED_AT = 100  # messages to the same number, newest first
# A message of these states never went out.
NOT_ACCEPTED = frozenset({"canceled"})


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; its SID. Raises SendError and nothing else."""
    form = {**_about(outgoing, creds), **_content(outgoing)}
    sent = await calls.post("/Messages", creds, http, form)
    ref = sent.get("sid")
    if not isinstance(ref, str) or not ref:
        raise Unknown("the answer names no message")
    return ref


async def find(outgoing: Outgoing, creds: Credentials, http: Http) -> str | None:
    """The SID of the one message with these words to this number that is younger than our own.

    Raises Unknown when several are: any of them may be it.
    """
    about = {"To": outgoing.to, "From": outgoing.sender, "PageSize": str(LOOKED_AT)}
    told = await calls.ask("/Messages", creds, http, query=about)
    rows = told.get("messages")
    if not isinstance(rows, list):
        raise Unknown("the answer lists no messages")
    found = [str(row["sid"]) for row in rows if isinstance(row, dict) and _may_be(row, outgoing)]
    if len(found) > 1:
        raise Unknown("several messages have the same words")
    return found[0] if found else None


def _about(outgoing: Outgoing, creds: Credentials) -> dict[str, str]:
    sender = outgoing.sender or creds.get("number", "")
    calls.account_url(creds)
    if not re.fullmatch(NUMBER, sender):
        raise BadCredentials("this is not a number of ours", field="number")
    if not re.fullmatch(NUMBER, outgoing.to):
        raise Rejected("this is not a telephone number", code="bad_address")
    # The address ends with our own id, so that every status names the message that it is about.
    told = f"{outgoing.webhook_url}{outgoing.id}" if outgoing.webhook_url else ""
    return {"To": outgoing.to, "From": sender} | ({"StatusCallback": told} if told else {})


def _content(outgoing: Outgoing) -> dict[str, str]:
    part = outgoing.part
    if part.kind == "media" and outgoing.media is not None:
        return _file(part, outgoing.media.url)
    if part.kind == "card" and part.card is not None:
        return {"Body": fallback_text(part.card)}
    if part.kind in ("text", "link"):
        return {"Body": part.text}
    raise Rejected(f"SMS cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def _file(part: Part, url: str) -> dict[str, str]:
    if not url:
        raise Unreachable("the file has no public address yet", code="no_url")
    return {"MediaUrl": url} | ({"Body": part.text} if part.text else {})


def _may_be(row: Mapping[str, Any], outgoing: Outgoing) -> bool:
    made = _time(row.get("date_created"))
    files = str(row.get("num_media") or "0") != "0"
    return (
        isinstance(row.get("sid"), str)
        and str(row.get("body") or "") == outgoing.part.text
        and files == (outgoing.part.kind == "media")
        and str(row.get("direction") or "").startswith("outbound")
        and row.get("status") not in NOT_ACCEPTED
        and made is not None
        and made >= _made(outgoing) - CLOCKS
    )


def _made(outgoing: Outgoing) -> datetime:
    """When our message was made: its id begins with the time (UUIDv7, milliseconds)."""
    if outgoing.id.version != 7:
        raise Unknown("the message does not say when it was made")
    return datetime.fromtimestamp((outgoing.id.int >> 80) / 1000, UTC)


def _time(value: object) -> datetime | None:
    """Twilio writes RFC 2822 times here."""
    try:
        return parsedate_to_datetime(str(value))
    except ValueError:
        return None
