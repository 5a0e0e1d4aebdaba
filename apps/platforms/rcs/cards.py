"""Cards as suggestions under a text, and as rich cards where there are pictures.

A suggestion is a chip that any RCS phone shows; a carousel only where the phone says so, else the same
options go as chips. What does not fit becomes numbered text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from apps.platforms.base import MediaFile
from apps.platforms.cards import (
    Card,
    CardLimits,
    ContactCard,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    TimeSlots,
    images,
    options,
)
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import prompt

TEXT_LIMIT = 3072
SUGGESTIONS = 11
SUGGESTION_TEXT = 25
POSTBACK = 2048
CARDS = range(2, 11)  # of a carousel
CARD_TITLE = 200
CARD_TEXT = 2000
CAROUSEL, STANDALONE = "RICHCARD_CAROUSEL", "RICHCARD_STANDALONE"

Json = dict[str, Any]
Files = Mapping[int, MediaFile]

_CHOICE = CardLimits(most=SUGGESTIONS, title=TEXT_LIMIT, choice=SUGGESTION_TEXT, id=POSTBACK // 2)
LIMITS: Mapping[str, CardLimits] = {
    "quick_replies": _CHOICE,
    "list_picker": CardLimits(
        most=SUGGESTIONS,
        sections=0,
        title=CARD_TITLE,
        choice=SUGGESTION_TEXT,
        id=POSTBACK // 2,
        images=True,
        images_perhaps=True,
    ),
    "time_slots": _CHOICE,
    "link": CardLimits(title=CARD_TEXT, choice=SUGGESTION_TEXT, images=True, images_perhaps=True),
    "location_request": CardLimits(title=TEXT_LIMIT),
    "location": CardLimits(title=TEXT_LIMIT),
    "contact": CardLimits(title=TEXT_LIMIT),
}


def fits(card: Card) -> bool:
    """What no CardLimits says: all words together."""
    said = _words(card)
    return len(said.strip()) > 0 and len(said) <= TEXT_LIMIT


def wants(card: Card) -> str:
    """The ability of the phone that shows the card as it is meant; "" when every phone does."""
    if not images(card):
        return ""
    return STANDALONE if isinstance(card, Link) else CAROUSEL if _is_carousel(card) else ""


def message(card: Card, files: Files, features: frozenset[str]) -> Json:
    """The `contentMessage` that shows a card which `fits` on a phone with `features`."""
    if wants(card) and wants(card) in features and all(_url(files, place) for place in images(card)):
        return _standalone(card, files) if isinstance(card, Link) else _carousel(card, files)
    return {"text": _words(card), "suggestions": list(_suggestions(card))}


def _words(card: Card) -> str:
    match card:
        case Link():
            return card.text
        case LocationRequest():
            return card.prompt
        case Location():
            return "\n".join(line for line in (card.title, card.address) if line) or "📍"
        case ContactCard():
            return f"{card.name}\n{card.phone}"
    return prompt(card)


def _suggestions(card: Card) -> Iterator[Json]:
    match card:
        case Link():
            yield _action(card.button, "link", openUrlAction={"url": card.url})
        case LocationRequest():
            yield _action("📍", "place", shareLocationAction={})
        case Location():
            spot = {"latitude": card.latitude, "longitude": card.longitude}
            yield _action("📍", "map", viewLocationAction={"latLong": spot, "label": card.title})
        case ContactCard():
            yield _action("📞", "call", dialAction={"phoneNumber": card.phone})
        case TimeSlots():
            for slot in card.slots:
                title = f"{slot.start.astimezone(_zone(card)):%Y-%m-%d %H:%M}"
                yield _reply(title, choices.slot_payload(card.id, slot))
        case _:
            for option in options(card):
                yield _reply(option.title, choices.payload(card.id, option.id))


def _zone(card: TimeSlots) -> ZoneInfo:
    return ZoneInfo(card.timezone or str(UTC))


def _reply(title: str, data: str) -> Json:
    return {"reply": {"text": title, "postbackData": data}}


def _action(title: str, data: str, **what: Json) -> Json:
    return {"action": {"text": title, "postbackData": data, **what}}


def _is_carousel(card: Card) -> bool:
    """Where every option has room for its words, and the first for the heading of all."""
    if not isinstance(card, ListPicker) or len(options(card)) not in CARDS:
        return False
    return all(len(words) <= CARD_TEXT for words in [_heading(card), *(o.subtitle for o in options(card))])


def _heading(card: Card) -> str:
    """What the first card of a carousel says below its title."""
    return "\n".join(filter(None, [prompt(card), options(card)[0].subtitle]))


def _carousel(card: Card, files: Files) -> Json:
    """One card for each option, with the heading of all in the first one's text."""
    contents = [_option(card, option, files) for option in options(card)]
    contents[0]["description"] = _heading(card)
    return {"richCard": {"carouselCard": {"cardWidth": "MEDIUM", "cardContents": contents}}}


def _option(card: Card, option: Option, files: Files) -> Json:
    content: Json = {"title": option.title}
    content["suggestions"] = [_reply(option.title, choices.payload(card.id, option.id))]
    if option.subtitle.strip():
        content["description"] = option.subtitle
    if option.image is not None:
        content["media"] = _media(files[option.image])
    return content


def _standalone(card: Link, files: Files) -> Json:
    places: Sequence[int] = images(card)
    content = {
        "description": card.text,
        "media": _media(files[places[0]]),
        "suggestions": list(_suggestions(card)),
    }
    return {"richCard": {"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": content}}}


def _media(file: MediaFile) -> Json:
    thumbnail = {"thumbnailUrl": file.preview_url} if file.preview_url else {}
    return {"height": "MEDIUM", "contentInfo": {"fileUrl": file.url, **thumbnail}}


def _url(files: Files, place: int) -> str:
    return files[place].url if place in files else ""
