"""What the linter finds, in words: every limit with what it is and what to do, in English and French."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from apps.console.findings import Remark, remark
from apps.platforms import cards, lint_files
from apps.platforms.base import MediaFile
from apps.platforms.cards import (
    Card,
    CardLimits,
    ContactCard,
    Field,
    Finding,
    Form,
    Limit,
    Link,
    ListPicker,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
    Unit,
)
from apps.platforms.file_limits import FileLimits, Others, Shown
from tests.platforms.test_cards import PICKER, REPLIES

LONG = Option(id="abcd", title="Fibre", subtitle="2 Gb/s")
LIST = ListPicker(id="c", title="Box", subtitle="Une", sections=(Section(title="Web", options=(LONG,)),))
SEVERAL = ListPicker(id="c", title="Box", sections=(Section(title="", options=(LONG,), multiple=True),))
SEEN = ListPicker(id="c", title="Box", image=0, sections=(Section(title="", options=(LONG,)),))
LINK = Link(id="l", text="Suivi", button="Ouvrir", url="https://shop.example/a")

# limit of CardLimits (or what has none): card, limits, field and place, English, French
ROWS: dict[str, tuple[Card, CardLimits | None, str, str, str]] = {
    "fewest": (
        REPLIES,
        CardLimits(fewest=3),
        " 0",
        "Telegram needs at least 3; there are 2: add 1.",
        "Telegram en veut au moins 3\u00a0; il y en a 2\u00a0: ajoutez-en 1.",
    ),
    "most": (
        REPLIES,
        CardLimits(most=1),
        " 0",
        "Telegram takes at most 1; there are 2: remove 1.",
        "Telegram en accepte 1 au plus\u00a0; il y en a 2\u00a0: retirez-en 1.",
    ),
    "sections": (
        PICKER,
        CardLimits(multiple=True),
        "s1-title 0",
        "Telegram takes at most 1 sections: remove 1.",
        "Telegram accepte 1 sections au plus\u00a0: retirez-en 1.",
    ),
    "title": (
        LIST,
        CardLimits(title=2),
        "title 0",
        "Telegram takes at most 2 characters: shorten it by 1.",
        "Telegram accepte 2 caractères au plus\u00a0: raccourcissez de 1.",
    ),
    "subtitle": (
        LIST,
        CardLimits(subtitle=2),
        "subtitle 0",
        "Telegram takes at most 2 characters: shorten it by 1.",
        "Telegram accepte 2 caractères au plus\u00a0: raccourcissez de 1.",
    ),
    "section_title": (
        LIST,
        CardLimits(section_title=1),
        "s0-title 0",
        "Telegram takes at most 1 characters: shorten it by 2.",
        "Telegram accepte 1 caractères au plus\u00a0: raccourcissez de 2.",
    ),
    "choice": (
        LIST,
        CardLimits(choice=4),
        "s0-option 0",
        "Telegram takes at most 4 characters: shorten it by 1.",
        "Telegram accepte 4 caractères au plus\u00a0: raccourcissez de 1.",
    ),
    "detail": (
        LIST,
        CardLimits(detail=4),
        "s0-subtitle 0",
        "Telegram takes at most 4 characters: shorten it by 2.",
        "Telegram accepte 4 caractères au plus\u00a0: raccourcissez de 2.",
    ),
    "id": (
        LIST,
        CardLimits(id=3),
        "s0-option 0",
        "Telegram takes ids of at most 3 bytes: shorten it by 1.",
        "Telegram accepte des identifiants de 3 octets au plus\u00a0: raccourcissez de 1.",
    ),
    "url": (
        LINK,
        CardLimits(url=20),
        "url 0",
        "Telegram takes at most 20 characters: shorten it by 2.",
        "Telegram accepte 20 caractères au plus\u00a0: raccourcissez de 2.",
    ),
    "images": (
        SEEN,
        CardLimits(),
        " 0",
        "Telegram does not show pictures in it: they are sent beside it.",
        "Telegram n’y montre pas d’images\u00a0: elles partent à côté.",
    ),
    "images_perhaps": (
        SEEN,
        CardLimits(images=True, images_perhaps=True),
        " 0",
        "Some phones show no pictures in it on Telegram: send as a file what has to be seen.",
        "Sur Telegram, certains téléphones n’y montrent pas d’images\u00a0: envoyez en fichier ce qui doit "
        "être vu.",
    ),
    "multiple": (
        SEVERAL,
        CardLimits(),
        "s0-multiple 0",
        "Telegram lets only one be chosen: clear “Several may be chosen”.",
        "Telegram n’en laisse choisir qu’un\u00a0: décochez «\u00a0Plusieurs choix possibles\u00a0».",
    ),
    "unit": (
        QuickReplies(id="c", prompt="Été ?", options=(LONG,)),
        CardLimits(title=6, unit=Unit.BYTES),
        "prompt 0",
        "Telegram takes at most 6 bytes (é is two, 字 three): shorten it by 1.",
        "Telegram accepte 6 octets au plus (é en prend deux, 字 trois)\u00a0: raccourcissez de 1.",
    ),
    "unit UTF-16": (
        QuickReplies(id="c", prompt="Ça ? 🙂", options=(LONG,)),
        CardLimits(title=6, unit=Unit.UTF16),
        "prompt 0",
        "Telegram takes at most 6 characters (an emoji is two): shorten it by 1.",
        "Telegram accepte 6 caractères au plus (un emoji en vaut deux)\u00a0: raccourcissez de 1.",
    ),
    "device": (
        REPLIES,
        CardLimits(device="QUICK"),
        " 0",
        "This customer’s device cannot show it: choose another kind, or let it go as text.",
        "L’appareil de ce client ne peut pas l’afficher\u00a0: choisissez une autre carte, "
        "ou laissez-la partir en texte.",
    ),
    "no such card": (
        REPLIES,
        None,
        " 0",
        "Telegram has no such card: choose another kind, or let it go as text.",
        "Telegram n’a pas de telle carte\u00a0: choisissez-en une autre, ou laissez-la partir en texte.",
    ),
    "empty": (
        Link(id="l", text="Suivi", button=" ", url=LINK.url),
        CardLimits(),
        "button 0",
        "Fill this in.",
        "Remplissez ce champ.",
    ),
    "no id": (
        QuickReplies(id="c", prompt="?", options=(LONG, Option(id="", title="Non"))),
        CardLimits(),
        "reply 1",
        "A choice has no id: give it one.",
        "Un choix n’a pas d’identifiant\u00a0: donnez-lui-en un.",
    ),
    "the same id": (
        QuickReplies(id="c", prompt="?", options=(LONG, LONG)),
        CardLimits(),
        " 0",
        "Two choices are the same: change or remove one.",
        "Deux choix sont identiques\u00a0: changez-en ou retirez-en un.",
    ),
    "no address": (
        Link(id="l", text="Suivi", button="Ouvrir", url="https://shop example"),
        CardLimits(),
        "url 0",
        "No browser opens this address: write it whole, without spaces.",
        "Aucun navigateur n’ouvre cette adresse\u00a0: écrivez-la en entier, sans espaces.",
    ),
    "no number": (
        ContactCard(id="c", name="Camille", phone="01 02 03"),
        CardLimits(),
        "phone 0",
        "Write the number with its country code, as in +33 1 02 03 04 05.",
        "Écrivez le numéro avec son indicatif, comme +33 1 02 03 04 05.",
    ),
}
WHOLE = (
    "All of it together is too much for Telegram: shorten it, with no line breaks in titles.",
    "L’ensemble dépasse ce qu’accepte Telegram\u202f: raccourcissez, sans retour à la ligne dans les titres.",
)


SIZE = re.compile(r"(\d)\s(MB|Mo)")  # the space of each language: tests/core/test_sizes.py
PNG = Shown(kinds=("image",), types=("image/png", "image/jpeg"), most=5 * 1024 * 1024)
WEBP, LARGE = (
    MediaFile(name="a", mime=mime, kind="image", size=size, path=Path("/nowhere"))
    for mime, size in (("image/webp", 9), ("image/png", 6 * 1024 * 1024))
)
# what becomes of it: English and French, of a type and of a size
FILES: dict[str, tuple[str, str, str, str]] = {
    "": (
        "Telegram takes only PNG, JPEG: convert the file to one of them.",
        "Telegram n’accepte que PNG, JPEG\u00a0: convertissez le fichier.",
        "Telegram takes at most 5 MB of it, and it has 6 MB: make it smaller.",
        "Telegram en accepte 5 Mo au plus, et il en fait 6 Mo\u00a0: allégez-le.",
    ),
    "file": (
        "Telegram shows only PNG, JPEG: convert the file, or let it go as one to open.",
        "Telegram n’affiche que PNG, JPEG\u00a0: convertissez le fichier, ou laissez-le partir à ouvrir.",
        "Telegram shows up to 5 MB, not 6 MB: make it smaller, or let it go as a file.",
        "Telegram affiche jusqu’à 5 Mo, pas 6 Mo\u00a0: allégez-le, ou laissez-le partir en fichier.",
    ),
    "link": (
        "Telegram shows only PNG, JPEG: convert the file, or let its link go.",
        "Telegram n’affiche que PNG, JPEG\u00a0: convertissez le fichier, ou laissez partir son lien.",
        "Telegram shows up to 5 MB, not 6 MB: make it smaller, or let its link go.",
        "Telegram affiche jusqu’à 5 Mo, pas 6 Mo\u00a0: allégez-le, ou laissez partir son lien.",
    ),
    "beside": (
        "Telegram shows only PNG, JPEG in a card: convert the picture, or let it go beside it.",
        "Telegram n’affiche que PNG, JPEG dans une carte\u00a0: "
        "convertissez l’image, ou laissez-la partir à côté.",
        "Telegram shows up to 5 MB in a card, not 6 MB: make it smaller, or let it go beside it.",
        "Telegram affiche jusqu’à 5 Mo dans une carte, pas 6 Mo\u00a0: "
        "allégez l’image, ou laissez-la partir à côté.",
    ),
}


def of_file(file: MediaFile, becomes: str) -> Finding | None:
    if becomes == "beside":
        found = lint_files.of_pictures(
            replace(LINK, image=0), CardLimits(images=True, pictures=(PNG,)), [file]
        )
        return next(found, None)
    return lint_files.of_file(file, FileLimits(shown=(PNG,), others=Others(becomes or "refused")))


@pytest.mark.parametrize("becomes", FILES)
def test_what_is_not_shown_of_a_file_is_named_with_the_fix(becomes: str) -> None:
    said = []
    for file in (WEBP, LARGE):
        finding = of_file(file, becomes)
        assert finding is not None
        said += [
            in_words(finding, language, LINK).words.replace("\u202f", "\u00a0") for language in ("en", "fr")
        ]
    assert [SIZE.sub(r"\1 \2", words) for words in said] == list(FILES[becomes])
    fine = replace(LARGE, size=PNG.most)
    assert of_file(fine, becomes) is None


def test_a_link_to_a_file_that_nothing_would_make_visible() -> None:
    file = MediaFile(name="a", mime="application/pdf", kind="file", size=9, path=Path("/nowhere"))
    finding = of_file(file, "link")
    assert finding is not None
    words = "Telegram takes no such files: the customer gets a link to it."
    assert (in_words(finding, "en").words, finding.blocks) == (words, False)


NOBODY: tuple[tuple[Card, str, str, str], ...] = (
    (
        TimeSlots(
            id="t", title="?", slots=(Slot(id="a", start=datetime(2020, 1, 1, tzinfo=UTC), minutes=5),)
        ),
        "slot 0",
        "This time is over: choose a later one.",
        "Cette heure est passée\u00a0: choisissez-en une à venir.",
    ),
    (
        Form(id="f", title="?", fields=(Field(id="n", label="N"), Field(id="c", label="C", type="choice"))),
        "q-options 1",
        "There is nothing to choose from: add choices.",
        "Il n’y a rien à choisir\u00a0: ajoutez des choix.",
    ),
)


@pytest.mark.parametrize(("card", "where", "english", "french"), NOBODY)
def test_what_nobody_could_answer_is_named_with_the_fix(
    card: Card, where: str, english: str, french: str
) -> None:
    (finding,) = cards.faults(card, datetime(2026, 1, 1, tzinfo=UTC))
    said = in_words(finding, "en", card)
    assert (f"{said.field} {said.place}", said.words) == (where, english)
    assert in_words(finding, "fr", card).words.replace("\u202f", "\u00a0") == french


def in_words(finding: Finding, language: str, card: Card = REPLIES) -> Remark:
    with translation.override(language):
        return remark(finding, card, "Telegram")


@pytest.mark.parametrize(("card", "limits", "where", "english", "french"), ROWS.values(), ids=ROWS)
def test_a_limit_is_named_with_its_fix(
    card: Card, limits: CardLimits | None, where: str, english: str, french: str
) -> None:
    (finding,) = cards.lint(card, limits, device=frozenset())
    said = in_words(finding, "en", card)
    assert (f"{said.field} {said.place}", said.words) == (where, english)
    assert in_words(finding, "fr").words.replace("\u202f", "\u00a0") == french
    assert said.blocks == finding.blocks == (finding.limit_kind not in (Limit.IMAGES, Limit.IMAGES_PERHAPS))


def test_what_only_the_adapter_knows_is_named_too() -> None:
    finding = Finding(limit_kind=Limit.WHOLE)
    assert tuple(in_words(finding, language).words for language in ("en", "fr")) == WHOLE


def test_every_limit_has_its_row() -> None:
    assert {field.name for field in dataclasses.fields(CardLimits)} <= {*ROWS, "pictures"}
    found = {
        f.limit_kind
        for card, limits, *_ in ROWS.values()
        for f in cards.lint(card, limits, device=frozenset())
    }
    of_files = {Limit.FILE_TYPE, Limit.FILE_SIZE}
    assert found == set(Limit) - {Limit.WHOLE, Limit.PAST, Limit.NO_CHOICES} - of_files
