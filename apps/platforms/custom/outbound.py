"""What we tell another system (docs/custom-channel.md): one signed POST to its address for everything.

`webhook-id` is the key of what is told: the other side answers a repetition as it answered the first time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from apps.core.http import Http, HttpError, Response
from apps.platforms import cards
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Credentials,
    MediaFile,
    Outgoing,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from apps.platforms.custom import signing
from apps.platforms.shared.answers import redact, seconds, unanswered

Json = dict[str, Any]
LONGEST = 512  # characters of a ref


async def post(body: Json, creds: Credentials, http: Http, *, key: str = "") -> Json:
    """Tell it; what the other side answers, {} for 2xx without a JSON object. Raises SendError."""
    url, secret = address(creds), creds.get("secret", "").strip()
    raw = json.dumps({"account": creds.get("account", ""), **body}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    headers = signing.headers(key or f"msg_{uuid4().hex}", secret, raw, now=time.time())
    try:
        answer = await http.request("POST", url, headers=headers, body=raw)
    except HttpError as error:
        raise unanswered(error, (secret,)) from None
    return _result(answer, secret)


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; the other side's id of it, or our own when it has none. Raises SendError only."""
    key = str(outgoing.id)
    answer = await post({"type": "message", "id": key, **_message(outgoing)}, creds, http, key=key)
    ref = answer.get("id")
    return str(ref)[:LONGEST] if isinstance(ref, str | int) and not isinstance(ref, bool) and ref else key


def address(creds: Credentials) -> str:
    """Raises BadCredentials while the business has not said where its system is."""
    url = creds.get("base_url", "").strip()
    if not url:
        raise BadCredentials("the address of your system is missing", field="base_url", code="no_address")
    return url


def _message(outgoing: Outgoing) -> Json:
    part = outgoing.part
    if part.kind not in ("text", "link", "card", "media"):
        raise Rejected(
            f"a custom channel cannot be sent a part of kind {part.kind!r}", code="unsupported_part"
        )
    said: Json = {"to": outgoing.to, "text": part.text}
    said |= {"file": _file(outgoing.media)} if outgoing.media is not None else {}
    if part.card is not None:
        pictures = {str(position): _file(file) for position, file in outgoing.files.items()}
        said |= {"card": cards.to_json(part.card), "files": pictures, "text": cards.fallback_text(part.card)}
    about = {name: getattr(outgoing, name) for name in ("reply_to", "agent", "locale")}
    return {
        **said,
        **{name: value for name, value in about.items() if value},
        "automatic": outgoing.automatic,
    }


def _file(media: MediaFile) -> Json:
    """The other side fetches it; the address lives for some hours."""
    named = {"name": media.name, "mime": media.mime, "kind": media.kind, "size": media.size}
    return {**named, "url": media.url, "preview_url": media.preview_url, "seconds": media.seconds}


def _result(answer: Response, secret: str) -> Json:
    data = answer.json()
    body: Json = data if isinstance(data, dict) else {}
    if 200 <= answer.status < 300:
        return body
    raise _refusal(answer, body.get("error"), secret)


def _refusal(answer: Response, said: object, secret: str) -> SendError:
    """What a status means, with the code and the words of `{"error": {"code": …, "words": …}}`."""
    error: Mapping[str, Any] = said if isinstance(said, dict) else {}
    code = redact(str(error.get("code") or answer.status), (secret,))[:60]
    words = redact(str(error.get("words") or f"your system answered {answer.status}"), (secret,))[:500]
    if answer.status in (401, 403):
        return BadCredentials(words, field="secret", code=code)
    if answer.status in (301, 302, 303, 307, 308, 404, 405):
        return BadCredentials(words, field="base_url", code=code)
    if answer.status == 410:
        return ContactGone(words, code=code)
    if answer.status == 429:
        return Throttled(words, retry_after=seconds(answer.headers.get("retry-after", "")), code=code)
    if answer.status == 503:
        return Unreachable(words, code=code)
    if 400 <= answer.status < 500:
        return WindowClosed(words, code=code) if code == "window_closed" else Rejected(words, code=code)
    return Unknown(words, code=code)
