"""One row for each kind of message that a customer can send, and for each shape that has been seen."""

from __future__ import annotations

from typing import Any

import pytest

from apps.platforms.cards import CardAnswer, Option
from apps.platforms.events import (
    AddressChanged,
    EntryPointTapped,
    MediaKind,
    MediaRef,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    Person,
    Place,
    ReactionReceived,
)
from apps.platforms.shared import choices

from .payloads import AT, CONTACT, NUMBER, STAMP, USER_ID, WA_ID, change, message, parsed, value

CARD = "6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c"
YES = choices.payload(CARD, "y")
ANSWER = CardAnswer(card_id=CARD, selected=(Option(id="y", title="Yes"),))
FILE = {"id": "MEDIA", "mime_type": "image/jpeg", "sha256": "x"}


def media(kind: MediaKind, name: str, mime: str) -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator={"id": "MEDIA"}, name=name, mime=mime),)


def interactive(kind: str, given: Any) -> Any:
    return message("interactive", {"type": kind, kind: given})


FLOW = '{"flow_token":"f-1","name":"Ana","days":["mon","tue"],"count":2,"more":{"a":1},"none":null}'
OTHERS = [{"name": {"formatted_name": "Bo"}, "phones": [{"phone": "+1 2"}]}, {"name": {"first_name": "Cy"}}]
ITEMS = [
    {"product_retailer_id": "SKU-1", "quantity": 2, "item_price": 9.99, "currency": "EUR"},
    {"product_retailer_id": "SKU-2", "quantity": 1, "item_price": 5, "currency": "EUR"},
]
PHONE_GONE = {"code": 131051, "title": "Message type unknown", "error_data": {"details": "Not supported"}}
AD = {
    "headline": "New box",
    "body": "Faster",
    "source_url": "https://fb.me/x",
    "ctwa_clid": "C",
    "source_id": "9",
}

