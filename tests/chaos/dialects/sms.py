"""Twilio's SMS: forms, signed with the account's token over the address and every field (SHA-1).

There is no key. A status goes to the address that its message named, which ends with our own id, and the
messages to a number can be listed (class R): what was never told is found by its words.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

MESSAGES = "/Messages.json"
VERSION = "2010-04-01"
PAGE = 50  # rows of a list, unless the call says how many


class Sms:
    retry_class = "R"
    told = ("sent", "delivered")
    reads_queries = True

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        ours = f"+33644{number:06d}"
        return {
            "account_sid": f"AC{number:032x}",
            "auth_token": f"{number:032x}",
            "number": ours,
            "base_url": base_url,
            "address": ours,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        sid = f"SM{customer:012x}{number:020x}"
        way = {"From": f"+336{customer:08d}", "To": account.credentials["number"]}
        said = {"SmsMessageSid": sid, "SmsStatus": "received", "Body": text, "NumMedia": "0"}
        return _signed(account, account.base + account.hook, sid, {**_about(account, sid), **way, **said})

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """A list is asked for at the same address, without a body."""
        if not body or not path.endswith(MESSAGES):
            return None
        asked = _form(body.decode())
        return Taken(asked["Body"], to=asked["To"], ours=asked["StatusCallback"])

    def accepted(self, number: int) -> Reply:
        return Reply(201, {"sid": _sid(number), "status": "queued", "error_code": None})

    def later(self, account: Account, number: int, taken: Taken, state: str) -> Hook:
        sid, way = _sid(number), {"From": account.credentials["number"], "To": taken.to}
        told = {**_about(account, sid), **way, "SmsStatus": state, "MessageStatus": state}
        return _signed(account, taken.ours, f"{sid}:{state}", told)

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        """The messages to one number, newest first."""
        asked = urlsplit(path)
        if not asked.path.endswith(MESSAGES):
            return Reply(404, {"code": 20404, "message": "The resource was not found", "status": 404})
        wanted = _form(asked.query)
        there = [_shown(number, taken) for number, taken in reversed(said) if taken.to == wanted["To"]]
        rows = there[: int(wanted.get("PageSize", PAGE))]
        return Reply(200, {"messages": rows, "page": 0, "next_page_uri": None})

    def throttled(self, seconds: int) -> Reply:
        return Reply(429, {"code": 20429, "message": "Too Many Requests", "status": 429})


def _about(account: Account, sid: str) -> dict[str, str]:
    ours = account.credentials["account_sid"]
    return {"MessageSid": sid, "SmsSid": sid, "AccountSid": ours, "ApiVersion": VERSION}


def _shown(number: int, taken: Taken) -> dict[str, Any]:
    return {
        "sid": _sid(number),
        "to": taken.to,
        "body": taken.text,
        "status": "sent",
        "direction": "outbound-api",
        "num_media": "0",
        "date_created": format_datetime(datetime.fromtimestamp(int(taken.at), UTC)),
    }


def _sid(number: int) -> str:
    return f"SM{'f' * 12}{number:020x}"


def _signed(account: Account, address: str, ref: str, told: Mapping[str, str]) -> Hook:
    covered = address + "".join(name + told[name] for name in sorted(told))
    digest = hmac.new(account.credentials["auth_token"].encode(), covered.encode(), hashlib.sha1).digest()
    proof = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return Hook(ref, {**form, **proof}, urlencode(told).encode(), path=urlsplit(address).path)


def _form(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


DIALECT = Sms()
