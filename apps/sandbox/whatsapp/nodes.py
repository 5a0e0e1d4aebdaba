"""The number, the business account and files as nodes of the Graph API (3.1, 3.4)."""

from __future__ import annotations

import asyncio
import secrets
import time
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from apps.core.http import Egress, HttpDoor, HttpError
from apps.sandbox import accounts, store
from apps.sandbox.models import SandboxAccount, SandboxFile
from apps.sandbox.whatsapp.errors import CloudError, no_such_object

LINK_SECONDS = 300
Json = dict[str, Any]


def number(account: SandboxAccount, given: Json) -> Json:
    """As people write it, with what Meta knows of its quality and of where its webhooks go."""
    places = {"application": accounts.registered_webhook(account), "phone_number": account.webhook_url}
    return {
        "id": account.key,
        "display_phone_number": f"+{account.address[:2]} {account.address[2:]}",
        "verified_name": account.name,
        "quality_rating": "GREEN",
        "webhook_configuration": {name: place for name, place in places.items() if place},
    }


def configure(account: SandboxAccount, given: Json) -> Json:
    """Lead the number's webhooks elsewhere, once that address has answered a challenge."""
    wanted = given.get("webhook_configuration")
    wanted = wanted if isinstance(wanted, dict) else {}
    url = str(wanted.get("override_callback_uri", ""))[:500]
    if url and not _answers(url, str(wanted.get("verify_token", ""))):
        raise CloudError(2200, "Callback verification failed", "The callback URL could not be validated")
    account.webhook_url = url
    account.save(update_fields=["webhook_url"])
    return {"success": True}


def subscribe(account: SandboxAccount, given: Json) -> Json:
    account.data = {**account.data, "subscribed": True}
    account.save(update_fields=["data"])
    return {"success": True}


def automate(account: SandboxAccount, given: Json) -> Json:
    account.data = {**account.data, "prompts": given.get("prompts") or []}
    account.save(update_fields=["data"])
    return {"success": True}


def templates(account: SandboxAccount, given: Json) -> Json:
    """One page; `next` stands there while there are more."""
    rows = account.data["templates"]
    after, limit = str(given.get("after") or "0"), str(given.get("limit") or "25")
    first = int(after) if after.isdigit() else 0
    end = first + min(100, max(1, int(limit) if limit.isdigit() else 25))
    more = {"next": f"{accounts.base_url('whatsapp')}/next"} if end < len(rows) else {}
    summary = {"total_count": len(rows), "message_template_count": len(rows), "message_template_limit": 6000}
    asked = {"summary": {**summary, "are_translations_complete": True}} if given.get("summary") else {}
    paging = {"cursors": {"before": str(first), "after": str(end)}, **more}
    return {"data": rows[first:end], "paging": paging, **asked}


def media(account: SandboxAccount, key: str) -> Json:
    """Where a file lies for the next five minutes; the token is needed there as well."""
    kept = store.find(account, key)
    if kept is None:
        raise no_such_object(key)
    ends = int(time.time()) + LINK_SECONDS
    query = urlencode({"ext": ends, "hash": link_hash(account, key, ends)})
    url = f"{settings.BASE_URL}/sandbox/whatsapp/media/{account.key}/{key}?{query}"
    facts = {"mime_type": kept.mime, "sha256": digest(kept), "file_size": kept.size, "id": key}
    return {"messaging_product": "whatsapp", "url": url, **facts}


def forget(account: SandboxAccount, key: str) -> Json:
    kept = store.find(account, key)
    if kept is None:
        raise no_such_object(key)
    SandboxFile.objects.filter(pk=kept.pk).update(key=f"-{secrets.token_hex(12)}")
    return {"success": True}


def lives(account: SandboxAccount, key: str, ends: str, given: str) -> bool:
    """Whether a link is one of ours and not older than five minutes."""
    if not (ends.isascii() and ends.isdigit()) or int(ends) < time.time():
        return False
    return compare_digest(given, link_hash(account, key, int(ends)))


def link_hash(account: SandboxAccount, key: str, ends: int) -> str:
    return hmac(account.secret.encode(), f"{key}.{ends}".encode(), sha256).hexdigest()[:24]


def digest(kept: SandboxFile) -> str:
    return sha256(store.path_of(kept).read_bytes()).hexdigest()


def _answers(url: str, token: str) -> bool:
    """Whether who answers at `url` knows the token: the handshake of 2.2."""
    challenge = str(secrets.randbelow(10**9))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}

    async def ask() -> str:
        async with HttpDoor(Egress.parse(settings.EGRESS_ALLOW)) as http:
            answer = await http.request("GET", f"{url}?{urlencode(query)}", timeout=5)
            return answer.text if answer.status == 200 else ""

    try:
        return asyncio.run(ask()) == challenge
    except HttpError:
        return False
