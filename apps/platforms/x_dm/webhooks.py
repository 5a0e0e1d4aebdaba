"""Having X post to us: one webhook of the app, and the account's subscription to it.

X calls an address while it is registered and wants an answer made with the app's secret, which only a stored
channel has. So `connect` cannot register; the `check` that follows it does, and later ones mend what X has
given up (an address that did not answer for 28 hours).

The subscription is the Account Activity API's, which X calls deprecated: the X Activity API, whose events we
read as well, gives private ones to OAuth 2.0 tokens of people only, and an account has OAuth 1.0a ones here.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms.base import Answer, Credentials, Inbound, Rejected
from apps.platforms.shared import signatures
from apps.platforms.x_dm import calls

Json = dict[str, Any]


def challenge(request: Inbound, creds: Credentials) -> Answer | None:
    """The answer to X's question whether we know the secret, which it asks again every hour."""
    token, secret = request.query.get("crc_token", ""), creds.get("consumer_secret", "").strip()
    if request.method != "GET" or not token:
        return None
    if not secret:
        return Answer(body="unknown address", status=404)
    signed = signatures.sign(secret, token.encode("utf-8", "replace"), encoding="base64")
    body = json.dumps({"response_token": f"sha256={signed}"})
    return Answer(body=body, content_type="application/json")


def verify(request: Inbound, creds: Credentials) -> None:
    given, key = request.headers.get("x-twitter-webhooks-signature", ""), creds.get("consumer_secret", "")
    signatures.check(given, key.strip(), request.body, encoding="base64", prefix="sha256=")


async def ensure(creds: Credentials, webhook_url: str, http: Http) -> None:
    """See that X posts our account's messages to `webhook_url`. Idempotent; raises SendError."""
    app = calls.AsApp(creds, http)
    known = (await app.call("GET", "/2/webhooks")).get("data")
    rows = [row for row in known if isinstance(row, dict)] if isinstance(known, list) else []
    ours = next((row for row in rows if row.get("url") == webhook_url), None)
    if ours is None:
        made = await app.call("POST", "/2/webhooks", json={"url": webhook_url})
        data = made.get("data")
        ours = {**(data if isinstance(data, dict) else made), "valid": True}
    webhook = quote(str(ours.get("id") or ""), safe="")
    if not webhook:
        raise Rejected("X names no webhook", code="no_webhook")
    if ours.get("valid") is False:
        await app.call("PUT", f"/2/webhooks/{webhook}")
    await _subscribe(webhook, creds, http)


async def _subscribe(webhook: str, creds: Credentials, http: Http) -> None:
    """Subscribing again is refused, so it is asked first."""
    path = f"/2/account_activity/webhooks/{webhook}/subscriptions/all"
    found = (await calls.certainly(calls.call("GET", path, creds, http))).get("data")
    if isinstance(found, dict) and found.get("subscribed") is True:
        return
    await calls.certainly(calls.call("POST", path, creds, http, json={}))
