"""One part of a message to the calls that say it, and finding it again when their answer was lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from apps.core.http import Http
from apps.platforms.base import Credentials, Outgoing, Part, Rejected, Unknown
from apps.platforms.slack import api, blocks, inbound, mrkdwn, places, uploads
from apps.platforms.slack.places import Place

CUSTOMIZE = "chat:write.customize"  # the scope with which an agent answers under their own name
READ_METADATA = "metadata.message:read"
EARLIER = 120.0  # seconds by which our clock may be ahead of Slack's
PAGE, PAGES = 100, 10

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; "<channel>:<ts>", of a file "<channel>:<its id>". Raises SendError and nothing else."""
    api.token(creds)
    place = _place(outgoing)
    if outgoing.media is not None:
        file_id = await uploads.share(outgoing.media, outgoing.part.text, place, creds, http)
        return places.ref(place.channel, file_id)
    said = {**_target(place), **words(outgoing.part, outgoing.locale), **_author(outgoing, creds)}
    metadata = {"event_type": inbound.MARK, "event_payload": {"delivery_id": str(outgoing.id)}}
    sent = await api.call("chat.postMessage", creds, http, {**said, "metadata": metadata})
    ts = sent.get("ts")
    if not isinstance(ts, str) or not ts:
        raise Unknown("the answer names no message")
    return places.ref(place.channel, ts)


async def find(outgoing: Outgoing, creds: Credentials, http: Http) -> str | None:
    """As the contract: by the metadata of our messages; a file by its name and size, because an upload takes
    no metadata. Two equal files cannot be told apart (Unknown)."""
    place = _place(outgoing)
    found = []
    async for message in _messages(place, _begun(outgoing.id), creds, http):
        if outgoing.media is None and inbound.delivery_of(message) == str(outgoing.id):
            return places.ref(place.channel, str(message.get("ts", "")))
        if outgoing.media is not None and message.get("user") == creds.get("bot_user_id"):
            found += uploads.same_files(message, outgoing.media)
    if len(found) > 1:
        raise Unknown("several files of this name and size were sent", code="not_alone")
    return places.ref(place.channel, found[0]) if found else None


def words(part: Part, locale: str) -> Json:
    """The parameters of chat.postMessage for a text, a link or a card. Without mrkdwn, so that text stays as
    it is; beside blocks `text` is what a notification says."""
    if part.kind == "card" and part.card is not None:
        if part.card.kind not in blocks.LIMITS or not blocks.fits(part.card):
            raise Rejected("the card is too large for Slack", code="card_too_large")
        text = mrkdwn.escaped(blocks.words(part.card))
        return {"text": text, "blocks": blocks.blocks(part.card, locale), "mrkdwn": False}
    if part.kind in ("text", "link"):
        return {"text": mrkdwn.escaped(part.text), "mrkdwn": False, "unfurl_links": part.kind == "link"}
    raise Rejected(f"Slack cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


def _place(outgoing: Outgoing) -> Place:
    """In direct messages an answer goes into the thread of what it answers, when that is in one."""
    place = places.of_address(outgoing.to)
    return Place(place.channel, place.thread or places.ts_of(outgoing.reply_to, place.channel))


def _target(place: Place) -> Json:
    return {"channel": place.channel, **({"thread_ts": place.thread} if place.thread else {})}


def _author(outgoing: Outgoing, creds: Credentials) -> Json:
    named = outgoing.agent and CUSTOMIZE in creds.get("scopes", "").split(",")
    return {"username": outgoing.agent[:80]} if named else {}


def _begun(delivery: UUID) -> float:
    """The unix time that a UUIDv7 carries, some seconds earlier; 0 for another UUID."""
    return max(0.0, (delivery.int >> 80) / 1000 - EARLIER) if delivery.version == 7 else 0.0


async def _messages(place: Place, since: float, creds: Credentials, http: Http) -> AsyncIterator[Json]:
    """What was said there since, newest first in direct messages. Raises Unknown when it cannot all be read,
    because then nothing is certain."""
    method = "conversations.replies" if place.thread else "conversations.history"
    where = {"channel": place.channel, **({"ts": place.thread} if place.thread else {})}
    asked = {**where, "oldest": f"{since:.6f}", "limit": PAGE, "include_all_metadata": True}
    cursor = ""
    for _ in range(PAGES):
        answer, scopes = await api.ask(
            method, creds, http, {**asked, **({"cursor": cursor} if cursor else {})}
        )
        if scopes is not None and READ_METADATA not in scopes:
            raise Unknown(f"without {READ_METADATA} our messages cannot be told", code="missing_scope")
        rows = answer.get("messages")
        if not isinstance(rows, list):
            raise Unknown("the answer has no messages")
        for row in rows:
            if isinstance(row, dict):
                yield row
        more = answer.get("response_metadata")
        cursor = str(more.get("next_cursor") or "") if isinstance(more, dict) else ""
        if not cursor:
            return
    raise Unknown("there are more messages than can be looked through", code="too_many")
