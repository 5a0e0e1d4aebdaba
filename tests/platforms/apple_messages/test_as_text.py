"""What keeps a card from being one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.platforms.apple_messages import refusals
from apps.platforms.base import Content, Part, Rejected
from apps.platforms.cards import (
    ContactCard,
    Field,
    Limit,
    Location,
    LocationRequest,
    QuickReplies,
    fallback_text,
    lint,
)
from tests.platforms.apple_messages.shapes import AT, FORM, LINK, PICKER, PLATFORM, TIMES, TOPICS, by_card

BROKEN = "a line break or another invisible character. Remove it."
IDS = "every id must be there and be different. Give each"


def field(**changes):
    return replace(FORM, fields=(Field(**{"id": "a", "label": "A"} | changes),))


@pytest.mark.parametrize(
    ("label", "card", "found"),
    [
        ("times", TIMES, []),
        ("form", FORM, []),
        ("link", LINK, []),
        ("link in lines", replace(LINK, text="a\nb"), []),
        ("contact", ContactCard(id="R-1", name="x" * 300, phone="+33102030405"), []),
        ("no times", replace(TIMES, slots=()), ["slots: there is no time to choose. Add one."]),
        (
            "the same time twice",
            replace(TIMES, slots=TIMES.slots[:1] * 2),
            [f"slots: {IDS} slot its own id."],
        ),
        (
            "seconds",
            replace(TIMES, slots=(replace(TIMES.slots[0], start=AT.replace(second=1)),)),
            ["slots: a time has seconds, which Apple does not show. Use whole minutes."],
        ),
        ("times in lines", replace(TIMES, place="a\nb"), [f"place: {BROKEN}"]),
        ("no questions", replace(FORM, fields=()), ["fields: there is no question. Add one."]),
        (
            "the same question twice",
            replace(FORM, fields=FORM.fields[2:3] * 2),
            [f"fields: {IDS} field its own id."],
        ),
        (
            "long name of a question",
            field(id="x" * 20),
            ["fields[0].id: 20 characters; Apple takes 19. Shorten it."],
        ),
        ("question in lines", field(label="a\nb"), [f"fields[0].label: {BROKEN}"]),
        (
            "nothing to choose",
            field(type="choice"),
            ["fields[0].options: there is nothing to choose. Add options."],
        ),
        (
            "the same choice twice",
            field(type="choices", options=TOPICS[:1] * 2),
            [f"fields[0].options: {IDS} option its own id."],
        ),
        (
            "long choice",
            field(type="choice", options=(replace(TOPICS[0], title="x" * 201),)),
            ["fields[0].options[0].title: 201 characters; Apple shows at most 200. Shorten it."],
        ),
        (
            "long button of a form",
            replace(FORM, submit="x" * 201),
            ["submit: 201 characters; Apple shows at most 200. Shorten it."],
        ),
        (
            "words of a link that are too long together",
            replace(LINK, text="x" * 190),
            ["text and button: 201 characters; Apple shows at most 200. Shorten it."],
        ),
    ],
)
def test_what_apple_would_refuse(label, card, found):
    assert list(refusals.problems(card)) == found
    shown = [part.kind for part in PLATFORM.compose(Content(card=card), None)]
    assert ("card" in shown, "text" in shown) == (not found, bool(found))


@pytest.mark.parametrize(
    "card", [replace(TIMES, slots=()), field(type="choice"), replace(LINK, text="x" * 190)]
)
async def test_what_apple_would_refuse_is_not_sent(apple, http, creds, card):
    with pytest.raises(Rejected) as caught:
        await PLATFORM.send(by_card(card), creds, http)
    assert (caught.value.code, apple.seen) == ("card", [])


PROMPT = "Votre box ?\nRegardez le voyant."


@pytest.mark.parametrize(
    "card",
    [
        QuickReplies(id="R-1", prompt=PROMPT, options=TOPICS),
        LocationRequest(id="R-1", prompt="Where?"),
        Location(id="R-1", latitude=48.8584, longitude=2.2945, title="Tower"),
    ],
)
def test_the_others_go_as_text(card):
    parts = list(PLATFORM.compose(Content(card=card), None))
    assert parts[0] == Part(kind="text", text=fallback_text(card))
    assert {part.kind for part in parts[1:]} <= {"link"}


@pytest.mark.parametrize(("card", "needs"), [(TIMES, "TIME"), (FORM, "FORM"), (PICKER, "LIST"), (LINK, "")])
@pytest.mark.parametrize("named", ["TIME", "FORM", "LIST", "QUICK"])
def test_a_device_that_cannot_show_it_gets_text(card, needs, named):
    (first, *_links) = PLATFORM.compose(Content(card=card), frozenset({named}))
    assert first.kind == ("card" if needs in ("", named) else "text")


def test_the_linter_names_limits_and_places():
    card = field(id="x" * 20, label="y" * 201)
    found = lint(card, PLATFORM.capabilities.cards["form"], device=frozenset())
    assert [(each.limit_kind, each.where, each.is_now, each.limit) for each in found] == [
        (Limit.TOO_LONG, "fields.0.label", 201, 200),
        (Limit.TOO_LONG, "fields.0.id", 20, 19),
        (Limit.DEVICE, "", 0, 0),
    ]
