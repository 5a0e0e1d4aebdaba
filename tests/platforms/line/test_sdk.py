"""LINE's own SDK as second opinion: it reads the same webhooks and knows the messages that we write."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from linebot.v3.messaging import PushMessageRequest
    from linebot.v3.webhook import SignatureValidator, WebhookParser
    from linebot.v3.webhooks import MessageEvent, PostbackEvent

from apps.platforms.base import Content, Outgoing
from apps.platforms.cards import (
    Card,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
    fallback_text,
)
from apps.platforms.line import cards, flex, outbound
from apps.platforms.line.adapter import PLATFORM
from apps.platforms.shared import choices

from .payloads import CREDS, EVENT_ID, TOKENS, USER, body, request
from .test_inbound import ROWS, VECTOR

CARD = str(UUID(int=9))
YES, NO, MAYBE = (Option(id=each, title=each.title()) for each in ("yes", "no", "maybe"))
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, tzinfo=UTC), minutes=30)


def data(option: Option) -> str:
    return choices.payload(CARD, option.id)


def postback(option: Option) -> dict[str, Any]:
    return {"type": "postback", "label": option.title, "data": data(option), "displayText": option.title}


CARDS: dict[str, tuple[Card, dict[str, Any]]] = {
    "two answers": (
        QuickReplies(id=CARD, prompt="Ready?", options=(YES, NO)),
        {
            "type": "template",
            "altText": "Ready?",
            "template": {"type": "confirm", "text": "Ready?", "actions": [postback(YES), postback(NO)]},
        },
    ),
    "three answers": (
        QuickReplies(id=CARD, prompt="Ready?", options=(YES, NO, MAYBE)),
        {
            "type": "text",
            "text": "Ready?",
            "quickReply": {
                "items": [{"type": "action", "action": postback(each)} for each in (YES, NO, MAYBE)]
            },
        },
    ),
    "place wanted": (
        LocationRequest(id=CARD, prompt="Where?"),
        {
            "type": "text",
            "text": "Where?",
            "quickReply": {
                "items": [{"type": "action", "action": {"type": "location", "label": "Envoyer ma position"}}]
            },
        },
    ),
    "place": (
        Location(id=CARD, latitude=48.85, longitude=2.29, title="Tower"),
        {
            "type": "location",
            "title": "Tower",
            "address": "48.850000, 2.290000",
            "latitude": 48.85,
            "longitude": 2.29,
        },
    ),
}
LIST = ListPicker(
    id=CARD,
    title="Your line",
    subtitle="Choose",
    sections=(
        Section(title="Now", options=(Option(id="yes", title="Y" * 60, subtitle="at once"),)),
        Section(title="", options=(NO,)),
    ),
)
TIMES = TimeSlots(id=CARD, title="When?", slots=(SLOT,), timezone="Europe/Paris", place="Shop")
LINK = Link(id=CARD, text="Look", button="Open", url="https://shop.example/a")
BUBBLES: dict[str, tuple[Card, list[str], list[str]]] = {
    "list": (
        LIST,
        ["Your line", "Choose", "Now", "Y" * 60, "at once", "No"],
        [choices.payload(CARD, "yes"), data(NO)],
    ),
    "times": (
        TIMES,
        ["When?", "Shop", "2026-11-23 10:00 (30 min)"],
        [choices.slot_payload(CARD, SLOT)],
    ),
    "link": (LINK, ["Look"], ["https://shop.example/a"]),
}


def accepted(message: dict[str, Any]) -> dict[str, Any]:
    """What the SDK makes of a message of ours: it keeps what it knows and refuses what is too long."""
    body = PushMessageRequest.from_dict({"to": USER, "messages": [message]})
    kept: dict[str, Any] = body.to_dict()["messages"][0]
    return kept


@pytest.mark.parametrize(("card", "expected"), CARDS.values(), ids=CARDS.keys())
def test_card(card: Card, expected: dict[str, Any]) -> None:
    assert cards.message(card, "fr-FR") == expected
    assert expected.items() <= accepted(expected).items()


def walk(node: Any) -> list[dict[str, Any]]:
    inner = [node[name] for name in ("hero", "body", "footer") if node.get(name)] + node.get("contents", [])
    return [node, *(each for part in inner for each in walk(part))]


@pytest.mark.parametrize(("card", "texts", "taps"), BUBBLES.values(), ids=BUBBLES.keys())
def test_bubble(card: Card, texts: list[str], taps: list[str]) -> None:
    shown = accepted(cards.message(card, "", "https://chat.example/a.jpg" if card is LINK else ""))
    parts = walk(shown["contents"])
    actions = [part["action"] for part in parts if part.get("action")]
    assert (shown["type"], [part["text"] for part in parts if part["type"] == "text"]) == ("flex", texts)
    assert [action.get("data") or action["uri"] for action in actions] == taps
    assert [part["url"] for part in parts if part["type"] == "image"] == (
        ["https://chat.example/a.jpg"] if card is LINK else []
    )


AS_TEXT: dict[str, Card] = {
    "long title": QuickReplies(id=CARD, prompt="?", options=(Option(id="a", title="a" * 21),)),
    "wide title": QuickReplies(id=CARD, prompt="?", options=(Option(id="a", title="😀" * 11),)),
    "fourteen": QuickReplies(
        id=CARD, prompt="?", options=tuple(Option(id=f"{n}", title=f"{n}") for n in range(14))
    ),
    "long id": QuickReplies(id=CARD, prompt="?", options=(Option(id="a" * 260, title="a"),)),
    "long card id": QuickReplies(id="c" * 291, prompt="?", options=(Option(id="abcdefgh", title="a"),)),
    "long words": QuickReplies(
        id=CARD, prompt="p" * 4999, options=(Option(id="a", title="a", subtitle="more"),)
    ),
    "heavy": ListPicker(
        id=CARD,
        title="?",
        sections=(Section(title="", options=tuple(Option(id=f"{n}", title="é" * 400) for n in range(40))),),
    ),
    "long button": Link(id=CARD, text="Look", button="b" * 21, url="https://shop.example"),
}


@pytest.mark.parametrize("card", AS_TEXT.values(), ids=AS_TEXT.keys())
def test_what_does_not_fit_goes_as_text(card: Card) -> None:
    parts = PLATFORM.compose(Content(card=card), None)
    assert {part.kind for part in parts} == {"text"}
    assert "".join(part.text for part in parts) == fallback_text(card)


@pytest.mark.parametrize("card", [*(card for card, _ in CARDS.values()), LIST, TIMES, LINK])
def test_what_fits_goes_as_a_card(card: Card) -> None:
    (part,) = PLATFORM.compose(Content(card=card), None)
    outgoing = Outgoing(id=UUID(int=7), sender="@acme", to=USER, part=part, agent="Ana")
    assert accepted(outbound.message(outgoing))["sender"] == {"name": "Ana"}
    assert len(cards.message(card, "").get("altText", "")) <= flex.ALT_TEXT


# In ---------------------------------------------------------------------------------------------------


def test_the_sdk_signs_as_we_do() -> None:
    secret, raw, signature = VECTOR
    assert SignatureValidator(secret).validate(raw.decode(), signature)


@pytest.mark.parametrize("row", ["text", "button of ours", "unsend", "old friend", "unfollow"])
def test_the_sdk_reads_what_we_read(row: str) -> None:
    signed = request(body(ROWS[row][0]))
    parser = WebhookParser(CREDS["channel_secret"])
    (theirs,) = parser.parse(signed.body.decode(), signed.headers["x-line-signature"])
    (ours,) = PLATFORM.parse(signed, CREDS)
    assert (theirs.source.user_id, theirs.timestamp) == (ours.address, round(ours.at.timestamp() * 1000))
    if isinstance(theirs, MessageEvent):
        assert (theirs.message.text, theirs.message.id) == ("Hello (love)", ours.ref)
        assert theirs.message.mark_as_read_token == "read-1"
    if isinstance(theirs, PostbackEvent):
        assert choices.answer(theirs.postback.data, "") == ours.answer  # type: ignore[attr-defined]


OURS_ALONE = {
    *("message of the future", "event of the future"),
    *("message without its words", "button without its data"),
}


@pytest.mark.parametrize("row", sorted(set(ROWS) - OURS_ALONE))
def test_our_tables_hold_what_line_posts(row: str) -> None:
    """Every row is an event that the SDK has a class for, once it has the fields that LINE always sends."""
    given = {"deliveryContext": {"isRedelivery": False}, "webhookEventId": EVENT_ID, **ROWS[row][0]}
    if "message" in given:
        given["message"] = {**TOKENS, "stickerResourceType": "STATIC", **given["message"]}
    signed = request(body(given))
    parser = WebhookParser(CREDS["channel_secret"])
    (theirs,) = parser.parse(signed.body.decode(), signed.headers["x-line-signature"])
    assert (theirs.type, type(theirs).__name__ == "UnknownEvent") == (given["type"], False)
