"""What stands in a message of another system: files, places, people, answers to cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.platforms import cards
from apps.platforms.cards import CardAnswer, Option
from apps.platforms.custom.values import Wrong, id_of, items, one_of, text
from apps.platforms.events import MediaKind, MediaRef, Person, Place
from apps.platforms.shared import places

Raw = Mapping[str, Any]


def file(row: Raw) -> MediaRef:
    """Fetched later from its address, which must live until then."""
    url, size, kind = text(row["url"]), row.get("size"), text(row.get("kind"))
    if not url.startswith(("https://", "http://")):
        raise Wrong("the address of a file is no http address")
    return MediaRef(
        kind=one_of(MediaKind, kind) if kind else _kind_of(text(row.get("mime"))),
        locator={"url": url},
        name=text(row.get("name")),
        mime=text(row.get("mime")),
        size=size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else 0,
    )


def _kind_of(mime: str) -> MediaKind:
    family = mime.partition("/")[0]
    return MediaKind(family) if family in ("image", "audio", "video") else MediaKind.FILE


def place(given: Raw) -> Place:
    named = {"title": text(given.get("title")), "address": text(given.get("address"))}
    found = places.place(given["latitude"], given["longitude"], **named)
    if found is None:
        raise Wrong("the place is not on Earth")
    return found


def person(given: Raw) -> Person:
    return Person(name=text(given.get("name")), phone=text(given.get("phone")))


def answer(given: Raw) -> CardAnswer:
    """In the form in which cards are stored; a slot as it was in the card, options at least with their id."""
    rows = [{"title": "", **row} for row in given.get("selected") or ()]
    slot = (
        cards.answer_from_json({"card_id": "", "selected": [], "slot": given["slot"]}).slot
        if given.get("slot")
        else None
    )
    values = {
        text(name): tuple(text(each) for each in items(said))
        for name, said in (given.get("values") or {}).items()
    }
    return CardAnswer(
        card_id=id_of(given["card_id"]),
        selected=tuple(Option(id=id_of(row["id"]), title=text(row["title"])) for row in rows),
        slot=slot,
        values=values,
    )
