"""A card as the builders' fields say it.

The same fields make the same card; what cannot be one raises BadDraft with words for the person who writes
and the field that they are about.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import zip_longest
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.conversations.send import BadDraft
from apps.platforms import cards

MAX_SECTIONS = 5
MAX_OPTIONS = 30
MAX_TITLE = 120
MAX_TEXT = 1000
MAX_MINUTES = 24 * 60


def card_from(data: QueryDict, client_id: UUID, *, files: int = 0) -> cards.Card | None:
    """The card; its id follows from `client_id`. `files` is how many files the message has before those of
    `pictures_in`, which follow them."""
    kind = data.get("card", "")
    if not kind:
        return None
    if kind == "media_group":
        return _media_group(data, client_id.hex, files)
    if kind == "list_picker":
        return _list_picker(data, client_id.hex, files)
    if kind == "link":
        return _link(data, client_id.hex, files)
    if kind not in _BUILDERS:
        raise BadDraft(_("This kind of card does not exist."), field="card")
    return _BUILDERS[kind](data, client_id.hex)


def _quick_replies(data: QueryDict, card_id: str) -> cards.Card:
    titles = _titles(data, "reply")
    prompt = _needed(data, "prompt", most=MAX_TEXT)
    if not titles:
        raise BadDraft(_("Offer at least one answer."), field="reply")
    options = tuple(cards.Option(id=str(n), title=title) for n, title in enumerate(titles, 1))
    return cards.QuickReplies(id=card_id, prompt=prompt, options=options)


def pictures_in(data: QueryDict) -> list[str]:
    """The ids of the uploads that the card's own fields name, each once: its picture, then its choices'."""
    if not data.get("card"):
        return []
    rows = (row for n in range(MAX_SECTIONS) for row in _rows(data, n))
    found = [data.get("image", ""), *(image for _, _, image in rows)]
    return list(dict.fromkeys(image for image in found if image))


def _list_picker(data: QueryDict, card_id: str, files: int) -> cards.Card:
    title = _needed(data, "title")
    sections = tuple(
        section for n in range(MAX_SECTIONS) if (section := _section(data, n, files)) is not None
    )
    if not sections:
        raise BadDraft(_("Offer at least one choice."), field="s0-option")
    return cards.ListPicker(
        id=card_id,
        title=title,
        subtitle=_text(data, "subtitle"),
        reply_title=title,
        sections=sections,
        image=_picture(data, data.get("image", ""), files),
    )


def _section(data: QueryDict, number: int, files: int) -> cards.Section | None:
    """Section `number` of the builder; option ids carry its number so that none repeats."""
    options = tuple(
        cards.Option(
            id=f"{number}.{n}",
            title=title[:MAX_TITLE],
            subtitle=subtitle.strip()[:MAX_TITLE],
            image=_picture(data, image, files),
        )
        for n, (title, subtitle, image) in enumerate(_rows(data, number), 1)
    )
    if not options:
        return None
    name = _text(data, f"s{number}-title")
    return cards.Section(title=name, options=options, multiple=f"s{number}-multiple" in data)


def _rows(data: QueryDict, number: int) -> list[tuple[str, str, str]]:
    """Title, line below and picture of what stands in section `number`; rows without a title are none."""
    names = (f"s{number}-option", f"s{number}-subtitle", f"s{number}-image")
    rows = zip_longest(*(data.getlist(name)[:MAX_OPTIONS] for name in names), fillvalue="")
    return [(title.strip(), subtitle, image) for title, subtitle, image in rows if title.strip()]


def _picture(data: QueryDict, upload: str, files: int) -> int | None:
    """The position of an upload among the message's files."""
    return files + pictures_in(data).index(upload) if upload else None


def _time_slots(data: QueryDict, card_id: str) -> cards.Card:
    zone = _zone(data)
    minutes = _number(data, "minutes", 1, MAX_MINUTES)
    starts = [_moment(text, zone, place) for place, text in enumerate(_titles(data, "slot"))]
    title = _needed(data, "title")
    if not starts:
        raise BadDraft(_("Offer at least one time."), field="slot")
    slots = tuple(
        cards.Slot(id=str(n), start=start, minutes=int(minutes)) for n, start in enumerate(starts, 1)
    )
    place = _text(data, "place")
    return cards.TimeSlots(id=card_id, title=title, slots=slots, timezone=zone.key, place=place)


