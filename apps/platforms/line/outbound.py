"""One part of a message to LINE: as a reply while the customer's token lives, else as a push.

A reply costs nothing and has no key: what became of one that got no answer is not known, and nobody repeats
it. A push counts against the plan's quota and carries X-Line-Retry-Key: LINE answers 409 to a key that it
has accepted within 24 hours (not documented for certain), which is as good as the first answer.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.core.http import Http
from apps.platforms.base import Credentials, MediaFile, Outgoing, Rejected, Unknown
from apps.platforms.file_limits import shown_as
from apps.platforms.line import calls, cards, errors, file_types
from apps.platforms.shared import card_pictures

REPLY_SECONDS = 50.0  # a token lives for a minute
DOUBT_SECONDS = REPLY_SECONDS + 30  # by when a try that chose a reply had certainly begun
SENDER = 20  # characters of a name
SHORTEST = 1000  # milliseconds that we name for a sound of which nobody knows how long it is

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; its message id. Raises SendError and nothing else."""
    body = {"messages": [message(outgoing)]}
    if may_have_been_reply(outgoing):
        words = "LINE did not say whether it took this reply"
        raise Unknown(words, code="reply_in_doubt", repeatable=False)
    token = reply_token(outgoing)
    if token:
        try:
            return await _reply({"replyToken": token, **body}, outgoing, creds, http)
        except errors.ReplyTokenSpent:
            pass
    path, key = "/v2/bot/message/push", str(outgoing.id)
    sent = await calls.call("POST", path, creds, http, json={"to": outgoing.to, **body}, retry_key=key)
    return _ref(sent, outgoing.id)


def reply_token(outgoing: Outgoing) -> str:
    """The token of the customer's last message, "" when it is used or about to end."""
    fresh = outgoing.handle_age < REPLY_SECONDS and not outgoing.answers and not outgoing.doubted
    return outgoing.handle.get("reply_token", "") if fresh else ""


def may_have_been_reply(outgoing: Outgoing) -> bool:
    """Whether an earlier try of which nobody knows the outcome may have used the token. A push would not."""
    age = outgoing.handle_age - outgoing.doubted
    could = "reply_token" in outgoing.handle and not outgoing.answers and age < DOUBT_SECONDS
    return bool(outgoing.doubted) and could


async def _reply(body: Json, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    try:
        sent = await calls.call("POST", "/v2/bot/message/reply", creds, http, json=body)
    except Unknown as error:
        raise Unknown(error.words, code=error.code, repeatable=False) from None
    return _ref(sent, outgoing.id)


def _ref(sent: Json, ours: UUID) -> str:
    """The message's id. A repeated push may name only the request, a stranger nothing."""
    found = sent.get("sentMessages")
    first = found[0] if isinstance(found, list) and found else None
    if isinstance(first, dict) and isinstance(first.get("id"), str) and first["id"]:
        return str(first["id"])
    if "acceptedRequestId" in sent:
        return f"request:{sent['acceptedRequestId'] or ours}"
    raise Unknown("the answer names no message")


def message(outgoing: Outgoing) -> Json:
    """One message object, under the agent's name where LINE takes it."""
    named = _sender(outgoing.agent)
    return {**_content(outgoing), **({"sender": {"name": named}} if named else {})}


def _content(outgoing: Outgoing) -> Json:
    part = outgoing.part
    if part.kind == "media" and outgoing.media is not None:
        return file(outgoing.media)
    if part.kind == "card" and part.card is not None and part.card.kind in cards.LIMITS:
        return cards.message(part.card, outgoing.locale, card_pictures.address(outgoing))
    if part.kind in ("text", "link"):
        return {"type": "text", "text": part.text, **_quote(outgoing)}
    raise Rejected(f"LINE cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def file(media: MediaFile) -> Json:
    """LINE fetches pictures, films and sounds; of any other file the customer gets the link."""
    if not media.url.startswith("https://") and not media.url.startswith("http://"):
        raise Rejected("the file has no address at which LINE could fetch it", code="no_public_url")
    shown = shown_as(media, file_types.LIMITS.shown)
    if shown is file_types.PICTURE:
        return _seen(shown.name, media, media.preview_url or media.url)
    if shown is file_types.FILM and media.preview_url:
        return _seen(shown.name, media, media.preview_url)
    if shown is file_types.SOUND:
        duration = round(media.seconds * 1000) or SHORTEST
        return {"type": "audio", "originalContentUrl": media.url, "duration": duration}
    return {"type": "text", "text": f"{media.name}\n{media.url}"}


def _seen(kind: str, media: MediaFile, preview: str) -> Json:
    return {"type": kind, "originalContentUrl": media.url, "previewImageUrl": preview}


def _quote(outgoing: Outgoing) -> Json:
    """Only the customer's last message can be quoted: its token came with it."""
    handle = outgoing.handle
    ours = outgoing.reply_to and outgoing.reply_to == handle.get("message")
    return {"quoteToken": handle["quote"]} if ours and handle.get("quote") else {}


def _sender(agent: str) -> str:
    """LINE refuses names with its own in them."""
    return "" if "line" in agent.lower() else agent[:SENDER].strip()
