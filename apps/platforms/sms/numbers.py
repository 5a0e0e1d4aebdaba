"""The number at Twilio: whether the account has it, and where what it receives is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms.base import BadCredentials, Credentials, Rejected, Unknown, Unreachable
from apps.platforms.sms import calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    sid: str
    number: str
    name: str
    webhook: str


async def ours(creds: Credentials, http: Http) -> Number:
    """The number of the credentials. Raises BadCredentials(number) when the account has none such."""
    wanted = creds.get("number", "").strip()
    told = await calls.ask("/IncomingPhoneNumbers", creds, http, query={"PhoneNumber": wanted})
    rows = told.get("incoming_phone_numbers")
    if not isinstance(rows, list):
        raise Rejected("the answer lists no numbers", code="no_numbers")
    found = [row for row in rows if isinstance(row, dict) and row.get("phone_number") == wanted]
    if not found:
        raise BadCredentials(f"the account has no number {wanted}", field="number")
    return _number(found[0])


async def lead(number: Number, url: str, creds: Credentials, http: Http) -> None:
    """Have what the number receives sent to `url`. Idempotent."""
    if number.webhook == url:
        return
    try:
        await calls.post(
            f"/IncomingPhoneNumbers/{quote(number.sid, safe='')}",
            creds,
            http,
            {"SmsUrl": url, "SmsMethod": "POST"},
        )
    except Unknown as error:  # may be repeated, so nothing is in doubt
        raise Unreachable(error.words, code=error.code) from None


def _number(row: dict[str, Any]) -> Number:
    return Number(
        sid=str(row.get("sid") or ""),
        number=str(row["phone_number"]),
        name=str(row.get("friendly_name") or ""),
        webhook=str(row.get("sms_url") or ""),
    )
