"""Strategies for what an author may want to say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from apps.platforms.base import Content, MediaFile
from apps.platforms.cards import (
    FIELD_TYPES,
    ContactCard,
    Field,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)
LONG = st.builds(lambda piece, times: piece * times, WORDS, st.integers(1, 600))
OPTIONS = st.builds(Option, id=WORDS, title=WORDS, subtitle=st.just("") | WORDS)
CARD_IDS = st.uuids().map(str) | WORDS

QUICK_REPLIES = st.builds(
    QuickReplies, id=CARD_IDS, prompt=WORDS | LONG, options=st.lists(OPTIONS, max_size=15).map(tuple)
)
SECTIONS = st.builds(
    Section,
    title=st.just("") | WORDS,
    options=st.lists(OPTIONS, max_size=5).map(tuple),
    multiple=st.booleans(),
)
LIST_PICKERS = st.builds(
    ListPicker,
    id=CARD_IDS,
    title=WORDS,
    subtitle=st.just("") | WORDS,
    reply_title=st.just("") | WORDS,
    sections=st.lists(SECTIONS, max_size=3).map(tuple),
)
SLOTS = st.builds(
    Slot,
    id=WORDS,
    start=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(1, 600),
)
TIME_SLOTS = st.builds(
    TimeSlots,
    id=CARD_IDS,
    title=WORDS,
    slots=st.lists(SLOTS, max_size=5).map(tuple),
    timezone=st.sampled_from(["UTC", "Europe/Paris", "Asia/Kathmandu"]),
    place=st.just("") | WORDS,
)
FIELDS = st.builds(
    Field,
    id=WORDS,
    label=WORDS,
    type=st.sampled_from(FIELD_TYPES),
    required=st.booleans(),
    options=st.lists(OPTIONS, max_size=3).map(tuple),
)
FORMS = st.builds(
    Form, id=CARD_IDS, title=WORDS, fields=st.lists(FIELDS, max_size=4).map(tuple), submit=WORDS
)
LINKS = st.builds(
    Link, id=CARD_IDS, text=WORDS | LONG, button=WORDS, url=st.just("https://example.com/a?b=c")
)
ASKING_WHERE = st.builds(LocationRequest, id=CARD_IDS, prompt=WORDS)
PLACES = st.builds(
    Location,
    id=CARD_IDS,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    title=st.just("") | WORDS,
    address=st.just("") | WORDS,
)
PEOPLE = st.builds(ContactCard, id=CARD_IDS, name=WORDS, phone=st.just("+33123456789"))
CARDS = QUICK_REPLIES | LIST_PICKERS | TIME_SLOTS | FORMS | LINKS | ASKING_WHERE | PLACES | PEOPLE
FILES = st.builds(
    MediaFile,
    name=WORDS,
    mime=st.sampled_from(["image/jpeg", "application/pdf", "audio/ogg"]),
    kind=st.sampled_from(["image", "file", "voice"]),
    size=st.integers(1, 10**8),
    path=st.just(Path("/nowhere")),
)
CONTENTS = st.builds(
    Content,
    text=st.just("") | WORDS | LONG | st.text("ab \n", max_size=12_000),
    media=st.lists(FILES, max_size=3).map(tuple),
    card=st.none() | CARDS,
)
