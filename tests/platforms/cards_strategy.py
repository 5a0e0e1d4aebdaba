"""Strategies for any card that can be stored: tame ones that platforms show, and odd ones that they may not.

What PostgreSQL cannot store (NUL, lone surrogates) is left out: no writer gets so far with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from apps.platforms.cards import (
    FIELD_TYPES,
    Card,
    ContactCard,
    Field,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)

FILES = 3  # that the message of a card may show
TAME = ("Oui", "Non", "Plus tard", "Fibre 2 Gb/s", "ADSL", "10 h", "Orange", "1", "2", "Été")
ODD = (
    "",
    " ",
    "\u00a0\u202f",
    "\u200b\u200f",
    "a\nb",
    "\n\n",
    "\ta\r\n\tb",
    "<b>&amp;</b> \"'`",
    "*_[x](y)_* \\ # ~",
    "{{1}} %s %(a)s ${b}",
    "مرحبا \u202eabc\u202c",
    "שלום",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈é́",
    "选择一个",
    "Straße ǅ ﬁ İ",
    ",;:|=.%2C+/?",
    "\x1b[0m\x07",
)
LENGTHS = (19, 20, 21, 24, 25, 26, 72, 76, 80, 81, 128, 200, 201, 240, 300, 512, 640, 1024, 1025, 2049, 4097)

_tame = st.sampled_from(TAME)
_odd = st.sampled_from(ODD) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)
_long = st.builds(
    lambda piece, length: (piece * length)[:length], st.sampled_from("aé🙂字 "), st.sampled_from(LENGTHS)
)
WORDS = st.one_of(_tame, _tame, _tame, _tame, _odd, _long)
MORE = st.one_of(st.just(""), st.just(""), WORDS)
CARD_IDS = st.one_of(
    st.uuids().map(str),
    st.uuids().map(str),
    st.uuids().map(lambda uuid: uuid.hex),
    st.sampled_from(["c", "карта/1:2", "%3A", "x" * 200]),
)
IDS = st.one_of(
    st.integers(1, 99).map(str),
    st.integers(1, 99).map(lambda number: f"{number}.1"),
    st.sampled_from(["", " ", "a:b", "a,b%2C", "é" * 40, "o" * 64, "o" * 300, "\n", "s1.2.x", "u", "🙂"]),
)
PICTURES = st.none() | st.integers(0, FILES - 1)
OPTIONS = st.builds(Option, id=IDS, title=WORDS, subtitle=MORE, image=PICTURES)


@dataclass(frozen=True)
class _Numbered:
    """Options that no platform refuses for their ids."""

    number: int

    def __call__(self, option: Option) -> Option:
        return Option(id=str(self.number), title=option.title, subtitle=option.subtitle, image=option.image)


def _rows(most: int) -> st.SearchStrategy[tuple[Option, ...]]:
    rows = st.lists(OPTIONS, max_size=most)
    tame = st.lists(st.builds(Option, id=st.just(""), title=_tame, subtitle=MORE), min_size=1, max_size=most)
    numbered = (rows | tame).map(lambda found: [_Numbered(n)(option) for n, option in enumerate(found, 1)])
    return st.one_of(rows, numbered, numbered).map(tuple)


def _few() -> st.SearchStrategy[tuple[Option, ...]]:
    titles = st.lists(_tame, min_size=1, max_size=5, unique=True)
    return titles.map(lambda found: tuple(Option(id=f"o{n}", title=title) for n, title in enumerate(found)))


def _apart(sections: list[Section]) -> tuple[Section, ...]:
    """The same sections with ids that do not repeat, as our own builder makes them."""
    return tuple(
        Section(
            title=section.title,
            multiple=section.multiple,
            options=tuple(
                Option(id=f"{s}.{n}", title=o.title, subtitle=o.subtitle, image=o.image)
                for n, o in enumerate(section.options)
            ),
        )
        for s, section in enumerate(sections)
    )


QUICK_REPLIES = st.builds(
    QuickReplies, id=CARD_IDS, prompt=WORDS, options=st.one_of(_few(), _few(), _rows(15))
)
SECTIONS = st.builds(Section, title=MORE, options=st.one_of(_few(), _rows(8)), multiple=st.booleans())
_sections = st.lists(SECTIONS, max_size=4)
LIST_PICKERS = st.builds(
    ListPicker,
    id=CARD_IDS,
    title=WORDS,
    subtitle=MORE,
    reply_title=MORE,
    image=PICTURES,
    sections=_sections.map(_apart)
    | st.lists(SECTIONS, min_size=1, max_size=1).map(_apart)
    | _sections.map(tuple),
)
STARTS = st.datetimes(datetime(1970, 1, 2), datetime(9989, 12, 31)) | st.builds(
    lambda minutes: datetime(2026, 11, 23, 8, 0) + timedelta(minutes=minutes), st.integers(0, 20_000)
)
SLOTS = st.builds(
    Slot, id=IDS, start=STARTS.map(lambda start: start.replace(tzinfo=UTC)), minutes=st.integers(0, 20_000)
)
_slots = st.lists(SLOTS, max_size=12)
TIME_SLOTS = st.builds(
    TimeSlots,
    id=CARD_IDS,
    title=WORDS,
    slots=_slots.map(tuple)
    | _slots.map(
        lambda found: tuple(
            Slot(id=str(n), start=slot.start, minutes=slot.minutes) for n, slot in enumerate(found, 1)
        )
    ),
    timezone=st.sampled_from(["UTC", "Europe/Paris", "Asia/Kathmandu", "America/New_York"]),
    place=MORE,
)
FIELDS = st.builds(
    Field,
    id=IDS,
    label=WORDS,
    type=st.sampled_from(FIELD_TYPES),
    required=st.booleans(),
    options=st.one_of(_few(), _rows(4)),
)
_fields = st.lists(FIELDS, max_size=6)
FORMS = st.builds(
    Form,
    id=CARD_IDS,
    title=WORDS,
    fields=_fields.map(tuple)
    | _fields.map(
        lambda found: tuple(
            Field(id=f"f{n}", label=f.label, type=f.type, required=f.required, options=f.options)
            for n, f in enumerate(found)
        )
    ),
    submit=MORE,
)
URLS = st.sampled_from(
    [
        "https://shop.example/a?b=c&d=%C3%A9#e",
        "https://shop.example/" + "a" * 900,
        "https://shop.example/" + "a" * 1970,
        "https://shop.example/été 1",
        "https://",
        "https://a b",
        "https://xn--caf-dma.example:8443/",
    ]
)
LINKS = st.builds(
    Link, id=CARD_IDS, text=WORDS, button=WORDS, url=st.just("https://shop.example/") | URLS, image=PICTURES
)
ASKING_WHERE = st.builds(LocationRequest, id=CARD_IDS, prompt=WORDS)
PLACES = st.builds(
    Location,
    id=CARD_IDS,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    title=MORE,
    address=MORE,
)
PEOPLE = st.builds(ContactCard, id=CARD_IDS, name=WORDS, phone=st.just("+33123456789") | _odd)
MEDIA_GROUPS = st.builds(
    MediaGroup, id=CARD_IDS, images=st.lists(st.integers(0, FILES - 1), max_size=FILES).map(tuple), text=MORE
)
BY_KIND: dict[str, st.SearchStrategy[Card]] = {
    "quick_replies": QUICK_REPLIES,
    "list_picker": LIST_PICKERS,
    "time_slots": TIME_SLOTS,
    "form": FORMS,
    "link": LINKS,
    "location_request": ASKING_WHERE,
    "location": PLACES,
    "contact": PEOPLE,
    "media_group": MEDIA_GROUPS,
}
ANY_CARD: st.SearchStrategy[Card] = st.one_of(*BY_KIND.values())
UUID_CARD = str(UUID(int=7))
