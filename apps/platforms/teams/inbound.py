"""What Teams tells as activities. Only chats of one person with the bot are conversations here: nothing comes
of group chats and channels.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from apps.platforms.base import Inbound, Malformed
from apps.platforms.bodies import read_object
from apps.platforms.events import (
    ContactLeft,
    EntryPointTapped,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
    TypingChanged,
)
from apps.platforms.shared import tags
from apps.platforms.teams import cards, places

CHANNEL = "msteams"
PERSONAL = "personal"
FILE = "application/vnd.microsoft.teams.file.download.info"
KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
# What Teams calls its first six; later ones are named by their code point ("1f389_partypopper").
EMOJI = {"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "🙁", "angry": "😠"}
NAMED = re.compile(r"([0-9a-f]{4,6})(?:_.*)?", re.ASCII | re.DOTALL)
# Not documented as a closed list: how an installation begins and ends.
ADDED, REMOVED = ("add", "add-upgrade"), ("remove", "remove-upgrade")

Raw = Mapping[str, Any]


def dedup_key(request: Inbound) -> str:
    """Kind, message and time: an edit has the id of what it changes. Raises Malformed."""
    return _key(read_object(request.body))


def _key(body: Raw) -> str:
    kind, activity, at = (body.get(name) for name in ("type", "id", "timestamp"))
    if not isinstance(activity, str) or not activity:
        raise Malformed("the activity has no id")
    return f"{places.ref(_conversation(body), activity)}:{kind}:{at or ''}"[:200]


def events(body: Raw, *, to: str) -> Sequence[Event]:
    """Raises Malformed, and what bad types raise."""
    if body.get("channelId") != CHANNEL or not _is_personal(body):
        return []
    kind = body.get("type")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    return reader(body, _about(body, to)) if reader else _unknown(body, _about(body, to))


def _about(body: Raw, to: str) -> dict[str, Any]:
    sender = body.get("from")
    name = sender.get("name") if isinstance(sender, dict) else ""
    facts = Facts(locale=str(body.get("locale") or ""), name=str(name or ""))
    return {"to": to, "address": _conversation(body), "ref": _key(body), "at": _time(body), "facts": facts}


def _message(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    """A tap on a card is a message with a `value`, and often without words."""
    said = tags.read(_words(body))
    answer = cards.answer(body.get("value"), said.text)
    rows = body.get("attachments")
    files = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    media = tuple(found for row in files if (found := _media(row)))
    fields: dict[str, Any] = {"text": said.text, "media": media, "answer": answer}
    if not said.text and not media and answer is None:
        fields["unsupported"] = _kind_of(body, files)
    handle = {"service": str(body.get("serviceUrl") or "")}
    quoted = body.get("replyToId")
    reply = places.ref(about["address"], quoted) if isinstance(quoted, str) and quoted else ""
    about = {**about, "ref": _ref(body)}
    return [MessageReceived(**about, **fields, tag=said.tag, group=said.group, reply_to=reply, handle=handle)]


def _updated(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    return [MessageEdited(**about, target=_ref(body), text=_words(body))]


def _deleted(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    return [MessageWithdrawn(**about, target=_ref(body))]


def _reacted(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    """One that was added, else the end of one. `replyToId` is what was reacted to."""
    target = body.get("replyToId")
    if not isinstance(target, str) or not target:
        raise Malformed("the reaction is to nothing")
    added, removed = body.get("reactionsAdded") or [], body.get("reactionsRemoved") or []
    if not added and not removed:
        return []
    emoji = _emoji(str(added[0]["type"])) if added else ""
    return [ReactionReceived(**about, target=places.ref(about["address"], target), emoji=emoji)]


def _typing(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    return [TypingChanged(**about, typing=True)]


def _installed(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    action = body.get("action")
    if action in REMOVED:
        return [ContactLeft(**about, reason="deleted")]
    return [EntryPointTapped(**about)] if action in ADDED else []


def _nothing(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    """Members of a chat of two: the installation says the same."""
    return []


def _unknown(body: Raw, about: dict[str, Any]) -> Sequence[Event]:
    return [MessageReceived(**about, unsupported=str(body.get("type") or "activity")[:64])]


def _words(body: Raw) -> str:
    """Without the mention of the bot itself."""
    text = body.get("text")
    said = text if isinstance(text, str) else ""
    entities = body.get("entities")
    bot = body.get("recipient")
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, dict) and entity.get("type") == "mention" and isinstance(bot, dict):
            mentioned = entity.get("mentioned")
            if isinstance(mentioned, dict) and mentioned.get("id") == bot.get("id"):
                said = said.replace(str(entity.get("text") or "\0"), "")
    return said.strip()


def _media(row: Raw) -> MediaRef | None:
    """A picture lies with the Connector, a file in the sender's OneDrive under an address that lives for
    minutes. What is neither is the message once more as HTML, or a card."""
    mime, name = str(row.get("contentType") or ""), str(row.get("name") or "")
    content = row.get("content")
    if mime == FILE and isinstance(content, dict) and isinstance(content.get("downloadUrl"), str):
        ending = str(content.get("fileType") or "").lower()
        mime = PICTURES.get(ending, "")
        kind = KINDS.get(mime.partition("/")[0], MediaKind.FILE)
        return MediaRef(
            kind=kind, locator={"open": content["downloadUrl"]}, name=name, mime=mime, urgent=True
        )
    url, main = row.get("contentUrl"), mime.partition("/")[0]
    if not isinstance(url, str) or not url or main not in KINDS:
        return None
    mime = "" if mime.endswith("/*") else mime
    return MediaRef(kind=KINDS[main], locator={"url": url}, name=name, mime=mime)


def _kind_of(body: Raw, files: Sequence[Raw]) -> str:
    if files:
        return str(files[0].get("contentType") or "attachment")[:64]
    return "value" if body.get("value") is not None else "empty"


def _emoji(name: str) -> str:
    found = NAMED.fullmatch(name)
    if name in EMOJI or not found:
        return EMOJI.get(name, "❔")
    try:
        return chr(int(found[1], 16))
    except (ValueError, OverflowError):
        return "❔"


def _is_personal(body: Raw) -> bool:
    conversation = body["conversation"]
    return conversation.get("conversationType", PERSONAL) == PERSONAL and not conversation.get("isGroup")


def _conversation(body: Raw) -> str:
    conversation = body.get("conversation")
    found = conversation.get("id") if isinstance(conversation, dict) else None
    if not isinstance(found, str) or not 0 < len(found) <= 255:
        raise Malformed("the activity names no conversation")
    return found


def _ref(body: Raw) -> str:
    return places.ref(_conversation(body), str(body.get("id")))[:255]


def _time(body: Raw) -> datetime:
    """ISO 8601 with up to seven decimals, of which the last is cut."""
    given = str(body.get("timestamp") or "")
    try:
        at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", given))
    except ValueError:
        return datetime.now(UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


READERS: dict[str, Callable[[Raw, dict[str, Any]], Sequence[Event]]] = {
    "message": _message,
    "messageUpdate": _updated,
    "messageDelete": _deleted,
    "messageReaction": _reacted,
    "typing": _typing,
    "installationUpdate": _installed,
    "conversationUpdate": _nothing,
}