SAID: dict[str, tuple[Any, dict[str, Any]]] = {
    "text": (message("text", {"body": "Hi"}), {"text": "Hi"}),
    "text with a tag": (message("text", {"body": "Hi [#adsl]"}), {"text": "Hi", "tag": "adsl"}),
    "text with tag and group": (
        message("text", {"body": "Hi [#adsl/box-1]"}),
        {"text": "Hi", "tag": "adsl", "group": "box-1"},
    ),
    "empty text": (message("text", {"body": " "}), {"unsupported": "empty"}),
    "image": (
        message("image", {**FILE, "caption": "Look"}),
        {"text": "Look", "media": media(MediaKind.IMAGE, "photo.jpg", "image/jpeg")},
    ),
    "image with an address": (
        message("image", {**FILE, "url": "https://lookaside.fbsbx.com/x"}),
        {"media": media(MediaKind.IMAGE, "photo.jpg", "image/jpeg")},
    ),
    "video": (
        message("video", {"id": "MEDIA", "mime_type": "video/mp4"}),
        {"media": media(MediaKind.VIDEO, "video.mp4", "video/mp4")},
    ),
    "audio": (
        message("audio", {"id": "MEDIA", "mime_type": "audio/mpeg", "voice": False}),
        {"media": media(MediaKind.AUDIO, "audio", "audio/mpeg")},
    ),
    "voice note": (
        message("audio", {"id": "MEDIA", "mime_type": "audio/ogg; codecs=opus", "voice": True}),
        {"media": media(MediaKind.VOICE, "voice.ogg", "audio/ogg")},
    ),
    "voice of before 2021": (
        message("voice", {"id": "MEDIA", "mime_type": "audio/ogg"}),
        {"media": media(MediaKind.VOICE, "voice.ogg", "audio/ogg")},
    ),
    "document": (
        message("document", {"id": "MEDIA", "mime_type": "application/pdf", "filename": "bill.pdf"}),
        {"media": media(MediaKind.FILE, "bill.pdf", "application/pdf")},
    ),
    "sticker": (
        message("sticker", {"id": "MEDIA", "mime_type": "image/webp", "animated": True}),
        {"media": media(MediaKind.STICKER, "sticker.webp", "image/webp")},
    ),
    "media without id": (message("image", {"caption": "x"}), {"unsupported": "image"}),
    "location": (
        message("location", {"latitude": 48.85, "longitude": 2.29, "name": "Tower", "address": "Paris"}),
        {"place": Place(latitude=48.85, longitude=2.29, title="Tower", address="Paris")},
    ),
    "location off Earth": (
        message("location", {"latitude": 99, "longitude": 2.29}),
        {"unsupported": "location"},
    ),
    "contacts": (
        message("contacts", [{"name": {"formatted_name": "Al"}, "phones": [{"wa_id": "49"}]}, *OTHERS]),
        {"person": Person(name="Al", phone="49"), "text": "Bo, +1 2\nCy"},
    ),
    "no contacts": (message("contacts", []), {"unsupported": "contacts"}),
    "our button": (
        interactive("button_reply", {"id": YES, "title": "Yes"}),
        {"text": "Yes", "answer": ANSWER},
    ),
    "our list": (
        interactive("list_reply", {"id": YES, "title": "Yes", "description": "now"}),
        {"text": "Yes", "answer": ANSWER},
    ),
    "someone else's button": (
        interactive("button_reply", {"id": "menu/3", "title": "Menu"}),
        {"text": "Menu"},
    ),
    "a flow": (
        interactive("nfm_reply", {"name": "flow", "body": "Sent", "response_json": FLOW}),
        {
            "text": 'name: Ana\ndays: mon, tue\ncount: 2\nmore: {"a": 1}\nnone: ',
            "answer": CardAnswer(
                card_id="f-1",
                values={
                    "name": ("Ana",),
                    "days": ("mon", "tue"),
                    "count": ("2",),
                    "more": ('{"a": 1}',),
                    "none": (),
                },
            ),
        },
    ),
    "a flow that is no JSON": (
        interactive("nfm_reply", {"body": "Sent", "response_json": "{"}),
        {"unsupported": "nfm_reply", "text": "Sent"},
    ),
    "permission to call": (
        interactive("call_permission_reply", {"response": "accept"}),
        {"unsupported": "call_permission_reply"},
    ),
    "interactive without interactive": (message("interactive"), {"unsupported": "interactive"}),
    "interactive of a new kind": (interactive("hologram", {"id": "x"}), {"unsupported": "hologram"}),
    "template button": (message("button", {"text": "Stop", "payload": "STOP"}), {"text": "Stop"}),
    "order": (
        message("order", {"catalog_id": "C1", "text": "Quick please", "product_items": ITEMS}),
        {
            "text": "Quick please",
            "details": (("SKU-1", "2 × 9.99 EUR"), ("SKU-2", "1 × 5 EUR"), ("Catalogue", "C1")),
        },
    ),
    "order without words": (
        message("order", {"product_items": ITEMS}),
        {"text": "2 × SKU-1, 1 × SKU-2", "details": (("SKU-1", "2 × 9.99 EUR"), ("SKU-2", "1 × 5 EUR"))},
    ),
    "unsupported": (
        message("unsupported", None, errors=[PHONE_GONE], unsupported={"type": "poll"}),
        {"unsupported": "poll", "details": (("WhatsApp", "Message type unknown: Not supported"),)},
    ),
    "unsupported without more": (message("unsupported"), {"unsupported": "unsupported"}),
    "a kind of tomorrow": (message("hologram", {"x": 1}), {"unsupported": "hologram"}),
    "text without a body": (message("text", {"preview_url": False}), {"unsupported": "text"}),
    "text that is none": (message("text", ["Hi"]), {"unsupported": "text"}),
    "location without numbers": (message("location", {"name": "Tower"}), {"unsupported": "location"}),
    "contacts that are none": (message("contacts", [5]), {"unsupported": "contacts"}),
    "button without an id": (
        message("interactive", {"type": "button_reply", "button_reply": {"title": "Yes"}}),
        {"unsupported": "interactive"},
    ),
    "reaction to nothing": (message("reaction", {"emoji": "x"}), {"unsupported": "reaction"}),
    "edit of nothing": (message("edit", {"message": {"type": "text"}}), {"unsupported": "edit"}),
    "revoke of nothing": (message("revoke"), {"unsupported": "revoke"}),
    "system without a word": (message("system"), {"unsupported": "system"}),
    "no kind at all": (message("", None), {"unsupported": "unknown"}),
    "an unknown system message": (
        message("system", {"type": "moved_to_mars", "body": "x"}),
        {"unsupported": "moved_to_mars"},
    ),
    "reply": (
        message("text", {"body": "Yes"}, context={"from": NUMBER, "id": "wamid.Q"}),
        {"text": "Yes", "reply_to": "wamid.Q"},
    ),
    "about a product": (
        message(
            "text",
            {"body": "This?"},
            context={"referred_product": {"catalog_id": "C1", "product_retailer_id": "SKU-1"}},
        ),
        {"text": "This?", "details": (("Product", "SKU-1"), ("Catalogue", "C1"))},
    ),
    "forwarded": (
        message("text", {"body": "Ha"}, context={"frequently_forwarded": True}),
        {"text": "Ha", "details": (("Forwarded", "many times"),)},
    ),
    "from an advertisement": (
        message("text", {"body": "Hi"}, referral=AD),
        {
            "text": "Hi",
            "details": (
                ("Advertisement", "New box"),
                ("Advertisement text", "Faster"),
                ("Advertisement link", "https://fb.me/x"),
                ("Click ID", "C"),
            ),
        },
    ),
}


