"""What a visitor is told of a message: the public half, and nothing of ours inside.

No ids of people, no notes, no teams, no tags; of an agent the first name only.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.conversations.models import (
    Attachment,
    AttachmentState,
    AuthorKind,
    DeliveryStatus,
    Direction,
    Message,
)
from apps.platforms import cards, compose, registry
from apps.widget import tickets
from apps.widget.models import Visitor

Shape = dict[str, Any]
PLATFORM = "webchat"


def shape(message: Message) -> Shape:
    """One message, without addresses of files (`with_addresses` adds them for one visitor)."""
    mine = message.direction == Direction.IN
    found: Shape = {
        "id": str(message.id),
        "conversation": str(message.conversation_id),
        "seq": message.seq,
        "from": "visitor" if mine else "business",
        "at": message.created_at.isoformat(),
        "text": "" if message.withdrawn_at else message.text,
        "reply_to": str(message.reply_to_id) if message.reply_to_id else None,
        "edited": message.edited_at is not None,
        "withdrawn": message.withdrawn_at is not None,
        "files": [] if message.withdrawn_at else [file_shape(each) for each in message.attachments.all()],
    }
    if mine:
        found["client_id"] = client_id_of(message)
    else:
        found["name"], found["automatic"] = author_name(message), message.author_kind in _AUTOMATIC
    if not message.withdrawn_at:
        found |= {kind: message.content[kind] for kind in _BESIDES if message.content.get(kind)}
        _as_shown(found)
    return found


_BESIDES = ("card", "answer", "place", "reaction")


def _as_shown(found: Shape) -> None:
    """A card that a panel cannot show (it repeats ids, it asks nothing) is words, as it went out."""
    if "card" not in found:
        return
    card = _read(found["card"])
    if card is None:
        del found["card"]
    elif not compose.can_show(card, registry.get(PLATFORM).capabilities, None):
        found["text"] = "\n".join(words for words in (found["text"], cards.fallback_text(card)) if words)
        del found["card"]


def card_in(message: Message) -> cards.Card | None:
    """The card of a message, None when there is none or it cannot be read."""
    stored = message.content.get("card")
    return _read(stored) if stored else None


def _read(stored: dict[str, Any]) -> cards.Card | None:
    try:
        return cards.from_json(stored)
    except cards.BadCard:
        return None


_AUTOMATIC = {AuthorKind.BOT, AuthorKind.SYSTEM, AuthorKind.PROGRAM}


def with_addresses(found: Shape, visitor: Visitor) -> Shape:
    """The same message with addresses of its files, good for this visitor for five minutes."""
    if "files" not in found:  # a message that is to be removed
        return found
    return {**found, "files": [file_addresses(each, visitor) for each in found["files"]]}


def file_addresses(file: Shape, visitor: Visitor) -> Shape:
    """One file with its addresses; a file that is not stored has none."""
    if file["state"] != AttachmentState.STORED:
        return file
    attachment_id = UUID(file["id"])
    more = {"url": tickets.address(visitor, attachment_id, preview=False)}
    if file["has_preview"]:
        more["preview_url"] = tickets.address(visitor, attachment_id, preview=True)
    return {**file, **more}


def shown(message: Message) -> bool:
    """False for what was never sent to the customer: its deliveries are parked because they had left."""
    if message.direction == Direction.IN:
        return True
    return all(each.state != DeliveryStatus.PARKED for each in message.deliveries.all())


def ref_of(visitor_id: UUID, client_id: UUID) -> str:
    """The platform ref of what a visitor says: their own id of it, apart from all other visitors'."""
    return f"{visitor_id.hex}.{client_id}"


def client_id_of(message: Message) -> str | None:
    return message.ref.rpartition(".")[2] if message.ref and "." in message.ref else None


def author_name(message: Message) -> str:
    """A person's first name, "" when they have given none; a bot's whole name."""
    if message.author_kind in _AUTOMATIC:
        return message.author_name
    return first_name(message.author.user.name if message.author else message.author_name)


def first_name(name: str) -> str:
    return next(iter(name.split()), "")


def file_shape(attachment: Attachment) -> Shape:
    """One file, without addresses."""
    return {
        "id": str(attachment.id),
        "kind": attachment.kind,
        "name": attachment.name,
        "mime": attachment.mime,
        "size": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
        "state": attachment.state,
        "has_preview": bool(attachment.preview),
    }
