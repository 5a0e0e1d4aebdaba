"""Every kind of update but a plain message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from apps.platforms.cards import CardAnswer, Option
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
)
from apps.platforms.telegram import inbound
from apps.platforms.telegram.adapter import PLATFORM
from tests.platforms.telegram.taps import CARD, CARD_MESSAGE, DATA, OLD_MESSAGE, member, reaction, tap
from tests.platforms.telegram.updates import (
    ALICE,
    CHANNEL,
    CHAT,
    CREDS,
    CUSTOMER,
    DATE,
    GROUP,
    message,
    request,
    size,
    update,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AT = datetime.fromtimestamp(DATE, UTC)
ABOUT: dict[str, Any] = {
    "to": "acme_bot",
    "address": str(CUSTOMER),
    "at": AT,
    "facts": Facts(locale="fr", name="Alice Martin"),
}
TARGET = f"{CUSTOMER}:5"


def tapped(**fields: Any) -> list[Event]:
    ref = {"ref": "callback:4382", "ack": {"callback_query_id": "4382"}}
    return [MessageReceived(**{**ABOUT, "at": NOW, "reply_to": f"{CUSTOMER}:4", **ref, **fields})]


def chosen(title: str) -> CardAnswer:
    return CardAnswer(card_id=CARD, selected=(Option(id="adsl", title=title),))


def reacted(emoji: str) -> list[Event]:
    return [ReactionReceived(**ABOUT, ref="reaction:9001", target=TARGET, emoji=emoji)]


def edited(text: str) -> list[Event]:
    later = {**ABOUT, "at": datetime.fromtimestamp(DATE + 60, UTC)}
    return [MessageEdited(**later, ref="edit:9001", target=TARGET, text=text)]


EDIT = {"edit_date": DATE + 60}
PHOTO = {"photo": [size("L", 9, 9)]}
INLINE = {"id": "1", "from": ALICE, "query": "x", "offset": ""}
ORDER = {"id": "1", "from": ALICE, "currency": "EUR", "total_amount": 1, "invoice_payload": "x"}
# label: kind, payload, events
MODERN: dict[str, tuple[str, dict[str, Any], list[Event]]] = {
    "edited text": ("edited_message", message(text="new", **EDIT), edited("new")),
    "edited caption": ("edited_message", message(**PHOTO, caption="new", **EDIT), edited("new")),
    "caption taken away": ("edited_message", message(**PHOTO, **EDIT), edited("")),
    "a dice, changed in a way that nobody sees": (
        "edited_message",
        message(dice={"emoji": "🎲", "value": 3}, **EDIT),
        edited("🎲 3"),
    ),
    "edited in a group": ("edited_message", message(chat=GROUP, text="new", **EDIT), []),
    "live location that moved": (
        "edited_message",
        message(location={"latitude": 1.5, "longitude": 2.5, "live_period": 900}, **EDIT),
        [],
    ),
    "tap on our card": (
        "callback_query",
        tap(message=CARD_MESSAGE, data=DATA),
        tapped(answer=chosen("ADSL"), text="ADSL"),
    ),
    "tap on a card too old to be shown": (
        "callback_query",
        tap(message=OLD_MESSAGE, data=DATA),
        tapped(answer=chosen("")),
    ),
    "tap on a card sent inline": (
        "callback_query",
        tap(inline_message_id="abc", data=DATA),
        tapped(answer=chosen(""), reply_to=""),
    ),
    "tap on a button of other software": (
        "callback_query",
        tap(
            message={
                **CARD_MESSAGE,
                "reply_markup": {"inline_keyboard": [[{"text": "Go", "callback_data": "x"}]]},
            },
            data="x",
        ),
        tapped(text="Go"),
    ),
    "tap on a lost button of other software": (
        "callback_query",
        tap(message=OLD_MESSAGE, data="menu/3"),
        tapped(text="menu/3"),
    ),
    "tap on a game": (
        "callback_query",
        tap(message=OLD_MESSAGE, game_short_name="g"),
        tapped(unsupported="game"),
    ),
    "tap in a group": ("callback_query", tap(message={**OLD_MESSAGE, "chat": GROUP}, data=DATA), []),
    "blocked": (
        "my_chat_member",
        member("kicked"),
        [ContactLeft(**ABOUT, ref="member:9001", reason="blocked")],
    ),
    "unblocked": ("my_chat_member", member("member"), [ContactReturned(**ABOUT, ref="member:9001")]),
    "left": ("my_chat_member", member("left"), []),
    "thrown out of a group": ("my_chat_member", member("kicked", chat=GROUP), []),
    "reaction": ("message_reaction", reaction({"type": "emoji", "emoji": "❤"}), reacted("❤")),
    "second reaction": (
        "message_reaction",
        reaction({"type": "emoji", "emoji": "❤"}, {"type": "emoji", "emoji": "🔥"}),
        reacted("🔥"),
    ),
    "reaction taken away": ("message_reaction", reaction(), reacted("")),
    "custom reaction": (
        "message_reaction",
        reaction({"type": "custom_emoji", "custom_emoji_id": "5"}),
        reacted(":custom_emoji:"),
    ),
    "paid reaction": ("message_reaction", reaction({"type": "paid"}), reacted("⭐")),
    "reaction in a group": ("message_reaction", reaction(chat=GROUP), []),
    "business message of the customer": (
        "business_message",
        message(text="hi", business_connection_id="BC"),
        [MessageReceived(**ABOUT, ref=f"BC:{TARGET}", text="hi", unsupported="business_message")],
    ),
    "business photo": (
        "business_message",
        message(**PHOTO, business_connection_id="BC"),
        [
            MessageReceived(
                **ABOUT,
                ref=f"BC:{TARGET}",
                media=(
                    MediaRef(
                        kind=MediaKind.IMAGE,
                        locator={"file_id": "L"},
                        name="photo.jpg",
                        mime="image/jpeg",
                        size=9,
                    ),
                ),
                unsupported="business_message",
            )
        ],
    ),
    "business message without its connection": (
        "business_message",
        message(text="hi"),
        [MessageReceived(**ABOUT, ref=f"business:{TARGET}", text="hi", unsupported="business_message")],
    ),
    "business message of the owner": (
        "business_message",
        message(text="hi", business_connection_id="BC", **{"from": {**ALICE, "id": 42}}),
        [],
    ),
    "business message edited": (
        "edited_business_message",
        message(text="new", business_connection_id="BC", **EDIT),
        [
            MessageEdited(
                **{**ABOUT, "at": datetime.fromtimestamp(DATE + 60, UTC)},
                ref="edit:9001",
                target=f"BC:{TARGET}",
                text="new",
            )
        ],
    ),
    "business messages deleted": (
        "deleted_business_messages",
        {"business_connection_id": "BC", "chat": CHAT, "message_ids": [5, 6]},
        [
            MessageWithdrawn(
                **{**ABOUT, "at": NOW, "facts": Facts()}, ref=f"deleted:9001:{n}", target=f"BC:{CUSTOMER}:{n}"
            )
            for n in (5, 6)
        ],
    ),
    "channel post": ("channel_post", {"message_id": 1, "date": DATE, "chat": CHANNEL, "text": "news"}, []),
    "inline query": ("inline_query", INLINE, []),
    "checkout": (
        "pre_checkout_query",
        ORDER,
        [
            MessageReceived(
                **{**ABOUT, "at": NOW}, ref="pre_checkout_query:9001", unsupported="pre_checkout_query"
            )
        ],
    ),
    "poll answer": (
        "poll_answer",
        {"poll_id": "1", "user": ALICE, "option_ids": [0], "option_persistent_ids": ["0"]},
        [MessageReceived(**{**ABOUT, "at": NOW}, ref="poll_answer:9001", unsupported="poll_answer")],
    ),
    "member of a group": ("chat_member", member("left", chat=GROUP), []),
}
UNKNOWN: dict[str, tuple[str, Any, list[Event]]] = {
    "a kind of next year, with a customer": (
        "hologram",
        {"chat": CHAT, "from": ALICE, "date": DATE},
        [MessageReceived(**ABOUT, ref="hologram:9001", unsupported="hologram")],
    ),
    "… whom it calls user": (
        "hologram",
        {"chat": CHAT, "user": ALICE, "date": DATE},
        [MessageReceived(**ABOUT, ref="hologram:9001", unsupported="hologram")],
    ),
    "… without a chat": (
        "hologram",
        {"from": ALICE, "date": DATE},
        [MessageReceived(**ABOUT, ref="hologram:9001", unsupported="hologram")],
    ),
    "… of a bot": ("hologram", {"from": {**ALICE, "is_bot": True}}, []),
    "… without a person": ("hologram", {"chat": CHAT}, []),
    "… in a group": ("hologram", {"chat": GROUP, "from": ALICE}, []),
    "… that is no object": ("hologram", 5, []),
}


@pytest.mark.parametrize(
    ("kind", "payload", "expected"), [*MODERN.values(), *UNKNOWN.values()], ids=[*MODERN, *UNKNOWN]
)
def test_update(kind: str, payload: Any, expected: list[Event]) -> None:
    assert list(inbound.events(update(kind, payload), to="acme_bot", now=NOW)) == expected


@pytest.mark.parametrize(("kind", "payload", "expected"), MODERN.values(), ids=MODERN.keys())
def test_python_telegram_bot_accepts_it_and_writes_it_alike(
    kind: str, payload: dict[str, Any], expected: list[Event]
) -> None:
    oracle = Update.de_json(update(kind, payload), None)
    assert getattr(oracle, kind) is not None
    assert list(inbound.events(oracle.to_dict(), to="acme_bot", now=NOW)) == expected


def test_an_update_without_payload_is_nothing() -> None:
    assert PLATFORM.parse(request({"update_id": 1}), CREDS) == []


def test_the_time_of_a_tap_is_now() -> None:
    before = datetime.now(UTC)
    (event,) = PLATFORM.parse(request(update("callback_query", tap(data=DATA))), CREDS)
    assert before <= event.at <= datetime.now(UTC)


def test_without_a_stored_username_our_address_is_the_bot_id() -> None:
    creds = {"token": CREDS["token"]}
    (event,) = PLATFORM.parse(request(update("message", message(text="hi"))), creds)
    assert event.to == "123456"


LOCALES = {
    "fr": "fr",
    "pt-br": "pt-BR",
    "zh-hans": "zh-Hans",
    "EN": "en",
    "zh-hant-tw": "zh-Hant-TW",
    "": "",
    "?": "",
}


@pytest.mark.parametrize(("code", "locale"), LOCALES.items())
def test_locale(code: str, locale: str) -> None:
    assert inbound.locale(code) == locale
