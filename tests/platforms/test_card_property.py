"""Any card on any platform: what goes out is valid by the documentation, what comes back is the card’s.

The adapters talk to the simulators, which are written from the same documentation by somebody else, and every
request is checked once more by `valid.py` of the platform, which knows neither adapter nor simulator.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.core import tenancy
from apps.platforms import cards, compose, registry
from apps.platforms.base import Content, MediaFile, Part, Platform, WindowClosed
from apps.platforms.cards import (
    Card,
    CardAnswer,
    Form,
    ListPicker,
    LocationRequest,
    Option,
    Slot,
    TimeSlots,
)
from apps.platforms.events import Event, MessageReceived
from apps.sandbox import simulators
from tests.platforms.cards_strategy import ANY_CARD, BY_KIND, FILES
from tests.platforms.handset import Handset
from tests.worlds import World

NAMES = sorted(
    {limits.device for p in registry.all_platforms() for limits in p.capabilities.cards.values()} - {""}
)
DEVICES = st.none() | st.frozensets(st.sampled_from([*NAMES, "OTHER"]))
WITH_SIMULATOR = pytest.mark.parametrize("slug", simulators.SLUGS)
TAPS = 4  # of a bubble's options, one example


def test_every_kind_of_card_is_tried() -> None:
    assert sorted(BY_KIND) == sorted(cards.KINDS)


def test_every_platform_is_tried() -> None:
    assert {*simulators.SLUGS, "webchat"} == set(registry.SLUGS)


@given(card=ANY_CARD)
def test_any_card_survives_its_storing(card: Card) -> None:
    assert cards.from_json(cards.to_json(card)) == card


@dataclass(frozen=True)
class Outside:
    """Files of a message, which platforms may also fetch, and an address that takes their calls."""

    files: Sequence[MediaFile]
    webhook: str


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    path = tmp_path_factory.mktemp("pictures") / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answers, path.read_bytes()))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    about: dict[str, Any] = {"mime": "image/jpeg", "kind": "image", "size": path.stat().st_size, "path": path}
    files = [MediaFile(name=f"{n}.jpg", url=f"{url}/{n}.jpg", **about) for n in range(FILES)]
    yield Outside(files, f"{url}/hooks/")
    server.shutdown()
    server.server_close()


class _Answers(BaseHTTPRequestHandler):
    def __init__(self, content: bytes, *args: object) -> None:
        self.content = content
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "image/jpeg")
        self.send_header("content-length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Not among the tests' output."""


@WITH_SIMULATOR
def test_any_card_goes_out_valid_and_comes_back_typed(slug: str, world: World, outside: Outside) -> None:
    with tenancy.scope(world.filante.id):
        phone = Handset(slug, webhook=outside.webhook)

        @settings(max_examples=18, derandomize=True)
        @given(card=ANY_CARD, device=DEVICES, number=st.integers(1, 12))
        def holds(card: Card, device: frozenset[str] | None, number: int) -> None:
            with phone.once():
                content = Content(card=card, media=outside.files if cards.images(card) else ())
                parts = list(phone.platform.compose(content, device))
                _linter_is_right(phone.platform, card, device, parts)
                _goes_out(phone, content, parts)
                _comes_back(phone, card, number, native=any(part.card for part in parts))

        try:
            holds()
        finally:
            phone.close()


@settings(max_examples=100, derandomize=True)
@given(card=ANY_CARD, device=DEVICES)
def test_the_linter_is_right_where_no_simulator_is_needed(
    outside: Outside, card: Card, device: frozenset[str] | None
) -> None:
    """Web chat's other side is our own widget, which has its own tests."""
    platform = registry.get("webchat")
    parts = platform.compose(Content(card=card, media=outside.files), device)
    _linter_is_right(platform, card, device, parts)


def _linter_is_right(
    platform: Platform, card: Card, device: frozenset[str] | None, parts: Sequence[Part]
) -> None:
    """It finds something that blocks exactly when the card goes as text."""
    found = compose.findings(card, platform, device)
    shown = [part.card for part in parts if part.card is not None]
    assert [cards.without_images(each) for each in shown] == (
        [] if any(finding.blocks for finding in found) else [cards.without_images(card)]
    )
    beside = {part.media for part in parts if part.kind == "media"}
    assert all(beside.isdisjoint(cards.images(each)) for each in shown)


