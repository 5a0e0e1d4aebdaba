"""The French catalogue: whole, well set, and what the program really reads."""

from __future__ import annotations

import gettext
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo

from tests.architecture import texts

CATALOGUE = texts.french()
MESSAGES = [message for message in CATALOGUE if message.id]

# Names, keys and codes, the same in every language.
SAME = {
    "Apple Messages",
    "Comptoir",
    "· Comptoir",
    "Alt",
    "Ctrl",
    "CSV",
    "Esc",
    "JSON",
    "Marc",
    "SVG",
    "Telegram",
    "Telegram Apple Messages",
    "fr-FR",
    "ms",
}
PATHS = re.compile(r"/[a-z/]+")

# Words that are no page of ours: what allauth lets us draw, and a class that a block puts in.
FRAGMENTS = re.compile(r'\b(?:class|href|type|data-[a-z]+)="')
CLASSES = {"entry entry--chat"}


def pairs(message: Message) -> list[tuple[str, str]]:
    """The English and the French; a plural's forms one by one."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string, strict=True))


def name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def pieces(words: str) -> list[str]:
    """What must stand in a translation as it is: placeholders and markup."""
    return sorted(re.findall(r"%\(\w+\)[a-z]|%[sd]|{\w*}|<[^>]+>|https?://[^\s;,]*[^\s;,.]", words))


def wrongly_set(french: str) -> list[str]:
    """What a French typesetter would mark."""
    plain = re.sub(r"https?://\S+|\w+:\w+…?", "", french)
    return re.findall(
        r"[ \u00a0][;:!?»]|\d[ \u00a0](?:%(?!\()|€)|«[ \u00a0]|[\w)][;!?»]|«\S|\w: |'|\.\.\.", plain
    )


def test_every_text_of_the_code_is_in_the_catalogue() -> None:
    known = {(message.context, name(message)) for message in MESSAGES}
    asked = dict(texts.in_the_code())
    assert {key: where for key, where in asked.items() if key[1] and key not in known} == {}
    assert len(asked) > 1000


def test_nothing_is_in_the_catalogue_that_the_code_no_longer_says() -> None:
    asked = {key for key, _where in texts.in_the_code()}
    assert [name(m) for m in MESSAGES if (m.context, name(m)) not in asked] == []
    assert list(CATALOGUE.obsolete) == []


def test_every_text_is_translated() -> None:
    assert [name(m) for m in MESSAGES if m.fuzzy or not all(french for _, french in pairs(m))] == []


def test_translations_keep_placeholders_and_markup() -> None:
    both = [(english, french) for message in MESSAGES for english, french in pairs(message)]
    example = "https://boutique.example"  # an example speaks French too
    lost = [
        (english, french)
        for english, french in both
        if pieces(english.replace("https://shop.example", example)) != _told(french, english)
    ]
    assert lost == []


def _told(french: str, english: str) -> list[str]:
    """The pieces of `french`; a sentence may name the same thing again, or once where English did twice."""
    found, wanted = pieces(french), pieces(english)
    return wanted if set(found) == set(wanted) else found


def test_translations_begin_and_end_alike() -> None:
    odd = [
        english
        for message in MESSAGES
        for english, french in pairs(message)
        if (english[:1].isspace(), english[-1:].isspace()) != (french[:1].isspace(), french[-1:].isspace())
    ]
    assert odd == []


def test_translations_are_set_as_french_is() -> None:
    marked = {french: wrongly_set(french) for message in MESSAGES for _, french in pairs(message)}
    assert {french: marks for french, marks in marked.items() if marks} == {}


@pytest.mark.parametrize(
    ("french", "marks"),
    [
        ("Non envoyé\u202f: réessayez.", []),
        ("«\u202fMobile\u202f»", []),
        ("Pas encore de compte ?", [" ?"]),
        ("Pas encore de compte?", ["e?"]),
        ("Pas encore de compte\u00a0?", ["\u00a0?"]),
        ("Texte: oui", ["e: "]),
        ("« Mobile »", ["« ", " »"]),
        ("l'équipe", ["'"]),
        ("https://boutique.example", []),
    ],
)
def test_the_typesetter_sees(french: str, marks: list[str]) -> None:
    assert wrongly_set(french) == marks


def test_nobody_is_addressed_as_tu() -> None:
    familiar = re.compile(r"\b(?:tu|toi|ton|tes|ta)\b", re.IGNORECASE)
    assert [french for m in MESSAGES for _, french in pairs(m) if familiar.search(french)] == []


def test_the_program_reads_what_the_catalogue_says() -> None:
    """locale/fr/LC_MESSAGES/django.mo is committed: running Comptoir does not need gettext."""
    compiled = BytesIO()
    write_mo(compiled, CATALOGUE)
    compiled.seek(0)
    with texts.FRENCH.with_suffix(".mo").open("rb") as shipped:
        assert _said(gettext.GNUTranslations(shipped)) == _said(gettext.GNUTranslations(compiled))


def _said(catalogue: gettext.GNUTranslations) -> dict[object, str]:
    return {key: words for key, words in catalogue._catalog.items() if key}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", texts.TEMPLATES, ids=lambda path: str(path.relative_to(texts.ROOT)))
def test_a_template_says_nothing_that_is_not_translated(path: Path) -> None:
    found = texts.bare_words(path.read_text()) if path.suffix == ".html" else []
    assert [words for words in found if not _same_everywhere(words)] == []


def _same_everywhere(words: str) -> bool:
    parts = words.split(" · ")
    return (
        words in SAME | CLASSES
        or bool(PATHS.fullmatch(words) or FRAGMENTS.search(words))
        or set(parts) <= SAME
    )


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>{% translate 'Hello' %} {{ name }}</p>", []),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</p>", []),
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ('<input placeholder="Search">', ["Search"]),
        ('<input class="search">{# Search #}', []),
        ("<code>pip install</code>", []),
    ],
)
def test_the_net_for_bare_words_catches(template: str, found: list[str]) -> None:
    assert texts.bare_words(template) == found
