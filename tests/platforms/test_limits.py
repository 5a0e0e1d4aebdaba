"""The linter of cards: each limit is found, named with its place, and tells whether the card goes as text."""

from __future__ import annotations

import pytest
from hypothesis import given

from apps.platforms.cards import (
    Card,
    CardLimits,
    Finding,
    Limit,
    Link,
    ListPicker,
    Option,
    QuickReplies,
    Section,
    Unit,
    lint,
)
from tests.platforms.contents import CARDS

A, B = Option(id="a", title="A"), Option(id="b", title="Bee", subtitle="sub", image=0)
ASK = QuickReplies(id="c", prompt="Oui ?", options=(A, B))
PICK = ListPicker(
    id="c", title="T", sections=(Section(title="S", options=(A,)), Section(title="", options=(B,)))
)

FOUND: dict[str, tuple[Card, CardLimits | None, list[Finding]]] = {
    "none": (ASK, None, [Finding(limit_kind=Limit.NOT_SHOWN)]),
    "fits": (ASK, CardLimits(images=True), []),
    "picture": (ASK, CardLimits(), [Finding(limit_kind=Limit.IMAGES, blocks=False)]),
    "picture that not every phone shows": (
        ASK,
        CardLimits(images=True, images_perhaps=True),
        [Finding(limit_kind=Limit.IMAGES_PERHAPS, blocks=False)],
    ),
    "few": (ASK, CardLimits(fewest=3, images=True), [Finding(limit_kind=Limit.TOO_FEW, is_now=2, limit=3)]),
    "many": (ASK, CardLimits(most=1, images=True), [Finding(limit_kind=Limit.TOO_MANY, is_now=2, limit=1)]),
    "prompt": (
        ASK,
        CardLimits(title=4, images=True),
        [Finding(limit_kind=Limit.TOO_LONG, where="prompt", is_now=5, limit=4)],
    ),
    "prompt in bytes": (
        QuickReplies(id="c", prompt="été", options=(A,)),
        CardLimits(title=4, unit=Unit.BYTES),
        [Finding(limit_kind=Limit.TOO_LONG, where="prompt", is_now=5, limit=4, unit=Unit.BYTES)],
    ),
    "sections": (
        PICK,
        CardLimits(sections=1, images=True),
        [Finding(limit_kind=Limit.SECTIONS, where="sections.1", is_now=2, limit=1)],
    ),
    "detail": (
        PICK,
        CardLimits(sections=0, detail=2, images=True),
        [Finding(limit_kind=Limit.TOO_LONG, where="sections.1.options.0.subtitle", is_now=3, limit=2)],
    ),
    "same id": (
        QuickReplies(id="c", prompt="?", options=(A, A)),
        CardLimits(),
        [Finding(limit_kind=Limit.REPEATED_ID)],
    ),
    "no id": (
        QuickReplies(id="c", prompt="?", options=(Option(id="", title="A"),)),
        CardLimits(),
        [Finding(limit_kind=Limit.EMPTY, where="options.0.id")],
    ),
    "long id": (
        QuickReplies(id="c", prompt="?", options=(Option(id="éa", title="A"),)),
        CardLimits(id=2),
        [Finding(limit_kind=Limit.TOO_LONG, where="options.0.id", is_now=3, limit=2, unit=Unit.BYTES)],
    ),
    "long address": (
        Link(id="l", text="See", button="Open", url="https://a.example/b"),
        CardLimits(url=18),
        [Finding(limit_kind=Limit.TOO_LONG, where="url", is_now=19, limit=18)],
    ),
    "empty button": (
        Link(id="l", text="See", button=" ", url="https://a.example"),
        CardLimits(),
        [Finding(limit_kind=Limit.EMPTY, where="button")],
    ),
}


@pytest.mark.parametrize(("card", "limits", "found"), FOUND.values(), ids=FOUND.keys())
def test_lint(card: Card, limits: CardLimits | None, found: list[Finding]) -> None:
    assert lint(card, limits) == found


ADDRESSES = [
    ("https://shop.example", True),
    ("https://shop.example:8443/a?b=c#d", True),
    ("https://xn--caf-dma.example/%C3%A9", True),
    ("https://shop.example/été", True),
    ("https://", False),
    ("https://localhost/", False),
    ("https://a b.example/", False),
    ("https://shop.example/a b", False),
    ("https://shop.example/a\n", False),
    ("https://user@shop.example/", False),
    ("https://shop.example\\@elsewhere.example", False),
    ("https://shop.example:port/", False),
    ("https://.example./", False),
]


@pytest.mark.parametrize(("url", "opens"), ADDRESSES)
def test_an_address_that_no_browser_opens(url: str, opens: bool) -> None:
    card = Link(id="l", text="See", button="Open", url=url)
    found = [] if opens else [Finding(limit_kind=Limit.ADDRESS, where="url")]
    assert lint(card, CardLimits()) == found


def test_a_device_that_names_what_it_can_must_name_this() -> None:
    limits = CardLimits(images=True, device="LIST")
    assert lint(ASK, limits, device=frozenset({"LIST"})) == lint(ASK, limits, device=None) == []
    assert lint(ASK, limits, device=frozenset({"QUICK"})) == [Finding(limit_kind=Limit.DEVICE)]


@given(card=CARDS)
def test_any_card_can_be_linted(card: Card) -> None:
    narrow = CardLimits(fewest=2, most=2, title=3, subtitle=3, section_title=3, choice=3, detail=3, id=3)
    assert all(
        finding.is_now > finding.limit
        for finding in lint(card, narrow)
        if finding.limit_kind == Limit.TOO_LONG
    )