def _goes_out(phone: Handset, content: Content, parts: list[Part]) -> None:
    """The simulator takes every part (nothing is raised), and every request is one by the documentation."""
    valid = import_module(f"tests.platforms.{phone.platform.slug}.valid")
    for number, part in enumerate(part for part in parts if part.kind != "media"):
        try:
            asked = phone.hears(part, content, answers=number)
        except WindowClosed:  # more parts than the platform's quota; the domain asks the policy before
            assert number >= 5
            return
        assert asked
        for call in asked:
            valid.check(call)


def _comes_back(phone: Handset, card: Card, number: int, *, native: bool) -> None:
    if not native:
        _typed_number(phone, card, number)
        return
    choices = _choices(card)
    bubbles = [(bubble, phone.offers(bubble)) for bubble in phone.screen()]
    assert [len(offered) for _bubble, offered in bubbles if choices and offered] == [len(choices)] * bool(
        choices
    )
    for bubble, offered in bubbles:
        for place in dict.fromkeys([*range(len(offered))[: TAPS - 1], *range(len(offered))[-1:]]):
            with phone.once():
                _is_answer(phone.taps(bubble, [offered[place]]), card, choices[place : place + 1])
        if len(offered) > 1:
            with phone.once():
                _is_answer(phone.taps(bubble, offered), card, choices)


def _typed_number(phone: Handset, card: Card, number: int) -> None:
    """What our numbered text promises: "2" is the second choice, unless a title says so itself."""
    said = [event.text for event in phone.says(str(number)) if isinstance(event, MessageReceived)]
    assert said == [str(number)]
    titles = [option.title.strip().casefold() for option in cards.options(card)]
    answer = cards.answer_from_text(card, said[0])
    choices = _choices(card)
    if str(number) in titles:
        assert answer is not None and answer.selected[0] == cards.options(card)[titles.index(str(number))]
    elif number <= len(choices):
        assert answer is not None
        assert (answer.card_id, [answer.slot] if answer.slot else list(answer.selected)) == (
            card.id,
            [choices[number - 1]],
        )
    else:
        assert answer is None


def _is_answer(events: Sequence[Event], card: Card, chosen: Sequence[Option | Slot]) -> None:
    """The customer's taps arrived as what they tapped; where one is taken at a time, as the first."""
    said = [event for event in events if isinstance(event, MessageReceived)]
    if isinstance(card, LocationRequest):
        assert [event.place for event in said if event.place], events
        return
    answers = [event.answer for event in said if event.answer is not None]
    if isinstance(card, Form):
        assert len(answers) == 1, events
        _fills(answers[0], card)
    elif chosen:
        found = [item for answer in answers for item in _taken(answer, card)]
        wanted = [_known(item) for item in chosen]
        assert found in (wanted, wanted[:1], _one_of_each(card)), (events, chosen)
    else:
        assert answers == [], events


def _one_of_each(card: Card) -> list[tuple[str, ...]]:
    """What a list keeps of everything: one of a section where only one may be chosen."""
    sections = card.sections if isinstance(card, ListPicker) else ()
    kept = [section.options if section.multiple else section.options[:1] for section in sections]
    return [_known(option) for options in kept for option in options]


def _taken(answer: CardAnswer, card: Card) -> list[tuple[str, ...]]:
    assert answer.card_id == card.id
    return [_known(item) for item in ([answer.slot] if answer.slot else answer.selected)]


def _known(item: Option | Slot) -> tuple[str, ...]:
    """By what a choice is known again: its id, and a time by when it is, to the minute."""
    if isinstance(item, Slot):
        return (item.id, f"{item.start:%Y-%m-%d %H:%M %z}", str(item.minutes))
    return (item.id,)


def _fills(answer: CardAnswer, card: Form) -> None:
    assert answer.card_id == card.id
    fields = {field.id: field for field in card.fields}
    assert answer.values and set(answer.values) <= set(fields)
    for name, values in answer.values.items():
        if fields[name].type in ("choice", "choices"):
            assert set(values) <= {option.id for option in fields[name].options}


def _choices(card: Card) -> Sequence[Option | Slot]:
    return card.slots if isinstance(card, TimeSlots) else cards.options(card)
