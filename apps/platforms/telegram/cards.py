"""Cards as the Bot API shows them: inline keyboards, places, contacts, albums, and a button that asks where.

A card is one request, so that it is sent or not sent as a whole. One picture stands above a list or a link as
a photo with a caption; where that does not fit, the files go by themselves before the card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from apps.platforms.base import Content, MediaFile
from apps.platforms.cards import (
    Card,
    CardLimits,
    ContactCard,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    images,
)
from apps.platforms.file_limits import shown_as
from apps.platforms.shared.card_text import prompt, send_place
from apps.platforms.telegram import files, keyboards

CAPTION_LIMIT = 1024
ALBUM = range(2, 11)  # files
LIMITS = {
    "quick_replies": CardLimits(
        most=keyboards.MOST_BUTTONS, title=keyboards.TEXT_LIMIT, id=keyboards.OPTION_BYTES
    ),
    "list_picker": CardLimits(
        most=keyboards.MOST_BUTTONS,
        sections=0,
        title=keyboards.TEXT_LIMIT,
        id=keyboards.OPTION_BYTES,
        images=True,
        pictures=(files.PHOTO,),
        multiple=True,
    ),
    "time_slots": CardLimits(
        most=keyboards.MOST_BUTTONS, title=keyboards.TEXT_LIMIT, id=keyboards.SLOT_BYTES
    ),
    "link": CardLimits(title=keyboards.TEXT_LIMIT, images=True, pictures=(files.PHOTO,)),
    "location_request": CardLimits(title=keyboards.TEXT_LIMIT),
    "location": CardLimits(),
    "contact": CardLimits(),
    "media_group": CardLimits(
        fewest=ALBUM.start,
        most=ALBUM.stop - 1,
        title=CAPTION_LIMIT,
        images=True,
        pictures=(files.PHOTO, files.FILM),
    ),
}

Json = dict[str, Any]
Files = Mapping[int, MediaFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call that shows a card; `files` by the name of their field."""

    method: str
    parameters: Json
    files: Mapping[str, MediaFile] = field(default_factory=dict)


def limits_for(content: Content) -> Mapping[str, CardLimits]:
    """LIMITS as they are for the card of `content`: without pictures where they are several, or where the
    words are too many for a caption."""
    card = content.card
    if not isinstance(card, ListPicker | Link) or not images(card) or _captions(card):
        return LIMITS
    return {**LIMITS, card.kind: replace(LIMITS[card.kind], images=False)}


def fits(card: Card) -> bool:
    """What no CardLimits says: all words together, a keyboard's size, addresses that a button opens."""
    match card:
        case Link():
            return 0 < len(card.text.strip()) <= keyboards.TEXT_LIMIT and _opens(card.url)
        case LocationRequest() | Location() | ContactCard() | MediaGroup():
            return True
        case _:
            return keyboards.fits(card)


def shown(card: Card, found: Files) -> tuple[MediaFile, ...]:
    """The files that are part of the card: an album's photos and films, or the one picture of another."""
    wanted = [found.get(position) for position in images(card)]
    usable = [file for file in wanted if file is not None and shown_as(file, LIMITS[card.kind].pictures)]
    whole = len(usable) == len(wanted) and (isinstance(card, MediaGroup) or _captions(card))
    return tuple(usable) if whole else ()


def _captions(card: Card) -> bool:
    """Whether all of the card stands below its picture."""
    return len(images(card)) == 1 and len(_words(card)) <= CAPTION_LIMIT


def request(card: Card, found: Files, locale: str) -> Request:
    """The call for a card of LIMITS that `fits`. `locale` is the customer's."""
    match card:
        case Location():
            return _place(card)
        case ContactCard():
            contact = {"phone_number": card.phone, "first_name": card.name}
            return Request(method="sendContact", parameters=contact)
        case MediaGroup():
            return _album(card, found)
        case _:
            return _message(card, found, locale)


def _message(card: Card, found: Files, locale: str) -> Request:
    markup = {"reply_markup": _markup(card, locale)}
    for picture in shown(card, found):
        caption = {"caption": _words(card), **markup}
        return Request(method="sendPhoto", parameters=caption, files={"photo": picture})
    return Request(method="sendMessage", parameters={"text": _words(card), **markup})


def _words(card: Card) -> str:
    match card:
        case Link():
            return card.text
        case LocationRequest():
            return card.prompt
        case _:
            return prompt(card)


def _markup(card: Card, locale: str) -> Json:
    match card:
        case Link():
            return {"inline_keyboard": [[{"text": card.button, "url": card.url}]]}
        case LocationRequest():
            button = {"text": send_place(locale), "request_location": True}
            return {"keyboard": [[button]], "one_time_keyboard": True, "resize_keyboard": True}
        case _:
            return keyboards.markup(card)


def _place(card: Location) -> Request:
    """A venue has both a title and an address; a place without either is a bare location."""
    place: Json = {"latitude": card.latitude, "longitude": card.longitude}
    title, address = card.title.strip(), card.address.strip()
    if not title and not address:
        return Request(method="sendLocation", parameters=place)
    point = f"{card.latitude:.6f}, {card.longitude:.6f}"
    named = {"title": title or address, "address": address if title and address else point}
    return Request(method="sendVenue", parameters={**place, **named})


def _album(card: MediaGroup, found: Files) -> Request:
    """The caption of the first file is the album's."""
    given = {f"file{number}": file for number, file in enumerate(shown(card, found))}
    media = [{"type": _group_type(file), "media": f"attach://{name}"} for name, file in given.items()]
    if card.text.strip():
        media[0]["caption"] = card.text
    return Request(method="sendMediaGroup", parameters={"media": media}, files=given)


def _group_type(file: MediaFile) -> str:
    """What an album calls the file."""
    shown = shown_as(file, LIMITS["media_group"].pictures)
    return shown.name if shown else ""


def _opens(url: str) -> bool:
    """Whether a button may have this address: the server refuses a host without a dot, and spaces."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return ("." in host or ":" in host) and not any(letter.isspace() for letter in url)