def _form(data: QueryDict, card_id: str) -> cards.Card:
    rows = zip_longest(
        *(data.getlist(name)[:MAX_OPTIONS] for name in ("q-label", "q-type", "q-options", "q-required")),
        fillvalue="",
    )
    asked = [row for row in rows if row[0].strip()]
    fields = tuple(_field(place, *row) for place, row in enumerate(asked))
    title = _needed(data, "title")
    if not fields:
        raise BadDraft(_("Ask at least one question."), field="q-label")
    return cards.Form(id=card_id, title=title, fields=fields, submit=_text(data, "submit"))


def _field(place: int, label: str, kind: str, choices: str, required: str) -> cards.Field:
    if kind not in cards.FIELD_TYPES:
        raise BadDraft(_("Choose what kind of answer it takes."), field="q-type", place=place)
    titles = [title.strip()[:MAX_TITLE] for title in choices.split(",") if title.strip()]
    picks = kind in ("choice", "choices")
    if picks and len(titles) < 2:
        words = _("Write at least two choices, with commas between them.")
        raise BadDraft(words, field="q-options", place=place)
    options = tuple(cards.Option(id=str(n), title=title) for n, title in enumerate(titles, 1))
    return cards.Field(
        id=str(place + 1),
        label=label.strip()[:MAX_TITLE],
        type=kind,
        required=required != "no",
        options=options if picks else (),
    )


def _link(data: QueryDict, card_id: str, files: int) -> cards.Card:
    url = _needed(data, "url", most=2000)
    if not url.startswith("https://"):
        raise BadDraft(_("The address must begin with https://."), field="url")
    text, button = _needed(data, "text", most=MAX_TEXT), _needed(data, "button")
    image = _picture(data, data.get("image", ""), files)
    return cards.Link(id=card_id, text=text, button=button, url=url, image=image)


def _location_request(data: QueryDict, card_id: str) -> cards.Card:
    return cards.LocationRequest(id=card_id, prompt=_needed(data, "prompt", most=MAX_TEXT))


def _location(data: QueryDict, card_id: str) -> cards.Card:
    return cards.Location(
        id=card_id,
        latitude=_number(data, "latitude", -90, 90),
        longitude=_number(data, "longitude", -180, 180),
        title=_text(data, "title"),
        address=_text(data, "address", most=300),
    )


def _contact(data: QueryDict, card_id: str) -> cards.Card:
    phone = "".join(letter for letter in data.get("phone", "") if letter not in " .-()\u00a0")
    if not (phone.startswith("+") and phone[1:].isascii() and phone[1:].isdigit() and 4 < len(phone) < 17):
        raise BadDraft(_("Write the number with its country code, as in +33 1 02 03 04 05."), field="phone")
    return cards.ContactCard(id=card_id, name=_needed(data, "name"), phone=phone)


def _media_group(data: QueryDict, card_id: str, files: int) -> cards.Card:
    if not files:
        raise BadDraft(_("Choose at least one picture."), field="attachment")
    return cards.MediaGroup(id=card_id, images=tuple(range(files)), text=_text(data, "text", most=MAX_TEXT))


_BUILDERS: dict[str, Callable[[QueryDict, str], cards.Card]] = {
    "quick_replies": _quick_replies,
    "time_slots": _time_slots,
    "form": _form,
    "location_request": _location_request,
    "location": _location,
    "contact": _contact,
}


def _titles(data: QueryDict, name: str) -> list[str]:
    return [text.strip()[:MAX_TITLE] for text in data.getlist(name) if text.strip()][:MAX_OPTIONS]


def _text(data: QueryDict, name: str, *, most: int = MAX_TITLE) -> str:
    return data.get(name, "").replace("\r\n", "\n").strip()[:most]


def _needed(data: QueryDict, name: str, *, most: int = MAX_TITLE) -> str:
    text = _text(data, name, most=most)
    if not text:
        raise BadDraft(_("Fill this in."), field=name)
    return text


def _number(data: QueryDict, name: str, least: float, most: float) -> float:
    try:
        number = float(data.get(name, "").replace(",", "."))
    except ValueError:
        raise BadDraft(_("Write a number."), field=name) from None
    if not least <= number <= most:
        words = _("Write a number between %(least)d and %(most)d.") % {"least": least, "most": most}
        raise BadDraft(words, field=name)
    return number


def _zone(data: QueryDict) -> ZoneInfo:
    try:
        return ZoneInfo(data.get("timezone", "") or "UTC")
    except Exception:  # KeyError, ValueError, OSError: it depends on the name
        raise BadDraft(_("This time zone is not known."), field="timezone") from None


def _moment(text: str, zone: ZoneInfo, place: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadDraft(_("This is not a day and time."), field="slot", place=place) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