@pytest.mark.parametrize(("sent", "fields"), SAID.values(), ids=SAID.keys())
def test_what_is_said(sent: Any, fields: dict[str, Any]) -> None:
    (event,) = parsed(change(value(sent)))
    assert isinstance(event, MessageReceived)
    assert (event.to, event.address, event.ref, event.at) == (NUMBER, USER_ID, "wamid.A", AT)
    assert (event.facts.name, event.handle) == ("Ana", {"wa_id": WA_ID})
    usual = {
        "text",
        "media",
        "place",
        "person",
        "answer",
        "reply_to",
        "tag",
        "group",
        "unsupported",
        "details",
    }
    found = {name: getattr(event, name) for name in usual if getattr(event, name)}
    assert found == fields


# Who ------------------------------------------------------------------------------------------------

NAMELESS = {
    "user_id": "DE.1349",
    "parent_user_id": "DE.ENT.118",
    "profile": {"name": "Ana", "username": "ana.k"},
}
UNNUMBERED = {"id": "wamid.Y", "timestamp": str(STAMP), "type": "text", "text": {"body": "hola"}}
PEOPLE: dict[str, tuple[Any, Any, tuple[str, Any]]] = {
    "username only": (
        {**UNNUMBERED, "from_user_id": "DE.1349"},
        [NAMELESS],
        ("DE.1349", {"username": "ana.k"}),
    ),
    "nothing but the contact": (UNNUMBERED, [NAMELESS], ("DE.1349", {"username": "ana.k"})),
    "user id in from": ({**UNNUMBERED, "from": "DE.1349"}, [NAMELESS], ("DE.1349", {"username": "ana.k"})),
    "number and contact": ({**UNNUMBERED, "from": WA_ID}, [CONTACT], (USER_ID, {"wa_id": WA_ID})),
    "before user ids": (
        {**UNNUMBERED, "from": WA_ID},
        [{"wa_id": WA_ID, "profile": {"name": "Ana"}}],
        (WA_ID, {"wa_id": WA_ID}),
    ),
    "no contacts": ({**UNNUMBERED, "from": WA_ID}, None, (WA_ID, {"wa_id": WA_ID})),
    "two contacts": (
        {**UNNUMBERED, "from": WA_ID},
        [{"user_id": "DE.9", "wa_id": "499"}, CONTACT],
        (USER_ID, {"wa_id": WA_ID}),
    ),
    "somebody else's contact": (
        {**UNNUMBERED, "from": "491"},
        [{"user_id": "DE.9", "wa_id": "499"}],
        ("491", {"wa_id": "491"}),
    ),
}


