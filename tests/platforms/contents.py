"""Strategies for what an author may want to say."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from apps.platforms.base import Content, MediaFile
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section

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
CARDS = QUICK_REPLIES | LIST_PICKERS
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
