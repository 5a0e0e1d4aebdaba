"""One part of a message as the type and the content of an envelope.

Files are stored with Apple first, which sends nothing: a part is one message, that is sent or not as a whole.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any

from apps.platforms.apple_messages import attachments, contacts, interactive, links, pictures, refusals
from apps.platforms.apple_messages.gateway import Gateway
from apps.platforms.base import MediaFile, Outgoing, Rejected
from apps.platforms.cards import Card, ContactCard, Link, ListPicker, MediaGroup, images

Json = dict[str, Any]
Files = Mapping[int, MediaFile]


async def content(outgoing: Outgoing, gateway: Gateway) -> tuple[str, Json]:
    """The type of the message and what is in it. Raises SendError."""
    part = outgoing.part
    if part.kind == "text":
        return "text", {"body": part.text}
    if part.kind == "link":
        return "richLink", {"richLinkData": links.rich_link(part.text)}
    if part.kind == "card" and part.card is not None:
        return await _card(part.card, outgoing.files, gateway)
    if part.kind == "media" and outgoing.media is not None:
        return await _files([outgoing.media], part.text, gateway)
    raise Rejected(f"a part of kind {part.kind!r} has nothing in it", code="part")


async def _card(card: Card, files: Files, gateway: Gateway) -> tuple[str, Json]:
    match card:
        case MediaGroup():
            return await _files(
                [files[place] for place in images(card) if place in files], card.text, gateway
            )
        case ContactCard():
            name, content = contacts.file_name(card), contacts.vcard(card)
            attachment = await attachments.upload_bytes(name, contacts.TYPE, content, gateway)
            return "text", {"body": attachments.PLACEHOLDER, "attachments": [attachment]}
    drawn = await asyncio.to_thread(_pictures, card, files) if files else {}
    if isinstance(card, Link):
        return "richLink", {"richLinkData": _rich_link(card, drawn)}
    return "interactive", {"interactiveData": interactive.compile_card(card, drawn)}


async def _files(files: Sequence[MediaFile], text: str, gateway: Gateway) -> tuple[str, Json]:
    """Several files are one message: a placeholder for each, in order."""
    stored = [await attachments.upload(file, gateway) for file in files]
    if not stored:
        raise Rejected("the files are missing", code="file")
    return "text", {"body": attachments.PLACEHOLDER * len(stored) + text, "attachments": stored}


def _rich_link(card: Link, drawn: Mapping[int, bytes]) -> Json:
    found = list(refusals.problems(card))
    if found:
        raise Rejected(" ".join(found), code="card")
    link: Json = {"url": card.url, "title": refusals.link_title(card)}
    for png in drawn.values():
        link["assets"] = {"image": {"data": base64.b64encode(png).decode(), "mimeType": "image/png"}}
    return link


def _pictures(card: Card, files: Files) -> dict[int, bytes]:
    """The card's pictures as PNG, by position."""
    shown = _shown(card, files)
    most = min(pictures.MOST_BYTES, pictures.MOST_TOGETHER // max(1, len(shown)))
    return {place: pictures.png(file.path, _edges(card, place), most=most) for place, file in shown.items()}


def _shown(card: Card, files: Files) -> dict[int, MediaFile]:
    return {place: files[place] for place in images(card) if place in files}


def _edges(card: Card, place: int) -> pictures.Edges:
    """How large the picture is drawn."""
    heads = isinstance(card, ListPicker | Link) and card.image == place
    return pictures.BUBBLE if heads else pictures.ITEM
