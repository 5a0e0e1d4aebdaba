"""What stands in one WhatsApp message, as the fields of `MessageReceived`.

The message's `type` names the key that holds its content. What has no row becomes `unsupported` with
WhatsApp's own name of the kind, so that a new kind is shown as such on the day it appears.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.platforms.events import MediaKind, MediaRef, Person
from apps.platforms.shared import places, tags
from apps.platforms.shared.contents import BROKEN
from apps.platforms.whatsapp import answers, orders
from apps.platforms.whatsapp.people import text

Fields = dict[str, Any]
Raw = Mapping[str, Any]
Details = tuple[tuple[str, str], ...]

# WhatsApp's type: our kind, and the name when it does not say one. `voice` is of before 2021.
MEDIA = {
    "image": (MediaKind.IMAGE, "photo.jpg"),
    "video": (MediaKind.VIDEO, "video.mp4"),
    "audio": (MediaKind.AUDIO, "audio"),
    "voice": (MediaKind.VOICE, "voice.ogg"),
    "document": (MediaKind.FILE, "file"),
    "sticker": (MediaKind.STICKER, "sticker.webp"),
}
REFERRAL = {
    "headline": "Advertisement",
    "body": "Advertisement text",
    "source_url": "Advertisement link",
    "ctwa_clid": "Click ID",
}


def fields(message: Raw) -> Fields:
    """The fields of `MessageReceived` that say what the customer sent; never all of them empty. What is not
    as WhatsApp documents it is shown as unsupported."""
    kind = text(message.get("type"))
    try:
        found = _read(message, kind)
    except BROKEN:
        found = _unsupported(message, kind)
    about = (
        *found.pop("details", ()),
        *_context(message.get("context")),
        *_referral(message.get("referral")),
    )
    return {**found, "details": about} if about else found


def _read(message: Raw, kind: str) -> Fields:
    content = message.get(kind)
    reader = READERS.get(kind)
    if kind in MEDIA and isinstance(content, dict) and content.get("id"):
        return _media(content, kind)
    if reader is not None and isinstance(content, dict | list):
        return reader(content)
    return _unsupported(message, kind)


def caption(message: Raw) -> str:
    """The words of a message that is edited, whatever its kind."""
    content = message.get(text(message.get("type")))
    return text(content.get("body") or content.get("caption")) if isinstance(content, dict) else ""


def _text(content: Raw) -> Fields:
    body = text(content["body"])
    if not body.strip():
        return {"unsupported": "empty"}
    said = tags.read(body)
    return {"text": said.text, "tag": said.tag, "group": said.group}


def _media(content: Raw, kind: str) -> Fields:
    ours, name = MEDIA[kind]
    ours = MediaKind.VOICE if content.get("voice") is True else ours
    size = content.get("file_size")
    media = MediaRef(
        kind=ours,
        locator={"id": text(content["id"])},
        name=text(content.get("filename")) or ("voice.ogg" if ours is MediaKind.VOICE else name),
        mime=text(content.get("mime_type")).partition(";")[0].strip(),
        size=size if isinstance(size, int) else 0,
    )
    return {"text": text(content.get("caption")), "media": (media,)}


def _location(content: Raw) -> Fields:
    named = {"title": text(content.get("name")), "address": text(content.get("address"))}
    return places.content(places.place(content["latitude"], content["longitude"], **named))


def _contacts(content: list[Raw]) -> Fields:
    """The first as a person, all others as lines of text: a message has room for one."""
    people = [_person(each) for each in content]
    if not people:
        return {"unsupported": "contacts"}
    lines = [", ".join(part for part in (person.name, person.phone) if part) for person in people[1:]]
    return {"person": people[0], "text": "\n".join(lines)}


def _person(contact: Raw) -> Person:
    name = contact.get("name") or {}
    parts = (text(name.get(part)) for part in ("first_name", "last_name"))
    phones = contact.get("phones") or [{}]
    phone = text(phones[0].get("phone") or phones[0].get("wa_id"))
    return Person(name=text(name.get("formatted_name")) or " ".join(filter(None, parts)), phone=phone)


READERS: dict[str, Callable[[Any], Fields]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "interactive": answers.interactive,
    "button": answers.button,
    "order": orders.read,
}


def _unsupported(message: Raw, kind: str) -> Fields:
    """WhatsApp's own word for the kind, and what it says about why we do not get it."""
    named = message.get("unsupported")
    inner = text(named.get("type")) if isinstance(named, dict) else ""
    said = [error_words(error) for error in message.get("errors") or () if isinstance(error, dict)]
    details = tuple(("WhatsApp", words) for words in said if words)
    return {"unsupported": inner or kind or "unknown", "details": details}


def error_words(error: Raw) -> str:
    data = error.get("error_data")
    detail = data.get("details") if isinstance(data, dict) else None
    return ": ".join(dict.fromkeys(text(part) for part in (error.get("title"), detail) if part))


def _context(context: Any) -> Details:
    """Which product a question is about, and whether these are somebody else's words."""
    context = context if isinstance(context, dict) else {}
    product = context.get("referred_product")
    product = product if isinstance(product, dict) else {}
    named = (
        ("Product", text(product.get("product_retailer_id"))),
        ("Catalogue", text(product.get("catalog_id"))),
        ("Forwarded", "many times" if context.get("frequently_forwarded") else ""),
    )
    return tuple((name, value) for name, value in named if value)


def _referral(referral: Any) -> Details:
    """The advertisement or post that led here."""
    referral = referral if isinstance(referral, dict) else {}
    return tuple((words, text(referral[name])) for name, words in REFERRAL.items() if referral.get(name))
