"""Cutting messages into parts, the linter for cards, links and the entry link."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.platforms import cards
from apps.platforms.apple_messages import interactive, links, refusals
from apps.platforms.apple_messages.adapter import PLATFORM
from apps.platforms.base import Content, MediaFile, Part, Rejected
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section

from .payloads import BUSINESS

PHOTO = MediaFile(name="a.png", mime="image/png", kind="image", size=1, path=Path("a.png"))


def options(count):
    return tuple(Option(id=str(n), title=f"Option {n}") for n in range(count))


def quick(count=2, **changes):
    return QuickReplies(**{"id": "R-1", "prompt": "Which?", "options": options(count)} | changes)


def picker(**changes):
    sections = (Section(title="All", options=options(2)),)
    return ListPicker(**{"id": "R-1", "title": "Which?", "sections": sections} | changes)


def text(content):
    return Part(kind="text", text=content)


def link(url):
    return Part(kind="link", text=url)


LONG = "a" * 4000 + " https://example.org/ " + "b" * 4000 + " https://example.com/"


@pytest.mark.parametrize(
    ("label", "content", "parts"),
    [
        ("text", Content(text="Hi"), [text("Hi")]),
        ("nothing", Content(), []),
        (
            "text with an address",
            Content(text="See https://example.org/a."),
            [text("See https://example.org/a."), link("https://example.org/a")],
        ),
        (
            "links come after the text, each once, before the file",
            Content(text="http://b.fr https://a.fr http://b.fr", media=[PHOTO]),
            [
                text("http://b.fr https://a.fr http://b.fr"),
                link("http://b.fr"),
                link("https://a.fr"),
                Part(kind="media", media=0),
            ],
        ),
        (
            "a long text is cut and stays together",
            Content(text=LONG),
            [
                text(LONG[:4022]),
                text(LONG[4022:]),
                link("https://example.org/"),
                link("https://example.com/"),
            ],
        ),
        ("exactly at the limit", Content(text="x" * 4096), [text("x" * 4096)]),
        ("one over the limit", Content(text="x" * 4097), [text("x" * 4096), text("x")]),
    ],
)
def test_compose(label, content, parts):
    assert list(PLATFORM.compose(content, None)) == parts


@pytest.mark.parametrize(
    ("label", "card", "device", "shown"),
    [
        ("unknown device", quick(), None, True),
        ("able", quick(), frozenset({"QUICK", "LIST"}), True),
        ("unable", quick(), frozenset({"LIST"}), False),
        ("one answer", quick(1), None, False),
        ("five answers", quick(5), None, True),
        ("six answers", quick(6), None, False),
        ("list, able", picker(), frozenset({"LIST"}), True),
        ("list, unable", picker(), frozenset({"QUICK"}), False),
        ("list, unknown device", picker(), None, True),
    ],
)
def test_cards_go_where_they_can_be_shown(label, card, device, shown):
    expected = Part(kind="card", card=card) if shown else text(cards.fallback_text(card))
    assert list(PLATFORM.compose(Content(card=card), device)) == [expected]


LIMIT = "Apple shows at most 200. Shorten it."
INVISIBLE = "a line break or another invisible character. Remove it."


def option(**changes):
    return Option(**{"id": "o", "title": "Option"} | changes)


def in_list(*found, title="All"):
    return picker(sections=(Section(title=title, options=found),))


@pytest.mark.parametrize(
    ("label", "card", "found"),
    [
        ("fine", quick(), []),
        ("fine list", picker(), []),
        ("200 characters", quick(prompt="x" * 200), []),
        ("emoji of several parts", quick(prompt="👩🏽‍🚀\u202f!"), []),
        ("201 characters", quick(prompt="x" * 201), [f"prompt: 201 characters; {LIMIT}"]),
        ("no prompt", quick(prompt=" "), ["prompt: empty. Write something."]),
        ("line break", quick(prompt="a\nb"), [f"prompt: {INVISIBLE}"]),
        ("one", quick(1), ["options: 1 answers; Apple takes 2 to 5. Use a list picker for more."]),
        ("six", quick(6), ["options: 6 answers; Apple takes 2 to 5. Use a list picker for more."]),
        (
            "long answer",
            quick(options=(option(), option(id="p", title="x" * 199, subtitle="y"))),
            [f"options[1].title: 203 characters; {LIMIT}"],
        ),
        (
            "the same id twice",
            quick(options=(option(), option())),
            ["options: every id must be there and be different. Give each option its own id."],
        ),
        (
            "no id",
            in_list(option(id="")),
            ["options: every id must be there and be different. Give each option its own id."],
        ),
        ("list without title", picker(title=""), ["title: empty. Write something."]),
        ("long subtitle", picker(subtitle="x" * 300), [f"subtitle: 300 characters; {LIMIT}"]),
        ("long reply title", picker(reply_title="x" * 201), [f"reply_title: 201 characters; {LIMIT}"]),
        ("long section", in_list(option(), title="x" * 201), [f"sections[0].title: 201 characters; {LIMIT}"]),
        (
            "untitled option",
            in_list(option(title="")),
            ["sections[0].options[0].title: empty. Write something."],
        ),
        (
            "bell in a subtitle",
            in_list(option(subtitle="a\x07")),
            [f"sections[0].options[0].subtitle: {INVISIBLE}"],
        ),
        ("no sections", picker(sections=()), ["sections: the list is empty. Add a section with options."]),
        ("empty section", in_list(), ["sections: a section has no options. Add one or remove the section."]),
    ],
)
def test_linter(label, card, found):
    assert list(refusals.problems(card)) == found
    if not found:
        assert interactive.compile_card(card)["bid"]
        return
    with pytest.raises(Rejected) as caught:
        interactive.compile_card(card)
    assert (caught.value.words, caught.value.code) == (" ".join(found), "card")


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("", []),
        ("example.org and ftp://example.org", []),
        ("https://", []),
        ("https://exa mple", ["https://exa"]),
        ("HTTPS://Example.org/A", ["HTTPS://Example.org/A"]),
        ("(https://example.org/a_(b)).", ["https://example.org/a_(b)"]),
        ("« https://example.org/é?x=1#y »", ["https://example.org/é?x=1#y"]),
        ("“https://example.org”", ["https://example.org"]),
        ("<https://example.org>", ["https://example.org"]),
        ("https://a.fr, https://b.fr! https://a.fr", ["https://a.fr", "https://b.fr"]),
        ("https://[bad", []),
    ],
)
def test_addresses_in_a_text(text, urls):
    assert links.find(text) == urls


@pytest.mark.parametrize(
    ("label", "about", "link"),
    [
        ("bare", {"tag": ""}, f"https://bcrw.apple.com/urn:biz:{BUSINESS}"),
        ("tag", {"tag": "adsl-1"}, f"https://bcrw.apple.com/urn:biz:{BUSINESS}?biz-intent-id=adsl-1"),
        (
            "everything",
            {"tag": "adsl", "group": "fr_FR", "text": "J’ai une question & demi/s"},
            f"https://bcrw.apple.com/urn:biz:{BUSINESS}?biz-intent-id=adsl&biz-group-id=fr_FR"
            "&body=J%E2%80%99ai%20une%20question%20%26%20demi%2Fs",
        ),
    ],
)
def test_entry_link(label, about, link):
    assert PLATFORM.entry_link(BUSINESS.upper(), **about) == link


def test_entry_link_cannot_be_broken_out_of():
    made = PLATFORM.entry_link(f"urn:biz:{BUSINESS}", "a&body=x#y", group="?/ ", text="#&+\n")
    parts = urlsplit(made)
    assert (parts.netloc, parts.path, parts.fragment) == ("bcrw.apple.com", f"/urn:biz:{BUSINESS}", "")
    assert parse_qs(parts.query) == {
        "biz-intent-id": ["a&body=x#y"],
        "biz-group-id": ["?/ "],
        "body": ["#&+\n"],
    }


def test_setup_text_in_both_languages():
    folder = Path(interactive.__file__).parent
    english, french = (
        [line for line in (folder / name).read_text().splitlines() if line.startswith(("# ", "## "))]
        for name in ("setup.md", "setup.fr.md")
    )
    assert len(english) == len(french) == 6
    assert not set(english) & set(french)
