"""Direct messages on X: events of the Account Activity API with an HMAC of the app's secret over the body,
calls in the account's name with a signature by OAuth 1.0a over method and address. There is no key, and what
our account said comes back with nothing of ours in it (class N)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

MESSAGES = re.compile(r"/2/dm_conversations/with/(\d+)/messages$")
SIGNATURE = "x-twitter-webhooks-signature"


class XDirectMessages:
    retry_class = "N"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        user = f"{1_500_000_000_000_000_000 + number}"
        consumer, access = _secrets(number)
        return {
            "consumer_key": f"ChaosKey{number:017d}",
            "consumer_secret": consumer,
            "access_token": f"{user}-ChaosToken{number:020d}",
            "access_token_secret": access,
            "user_id": user,
            "base_url": base_url,
            "address": user,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ref, sender = f"{1_700_000_000_000_000_000 + customer * 1_000_000 + number}", _person(customer)
        said = {
            "target": {"recipient_id": account.credentials["user_id"]},
            "sender_id": sender,
            "source_app_id": "268278",
            "message_data": {"text": text, "entities": {"hashtags": [], "symbols": [], "urls": []}},
        }
        stamp = str(int(time.time() * 1000))
        row = {"type": "message_create", "id": ref, "created_timestamp": stamp, "message_create": said}
        known = {"id": sender, "name": f"Customer {customer}", "screen_name": f"customer{customer}"}
        return _signed(account, f"dm:{ref}", {"direct_message_events": [row], "users": {sender: known}})

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """What is signed otherwise is refused below."""
        found = MESSAGES.search(path)
        if found is None or not _is_signed(f"http://{headers['Host']}{path}", headers["Authorization"]):
            return None
        return Taken(json.loads(body)["text"], to=found[1])

    def accepted(self, number: int) -> Reply:
        told = {"dm_conversation_id": f"1-{number}", "dm_event_id": f"{1_800_000_000_000_000_000 + number}"}
        return Reply(201, {"data": told})

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        """The webhook is there and the account subscribed."""
        if path.endswith("/oauth2/token"):
            return Reply(200, {"token_type": "bearer", "access_token": "chaos"})
        if path.endswith("/2/webhooks"):
            row = {"id": "1", "url": json.loads(body)["url"], "valid": True} if body else None
            return Reply(200, {"data": row or []})
        if path.endswith("/subscriptions/all"):
            return Reply(200, {"data": {"subscribed": True}})
        if MESSAGES.search(path):
            words = {"title": "Unauthorized", "detail": "Unauthorized", "type": "about:blank", "status": 401}
            return Reply(401, words)
        return Reply(200, {"data": {"id": "1", "username": "chaos"}})

    def throttled(self, seconds: int) -> Reply:
        """The moment at which the window ends, in whole seconds."""
        words = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}
        limits = {"x-rate-limit-limit": "15", "x-rate-limit-remaining": "0"}
        ends = str(int(time.time()) + seconds)
        return Reply(429, {**words, "status": 429}, headers={**limits, "x-rate-limit-reset": ends})


def _secrets(number: int) -> tuple[str, str]:
    """The app's and the account's."""
    return f"ChaosSecret{number:039d}", f"ChaosTokenSecret{number:029d}"


def _is_signed(url: str, authorization: str) -> bool:
    """RFC 5849, 3.4: the secrets sign the method, the address and every other value of the header."""
    given = {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', authorization)}
    signature = given.pop("oauth_signature", "")
    listed = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(given.items()))
    text = "&".join(quote(piece, safe="") for piece in ("POST", url, listed))
    key = "&".join(_secrets(int(given.get("oauth_consumer_key", "")[-17:] or 0)))
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha1).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), signature)


def _person(customer: int) -> str:
    return f"{1_400_000_000_000_000_000 + customer}"


def _signed(account: Account, ref: str, told: Mapping[str, object]) -> Hook:
    given = account.credentials
    body = json.dumps({"for_user_id": given["user_id"], **told}).encode()
    digest = hmac.new(given["consumer_secret"].encode(), body, hashlib.sha256).digest()
    signature = f"sha256={base64.b64encode(digest).decode()}"
    return Hook(ref, {"Content-Type": "application/json", SIGNATURE: signature}, body)


DIALECT = XDirectMessages()
