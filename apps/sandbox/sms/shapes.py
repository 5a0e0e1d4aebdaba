"""Twilio's resources as JSON (other-platforms.md 8.3)."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.utils import timezone

from apps.sandbox.models import SandboxAccount, SandboxMessage

VERSION = "2010-04-01"
Json = dict[str, Any]


def number(account: SandboxAccount) -> Json:
    return {
        "sid": account.data["number_sid"],
        "account_sid": account.key,
        "friendly_name": account.name,
        "phone_number": account.address,
        "sms_url": account.webhook_url,
        "sms_method": "POST",
        "capabilities": {"voice": False, "sms": True, "mms": True, "fax": False},
        "api_version": VERSION,
        "uri": f"/{VERSION}/Accounts/{account.key}/IncomingPhoneNumbers/{account.data['number_sid']}.json",
    }


def message(account: SandboxAccount, shown: SandboxMessage) -> Json:
    """Something that the business sent."""
    return {
        "sid": shown.ref,
        "account_sid": account.key,
        "from": account.address,
        "to": shown.thread.address,
        "body": shown.text,
        "status": shown.data["status"],
        "direction": "outbound-api",
        "num_media": "1" if shown.file_id else "0",
        "num_segments": str(parts(shown.text)),
        "date_created": _rfc2822(shown.at),
        "date_sent": _rfc2822(shown.at),
        "date_updated": _rfc2822(timezone.now()),
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "messaging_service_sid": None,
        "api_version": VERSION,
        "subresource_uris": {},
        "uri": f"/{VERSION}/Accounts/{account.key}/Messages/{shown.ref}.json",
    }


def page(account: SandboxAccount, name: str, rows: list[Json]) -> Json:
    """A list that fits on one page."""
    return {
        name: rows,
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(0, len(rows) - 1),
        "first_page_uri": f"/{VERSION}/Accounts/{account.key}/",
        "next_page_uri": None,
        "previous_page_uri": None,
        "uri": f"/{VERSION}/Accounts/{account.key}/",
    }


def parts(text: str) -> int:
    """How many SMS, roughly: Latin letters seven bits, everything else sixteen."""
    one, many = (160, 153) if text.isascii() else (70, 67)
    return 1 if len(text) <= one else -(-len(text) // many)


def _rfc2822(at: datetime) -> str:
    return format_datetime(at)
