"""The linter against any card, limits and device: what it passes keeps every limit, what it finds is so."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.platforms import cards, compose
from apps.platforms.base import Capabilities, Content
from apps.platforms.cards import (
    Card,
    CardLimits,
    Finding,
    Form,
    Limit,
    Link,
    ListPicker,
    QuickReplies,
    TimeSlots,
    Unit,
)
from tests.platforms import facts
from tests.platforms.cards_strategy import ANY_CARD

SIZES = st.sampled_from([0, 0, 1, 3, 20, 80])
LIMITS = st.builds(
    CardLimits,
    fewest=st.integers(0, 3),
    most=st.sampled_from([0, 1, 3, 10]),
    sections=st.sampled_from([0, 1, 2]),
    images=st.booleans(),
    multiple=st.booleans(),
    unit=st.sampled_from(list(Unit)),
    device=st.sampled_from(["", "LIST"]),
    **dict.fromkeys(("title", "subtitle", "section_title", "choice", "detail", "id", "url"), SIZES),
)
DEVICES = st.none() | st.frozensets(st.sampled_from(["LIST", "QUICK"]))
MEASURES = {Unit.CHARACTERS: facts.characters, Unit.UTF16: facts.utf16, Unit.BYTES: facts.utf8}
WIDER = {Limit.TOO_FEW: -1, Limit.TOO_MANY: 1, Limit.SECTIONS: 1, Limit.TOO_LONG: 1}


@settings(max_examples=200, derandomize=True)
@given(card=ANY_CARD, limits=LIMITS, device=DEVICES)
def test_what_the_linter_passes_keeps_every_limit(
    card: Card, limits: CardLimits, device: frozenset[str] | None
) -> None:
    if any(finding.blocks for finding in cards.lint(card, limits, device=device)):
        return
    measure = MEASURES[limits.unit]
    for text, most in _texts(card, limits):
        assert not most or measure(text) <= most
    assert not limits.most or len(_ids(card)) <= limits.most
    assert "" not in _ids(card) and len(set(_ids(card))) == len(_ids(card))
    assert not limits.id or all(facts.utf8(each) <= limits.id for each in _ids(card))
    assert not limits.device or device is None or limits.device in device
    if isinstance(card, ListPicker):
        assert not limits.sections or len(card.sections) <= limits.sections
        assert limits.multiple or not any(section.multiple for section in card.sections)
        assert all(section.options for section in card.sections)
    if isinstance(card, Link):
        facts.address(card.url, limits.url or 10_000)


@settings(max_examples=200, derandomize=True)
@given(card=ANY_CARD, limits=LIMITS, device=DEVICES)
def test_what_the_linter_finds_is_so(card: Card, limits: CardLimits, device: frozenset[str] | None) -> None:
    """A number that it names is beyond the limit that it names, and the place that it names is there."""
    for finding in cards.lint(card, limits, device=device):
        if finding.limit_kind in WIDER:
            beyond = (finding.is_now - finding.limit) * WIDER[finding.limit_kind]
            assert beyond > 0, finding
        assert _is_there(card, finding), finding


@settings(max_examples=100, derandomize=True)
@given(card=ANY_CARD, limits=LIMITS, device=DEVICES, limit=st.integers(20, 5000))
def test_a_card_goes_as_such_or_as_all_of_its_words(
    card: Card, limits: CardLimits, device: frozenset[str] | None, limit: int
) -> None:
    can = Capabilities(text_limit=limit, media_limit=1, cards={card.kind: limits})
    parts = compose.plan(Content(card=card), can, device)
    passes = not any(finding.blocks for finding in cards.lint(card, limits, device=device))
    assert [part.card for part in parts if part.card] == ([card] if passes else [])
    words = "".join(part.text for part in parts)
    wanted = "" if passes else cards.fallback_text(card)
    assert "".join(words.split()) == "".join(wanted.split())
    assert [part for part in parts if len(part.text) > limit] == []


def _texts(card: Card, limits: CardLimits) -> list[tuple[str, int]]:
    """Every text of the card with the limit that is its."""
    match card:
        case QuickReplies():
            return [(card.prompt, limits.title), *((o.title, limits.choice) for o in card.options)]
        case ListPicker():
            options = [(o.title, limits.choice) for o in cards.options(card)]
            options += [(o.subtitle, limits.detail) for o in cards.options(card)]
            sections = [(section.title, limits.section_title) for section in card.sections]
            return [(card.title, limits.title), (card.subtitle, limits.subtitle), *sections, *options]
        case TimeSlots():
            return [(card.title, limits.title), (card.place, limits.subtitle)]
        case Form():
            asked = [(field.label, limits.choice) for field in card.fields]
            asked += [(o.title, limits.detail) for field in card.fields for o in field.options]
            return [(card.title, limits.title), (card.submit, limits.choice), *asked]
        case Link():
            return [(card.text, limits.title), (card.button, limits.choice)]
        case _:
            return [(cards.heading(card), limits.title)] if card.kind == "location_request" else []


def _ids(card: Card) -> list[str]:
    match card:
        case TimeSlots():
            return [slot.id for slot in card.slots]
        case Form():
            return [field.id for field in card.fields]
        case _:
            return [option.id for option in cards.options(card)]


def _is_there(card: Card, finding: Finding) -> bool:
    """Whether the path leads to something of the card; an image has no id but its place."""
    at: object = card
    for step in finding.where.removesuffix(".id").split(".") if finding.where else []:
        at = at[int(step)] if isinstance(at, tuple) else getattr(at, step)
    return at is not None