@pytest.mark.parametrize(("sent", "contacts", "who"), PEOPLE.values(), ids=PEOPLE.keys())
def test_who_said_it(sent: Any, contacts: Any, who: tuple[str, Any]) -> None:
    (event,) = parsed(change(value(sent, contacts=contacts)))
    assert isinstance(event, MessageReceived)
    assert (event.address, event.handle) == who


def test_a_username_is_a_name_where_there_is_no_other() -> None:
    contact = {"user_id": "DE.1349", "profile": {"username": "ana.k"}}
    (event,) = parsed(change(value({**UNNUMBERED, "from_user_id": "DE.1349"}, contacts=[contact])))
    assert event.facts.name == "ana.k"


# What is done -----------------------------------------------------------------------------------------

ABOUT: dict[str, Any] = {"to": NUMBER, "address": USER_ID, "ref": "wamid.A", "at": AT}
DONE: dict[str, tuple[Any, list[tuple[type, dict[str, Any]]]]] = {
    "reaction": (
        message("reaction", {"message_id": "wamid.OUT", "emoji": "👍"}),
        [(ReactionReceived, {"target": "wamid.OUT", "emoji": "👍"})],
    ),
    "reaction taken away": (
        message("reaction", {"message_id": "wamid.OUT", "emoji": ""}),
        [(ReactionReceived, {"target": "wamid.OUT", "emoji": ""})],
    ),
    "reaction without emoji": (
        message("reaction", {"message_id": "wamid.OUT"}),
        [(ReactionReceived, {"target": "wamid.OUT", "emoji": ""})],
    ),
    "edit": (
        message(
            "edit", {"original_message_id": "wamid.O", "message": {"type": "text", "text": {"body": "New"}}}
        ),
        [(MessageEdited, {"target": "wamid.O", "text": "New"})],
    ),
    "edited caption": (
        message(
            "edit",
            {"original_message_id": "wamid.O", "message": {"type": "image", "image": {"caption": "N"}}},
        ),
        [(MessageEdited, {"target": "wamid.O", "text": "N"})],
    ),
    "revoke": (
        message("revoke", {"original_message_id": "wamid.O"}),
        [(MessageWithdrawn, {"target": "wamid.O"})],
    ),
    "new number": (
        message("system", {"type": "user_changed_number", "body": "x", "wa_id": "4917", "user_id": "DE.2"}),
        [(AddressChanged, {"new_address": "DE.2"})],
    ),
    "new number without an id": (
        message("system", {"type": "user_changed_number", "body": "x", "new_wa_id": "4917"}),
        [(AddressChanged, {"new_address": "4917"})],
    ),
    "new id": (
        message("system", {"type": "user_changed_user_id", "user_id": "DE.2"}),
        [(AddressChanged, {"new_address": "DE.2"})],
    ),
    "no new id": (message("system", {"type": "user_changed_user_id"}), []),
    "new telephone": (message("system", {"type": "customer_identity_changed"}), []),
    "opened": (message("request_welcome"), [(EntryPointTapped, {"tag": ""})]),
    "in a group": (message("text", {"body": "Hi"}, group_id="G"), []),
}


@pytest.mark.parametrize(("sent", "expected"), DONE.values(), ids=DONE.keys())
def test_what_is_done(sent: Any, expected: list[tuple[type, dict[str, Any]]]) -> None:
    found = parsed(change(value(sent)))
    assert [type(event) for event in found] == [kind for kind, _ in expected]
    for event, (_, fields) in zip(found, expected, strict=True):
        wanted = {**ABOUT, **fields}
        assert {name: getattr(event, name) for name in wanted} == wanted


def test_many_in_one_webhook() -> None:
    first, second = message("text", {"body": "1"}), message("text", {"body": "2"}, id="wamid.B")
    body = change(value(first, second))
    body["entry"] *= 2
    assert [event.ref for event in parsed(body)] == ["wamid.A", "wamid.B"] * 2
