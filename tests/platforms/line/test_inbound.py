"""What comes in, and that it really comes from LINE."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from apps.platforms.base import BadSignature, Malformed
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import (
    ChannelTroubled,
    ContactLeft,
    ContactReturned,
    Event,
    MediaKind,
    MediaRef,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    Place,
    ThreadControlChanged,
    WindowOpened,
)
from apps.platforms.line.adapter import PLATFORM
from apps.platforms.shared import choices
from apps.platforms.windows import Opener
from tests.platforms.mutations import mutated, storable

from .payloads import AT, CREDS, EVENT_ID, TOKENS, USER, body, event, message, request

CARD = str(UUID(int=9))
ABOUT: dict[str, Any] = {"to": "@acme", "address": USER, "at": datetime.fromtimestamp(AT / 1000, UTC)}
HANDLE = {"reply_token": "reply-1", "message": "325708"}


def said(**fields: Any) -> MessageReceived:
    return MessageReceived(**ABOUT, **{"ref": "325708", "handle": HANDLE, **fields})


def tapped(**fields: Any) -> MessageReceived:
    return said(ref=EVENT_ID, handle={"reply_token": "reply-1"}, **fields)


def postback(data: str, **params: str) -> dict[str, Any]:
    more = {"params": params} if params else {}
    return event("postback", replyToken="reply-1", postback={"data": data, **more})


def media(kind: MediaKind, name: str, mime: str, size: int = 0, **locator: str) -> MediaRef:
    return MediaRef(kind=kind, locator=locator or {"message": "325708"}, name=name, mime=mime, size=size)


LINE: dict[str, Any] = {"contentProvider": {"type": "line"}}
OUTSIDE = {
    "type": "external",
    "originalContentUrl": "https://x.example/a.jpg",
    "previewImageUrl": "https://x",
}
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, tzinfo=UTC), minutes=30)

ROWS: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "text": (
        message("text", text="Hello (love)", **TOKENS),
        [said(text="Hello (love)", handle={**HANDLE, "seen": "read-1", "quote": "q3Plxr4AgKd"})],
    ),
    "text with the tag of a link": (
        message("text", text="Hello [#adsl/box]"),
        [said(text="Hello", tag="adsl", group="box")],
    ),
    "quoting": (message("text", text="This", quotedMessageId="77"), [said(text="This", reply_to="77")]),
    "empty": (message("text", text=" "), [said(unsupported="empty")]),
    "image": (message("image", **LINE), [said(media=(media(MediaKind.IMAGE, "photo.jpg", "image/jpeg"),))]),
    "image from elsewhere": (
        message("image", contentProvider=OUTSIDE),
        [said(media=(media(MediaKind.IMAGE, "photo.jpg", "image/jpeg", url="https://x.example/a.jpg"),))],
    ),
    "video": (message("video", **LINE), [said(media=(media(MediaKind.VIDEO, "video.mp4", "video/mp4"),))]),
    "audio": (message("audio", **LINE), [said(media=(media(MediaKind.VOICE, "voice.m4a", "audio/mp4"),))]),
    "file": (
        message("file", fileName="a.pdf", fileSize=9),
        [said(media=(media(MediaKind.FILE, "a.pdf", "", 9),))],
    ),
    "location": (
        message("location", title="Tower", address="Paris", latitude=48.85, longitude=2.29),
        [said(place=Place(latitude=48.85, longitude=2.29, title="Tower", address="Paris"))],
    ),
    "nowhere": (message("location", latitude=100, longitude=0), [said(unsupported="location")]),
    "sticker": (
        message("sticker", packageId="1", stickerId="52002734", keywords=["hi", "hello"]),
        [said(text="hi", media=(media(MediaKind.STICKER, "sticker.png", "image/png", sticker="52002734"),))],
    ),
    "message of the future": (message("hologram"), [said(unsupported="hologram")]),
    "button of ours": (
        postback(choices.payload(CARD, "yes")),
        [tapped(answer=CardAnswer(card_id=CARD, selected=(Option(id="yes", title=""),)))],
    ),
    "time of ours": (
        postback(choices.slot_payload(CARD, SLOT)),
        [tapped(answer=CardAnswer(card_id=CARD, slot=SLOT))],
    ),
    "button of other software": (postback("action=buy"), [tapped(text="action=buy")]),
    "date of other software": (postback("d", date="2026-11-22"), [tapped(text="2026-11-22")]),
    "rich menu": (
        postback("d", newRichMenuAliasId="b", status="SUCCESS"),
        [WindowOpened(**ABOUT, ref=EVENT_ID, opener=Opener.TAP, words="menu")],
    ),
    "edited": (
        event("messageEdited", message={"type": "text", "id": "325708", "text": "Hello (love)"}),
        [MessageEdited(**ABOUT, ref=EVENT_ID, target="325708", text="Hello (love)")],
    ),
    "message without its words": (message("text"), [said(ref=EVENT_ID, unsupported="message")]),
    "button without its data": (
        event("postback", replyToken="reply-1", postback={}),
        [tapped(unsupported="postback")],
    ),
    "unsend": (
        event("unsend", unsend={"messageId": "325708"}),
        [MessageWithdrawn(**ABOUT, ref=EVENT_ID, target="325708")],
    ),
    "new friend": (
        event("follow", replyToken="r", follow={"isUnblocked": False}),
        [WindowOpened(**ABOUT, ref=EVENT_ID, opener=Opener.TAP, words="follow")],
    ),
    "old friend": (
        event("follow", replyToken="r", follow={"isUnblocked": True}),
        [ContactReturned(**ABOUT, ref=EVENT_ID)],
    ),
    "unfollow": (event("unfollow"), [ContactLeft(**ABOUT, ref=EVENT_ID, reason="blocked")]),
    "another program has the thread": (
        message("text", mode="standby", text="Hi"),
        [
            ThreadControlChanged(**ABOUT, ref=f"standby:{EVENT_ID}", ours=False, owner="LINE"),
            said(text="Hi", handle=None),
        ],
    ),
    "given back": (
        event("activated", chatControl={"expireAt": AT}),
        [ThreadControlChanged(**ABOUT, ref=EVENT_ID, ours=True)],
    ),
    "taken away": (
        event("deactivated", mode="standby"),
        [ThreadControlChanged(**ABOUT, ref=EVENT_ID, ours=False, owner="LINE")],
    ),
    "suspended": (
        {"type": "botSuspended", "timestamp": AT, "mode": "active", "webhookEventId": EVENT_ID},
        [
            ChannelTroubled(
                **{**ABOUT, "address": ""},
                ref=EVENT_ID,
                stops=True,
                code="bot_suspended",
                words="LINE has suspended this bot",
            )
        ],
    ),
    "in a group": (
        message("text", text="Hi") | {"source": {"type": "group", "groupId": "C1", "userId": USER}},
        [],
    ),
    "in a room": (message("text", text="Hi") | {"source": {"type": "room", "roomId": "R1"}}, []),
    "added to a group": (event("join", replyToken="r") | {"source": {"type": "group", "groupId": "C1"}}, []),
    "removed from a group": (event("leave") | {"source": {"type": "group", "groupId": "C1"}}, []),
    "members of a group": (
        event("memberJoined", replyToken="r", joined={"members": []})
        | {"source": {"type": "group", "groupId": "C1"}},
        [],
    ),
    "members who left": (
        event("memberLeft", left={"members": []}) | {"source": {"type": "group", "groupId": "C1"}},
        [],
    ),
    "film was watched": (
        event("videoPlayComplete", replyToken="r", videoPlayComplete={"trackingId": "t"}),
        [],
    ),
    "beacon": (event("beacon", replyToken="r", beacon={"hwid": "d41d8cd98f", "type": "enter"}), []),
    "accounts linked": (event("accountLink", link={"result": "ok", "nonce": "n"}), []),
    "membership": (event("membership", replyToken="r", membership={"type": "joined", "membershipId": 1}), []),
    "module": (event("module", module={"type": "attached", "botId": "U1", "scopes": []}), []),
    "notification delivered": (event("delivery", delivery={"data": "15034552939884E28681A7D668CE"}), []),
    "without anybody": ({"type": "botResumed", "timestamp": AT, "mode": "active"}, []),
    "event of the future": (
        event("teleported"),
        [MessageReceived(**ABOUT, ref=EVENT_ID, unsupported="teleported")],
    ),
}


def parsed(raw: bytes) -> list[Event]:
    return list(PLATFORM.parse(request(raw), CREDS))


@pytest.mark.parametrize(("given_", "events"), ROWS.values(), ids=ROWS.keys())
def test_event(given_: dict[str, Any], events: list[Event]) -> None:
    assert parsed(body(given_)) == events


def test_a_connectivity_check_is_nothing_that_happened() -> None:
    PLATFORM.verify(request(body()), CREDS)
    assert parsed(body()) == []


def test_events_of_several_people_come_in_one_request() -> None:
    other = {"source": {"type": "user", "userId": f"U{'0' * 32}"}}
    found = parsed(body(message("text", text="a"), message("text", text="b") | other))
    assert [(event.address, getattr(event, "text", "")) for event in found] == [
        (USER, "a"),
        (f"U{'0' * 32}", "b"),
    ]


def test_an_event_that_cannot_be_read_keeps_no_other_back() -> None:
    found = parsed(body(message("text", text="a"), message("location"), event("unfollow")))
    assert [type(one).__name__ for one in found] == ["MessageReceived", "MessageReceived", "ContactLeft"]
    assert [getattr(one, "unsupported", "") for one in found] == ["", "message", ""]


def test_an_event_without_a_time_is_malformed() -> None:
    with pytest.raises(Malformed):
        parsed(body(message("text", text="a") | {"timestamp": "now"}))


def test_a_repetition_has_the_key_of_the_first() -> None:
    first = message("text", text="a")
    again = first | {"deliveryContext": {"isRedelivery": True}}
    second = event("unfollow") | {"webhookEventId": "01G"}
    assert PLATFORM.dedup_key(request(body(first))) == PLATFORM.dedup_key(request(body(again))) == EVENT_ID
    both = [PLATFORM.dedup_key(request(body(each, second))) for each in (first, again)]
    assert both[0] == both[1] != EVENT_ID


@pytest.mark.parametrize(
    ("old", "key"), [(message("text", text="a"), "325708"), (event("unfollow"), f"unfollow:{AT}:{USER}")]
)
def test_shapes_of_before_2022_have_no_event_id(old: dict[str, Any], key: str) -> None:
    del old["webhookEventId"], old["deliveryContext"]
    assert PLATFORM.dedup_key(request(body(old))) == key
    assert len(parsed(body(old))) == 1


# Signatures -------------------------------------------------------------------------------------------

VECTOR = (  # a sample of LINE's documentation
    "8c570fa6dd201bb328f1c1eac23a96d8",
    b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}',
    "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=",
)


def test_the_documented_signature() -> None:
    secret, raw, signature = VECTOR
    signed = replace(request(raw), headers={"x-line-signature": signature})
    PLATFORM.verify(signed, {"channel_secret": f" {secret} "})
    for wrong in ({"channel_secret": secret[::-1]}, {"channel_secret": ""}, {}):
        with pytest.raises(BadSignature):
            PLATFORM.verify(signed, wrong)


def test_other_bytes_are_not_signed() -> None:
    signed = request(body())
    for other in (replace(signed, body=signed.body + b" "), replace(signed, headers={})):
        with pytest.raises(BadSignature):
            PLATFORM.verify(other, CREDS)


# Anything ---------------------------------------------------------------------------------------------

SEEDS = [{"destination": "U", "events": [given_]} for given_, _ in ROWS.values()]


@settings(max_examples=150)
@given(payload=mutated(SEEDS, "standby", "user"))
def test_whatever_comes(payload: Any) -> None:
    raw = json.dumps(payload).encode()
    try:
        found = parsed(raw)
        PLATFORM.dedup_key(request(raw))
    except Malformed:
        return
    for one in found:
        storable(one)
