"""What does not fit goes as text, and what every answer means."""

from __future__ import annotations

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Content,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from apps.platforms.cards import Card, Link, Option, QuickReplies
from apps.platforms.shared.messenger_api import cards
from tests.platforms.graph import Server
from tests.platforms.messenger.outgoings import CARD, PLATFORM, TEXT, YES, creds, picker, shows
from tests.platforms.messenger.webhooks import CREDS, PERSON

NOT_SHOWN: dict[str, Card] = {
    "14 quick replies": QuickReplies(
        id=CARD, prompt="?", options=tuple(Option(id=str(n), title=str(n)) for n in range(14))
    ),
    "a title of 21": QuickReplies(id=CARD, prompt="?", options=(Option(id="a", title="x" * 21),)),
    "a prompt of 2001": QuickReplies(id=CARD, prompt="x" * 2001, options=(YES,)),
    "words of 2001 in all": QuickReplies(
        id=CARD, prompt="x" * 1990, options=(Option(id="a", title="a", subtitle="twelve chars"),)
    ),
    "a payload of 1001": QuickReplies(id=CARD, prompt="?", options=(Option(id="x" * 990, title="a"),)),
    "ten options with pictures": picker(*[Option(id=str(n), title="a", image=0) for n in range(10)]),
    "a button text of 641": Link(id=CARD, text="x" * 641, button="Open", url="https://a.example"),
    "an element of 81": Link(id=CARD, text="x" * 81, button="Open", url="https://a.example", image=0),
}


@pytest.mark.parametrize("card", NOT_SHOWN.values(), ids=NOT_SHOWN.keys())
def test_what_does_not_fit_is_text(card: Card) -> None:
    assert {part.kind for part in PLATFORM.compose(Content(card=card), None)} == {"text"}


async def test_a_card_that_was_made_before_the_limits_is_refused(server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected) as refused:
        await PLATFORM.send(shows(NOT_SHOWN["a payload of 1001"]), creds(server), http)
    assert (refused.value.code, server.calls) == ("card_too_large", [])


# code, subcode, HTTP status, error
REFUSALS: list[tuple[int, int, int, type[SendError]]] = [
    (1, 1357046, 500, Unknown),
    (2, 0, 500, Unreachable),
    (2, 2018344, 400, BadCredentials),
    (4, 0, 400, Throttled),
    (613, 0, 400, Throttled),
    (80006, 0, 400, Throttled),
    (10, 2018278, 400, WindowClosed),
    (10, 2018065, 400, WindowClosed),
    (10, 1893063, 400, BadCredentials),
    (10, 2018300, 400, Rejected),
    (17, 0, 400, Throttled),
    (32, 0, 400, Throttled),
    (10, 0, 400, BadCredentials),
    (100, 0, 400, Rejected),
    (100, 2018001, 400, ContactGone),
    (100, 2018034, 400, Rejected),
    (190, 463, 401, BadCredentials),
    (199, 0, 400, BadCredentials),
    (200, 0, 403, BadCredentials),
    (200, 1545041, 400, ContactGone),
    (200, 2018108, 400, ContactGone),
    (368, 0, 400, BadCredentials),
    (551, 1545041, 400, ContactGone),
    (1200, 0, 500, Unreachable),
]


@pytest.mark.parametrize(("code", "subcode", "status", "error"), REFUSALS)
async def test_refusal(
    code: int, subcode: int, status: int, error: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.refuse("POST me/messages", code, subcode, f"No {CREDS['token']}", status)
    with pytest.raises(SendError) as refused:
        await PLATFORM.send(TEXT, creds(server), http)
    assert (type(refused.value), refused.value.words) == (error, "No •••")


async def test_an_answer_without_a_message_is_in_doubt(server: Server, http: HttpDoor) -> None:
    server.answers["POST me/messages"] = {"recipient_id": PERSON}
    with pytest.raises(Unknown):
        await PLATFORM.send(TEXT, creds(server), http)


def test_limits_are_the_fact_sheets() -> None:
    assert (cards.QUICK_REPLIES, cards.ELEMENTS, cards.BUTTONS, cards.BUTTON_TEXT) == (13, 10, 3, 640)
