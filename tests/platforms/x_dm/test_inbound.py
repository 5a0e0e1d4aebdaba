"""What comes in, in both of X's shapes, and that it really comes from X."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from apps.platforms.base import Answer, BadSignature, Inbound, Malformed
from apps.platforms.cards import CardAnswer, Option
from apps.platforms.events import (
    ChannelTroubled,
    DeliveryState,
    DeliveryUpdated,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageReceived,
    Place,
    TypingChanged,
)
from apps.platforms.shared import choices
from apps.platforms.x_dm.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable

from .payloads import CREDS, DM, STAMP, THEM, US, Json, account, activity, dm, request, signal

CARD = str(UUID(int=9))
ABOUT: Json = {
    "to": US,
    "address": THEM,
    "at": datetime.fromtimestamp(STAMP / 1000, UTC),
    "facts": Facts(name="Ana"),
}
LINK = "https://t.co/a1"


def said(**fields: Any) -> MessageReceived:
    return MessageReceived(**ABOUT, **{"ref": DM, **fields})


def media(kind: str, **more: Any) -> Json:
    found = {"id_str": "77", "type": kind, "url": LINK, **more}
    return {"text": f"Look {LINK}", "attachment": {"type": "media", "media": found}}


def file(kind: MediaKind, name: str, mime: str, **locator: str) -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator=locator, name=name, mime=mime),)


PHOTO = {"media_url_https": "https://ton.twitter.com/1.1/ton/data/dm/1/77/hVJQTwig.jpg"}
FILM: Json = {
    "media_url_https": "https://pbs.twimg.com/dm_video_preview/1/img/a.jpg",
    "video_info": {
        "variants": [
            {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/a.m3u8"},
            {"content_type": "video/mp4", "bitrate": 320_000, "url": "https://video.twimg.com/small.mp4"},
            {"content_type": "video/mp4", "bitrate": 832_000, "url": "https://video.twimg.com/large.mp4"},
        ]
    },
}
BEST = {"url": "https://video.twimg.com/large.mp4"}
POINT = {"type": "Point", "coordinates": [2.29, 48.85]}
TOWN = {"type": "shared_place", "shared_place": {"place": {"full_name": "Paris"}}}
ENTITIES = {"urls": [{"url": LINK, "expanded_url": "https://shop.example/a"}]}


def place(coordinates: list[float]) -> Json:
    shared = {"coordinates": {**POINT, "coordinates": coordinates}}
    location = {"type": "shared_coordinate", "shared_coordinate": shared}
    return {"text": "", "attachment": {"type": "location", "location": location}}


MESSAGES: dict[str, tuple[Json, Json]] = {
    "text": ({"text": "hello!"}, {"text": "hello!"}),
    "escaped": ({"text": "1 &lt; 2 &amp;amp; 3"}, {"text": "1 < 2 &amp; 3"}),
    "tag of a link": ({"text": "Hi [#adsl/box]"}, {"text": "Hi", "tag": "adsl", "group": "box"}),
    "typed link": ({"text": f"See {LINK}", "entities": ENTITIES}, {"text": "See https://shop.example/a"}),
    "empty": ({"text": " "}, {"unsupported": "empty"}),
    "quick reply of ours": (
        {
            "text": "Yes",
            "quick_reply_response": {"type": "options", "metadata": choices.payload(CARD, "y")},
        },
        {
            "text": "Yes",
            "answer": CardAnswer(card_id=CARD, selected=(Option(id="y", title="Yes"),)),
        },
    ),
    "quick reply of others": (
        {"text": "Yes", "quick_reply_response": {"type": "options", "metadata": "external"}},
        {"text": "Yes"},
    ),
    "photo": (
        media("photo", **PHOTO),
        {
            "text": "Look",
            "media": file(
                MediaKind.IMAGE, "photo.jpg", "image/jpeg", message=DM, media="77", resource="hVJQTwig.jpg"
            ),
        },
    ),
    "film": (
        media("video", **FILM),
        {"text": "Look", "media": file(MediaKind.VIDEO, "video.mp4", "video/mp4", **BEST)},
    ),
    "animation": (
        media("animated_gif", **FILM),
        {"text": "Look", "media": file(MediaKind.VIDEO, "animation.mp4", "video/mp4", **BEST)},
    ),
    "file of the future": (media("hologram"), {"text": "Look", "unsupported": "hologram"}),
    "place": (place([2.29, 48.85]), {"place": Place(latitude=48.85, longitude=2.29)}),
    "nowhere": (place([2.29, 100]), {"unsupported": "location"}),
    "town": (
        {"text": "", "attachment": {"type": "location", "location": TOWN}},
        {"unsupported": "location"},
    ),
    "photo without an address": (media("photo"), {"unsupported": "message"}),
    "film without versions": (media("video", video_info={}), {"unsupported": "message"}),
    "attachment of the future": ({"text": "", "attachment": {"type": "poll"}}, {"unsupported": "poll"}),
}


@pytest.mark.parametrize(("data", "fields"), MESSAGES.values(), ids=MESSAGES.keys())
@pytest.mark.parametrize("shape", ["account", "activity"])
def test_message(data: Json, fields: Json, shape: str) -> None:
    lists = {"direct_message_events": [dm(data)]}
    body = account(**lists) if shape == "account" else activity("dm.received", lists)
    assert PLATFORM.parse(request(body), CREDS) == [said(**fields)]


TYPING: list[Event] = [TypingChanged(**ABOUT, ref=f"typing:{THEM}:{STAMP}", typing=True)]
READ: list[Event] = [
    DeliveryUpdated(**ABOUT, ref="read:99", target="99", state=DeliveryState.READ, up_to=True)
]
ENDED = datetime(2026, 7, 23, 21, 44, 5, tzinfo=UTC)
REVOKED: list[Event] = [
    ChannelTroubled(
        to=US,
        address="",
        ref="revoke:2026-07-23T21:44:05+00:00",
        at=ENDED,
        stops=True,
        code="revoked",
        words="the account has taken this app's access away",
    )
]
REVOKE = {"date_time": "2026-07-23T21:44:05+00:00", "user_id": US, "app_id": "29820954"}
OLD_REVOKE = {"date_time": REVOKE["date_time"], "target": {"app_id": "1"}, "source": {"user_id": US}}
CHAT = {"id": "e4f4", "created_at_msec": str(STAMP), "sender_id": THEM, "encoded_event": "CwABAAAA"}
SIGNALS: dict[str, tuple[Json, list[Event]]] = {
    "typing": (account(direct_message_indicate_typing_events=[signal()]), TYPING),
    "typing now": (
        activity("dm.indicate_typing", {"direct_message_indicate_typing_events": [signal()]}),
        TYPING,
    ),
    "read": (account(direct_message_mark_read_events=[signal(last_read_event_id="99")]), READ),
    "read now": (
        activity("dm.read", {"direct_message_mark_read_events": [signal(last_read_event_id="99")]}),
        READ,
    ),
    "revoked": (activity("oauth.revoke", REVOKE), REVOKED),
    "revoked before": ({"for_user_id": US, "user_event": {"revoke": OLD_REVOKE}}, REVOKED),
    "somebody else's revocation": (activity("oauth.revoke", {**REVOKE, "user_id": "3"}), []),
    "encrypted": (
        activity("chat.received", CHAT),
        [said(ref="chat:e4f4", unsupported="encrypted message: open X to read it")],
    ),
    "encrypted by us": (activity("chat.received", {**CHAT, "sender_id": US}), []),
    "our own": (account(direct_message_events=[dm({"text": "x"}, sender=US, recipient=THEM)]), []),
    "our own now": (
        activity("dm.sent", {"direct_message_events": [dm({"text": "x"}, sender=US, recipient=THEM)]}),
        [],
    ),
    "a group's": (account(direct_message_events=[dm({"text": "x"}, recipient="3")]), []),
    "no message": (activity("post.create", {"id": "1", "text": "Hello"}), []),
    "legacy post": (account(tweet_create_events=[{"id": 1}]), []),
    "event of the future": (activity("dm.hologram", {}), []),
    "nothing": ({}, []),
}


@pytest.mark.parametrize(("body", "expected"), SIGNALS.values(), ids=SIGNALS.keys())
def test_signal(body: Json, expected: list[Event]) -> None:
    assert PLATFORM.parse(request(body), CREDS) == expected


# The same thing once ----------------------------------------------------------------------------------


def test_an_event_is_known_by_its_id() -> None:
    received = {"direct_message_events": [dm({"text": "x"})]}
    keys = [
        PLATFORM.dedup_key(request(body))
        for body in (activity("dm.received", received), account(**received), {"for_user_id": US})
    ]
    assert keys[:2] == ["uuid:-6850472171600526495", f"dm:{DM}"]
    assert keys[2].startswith("sha256:")


def test_two_subscriptions_tell_of_one_message() -> None:
    """Two deliveries, one ref: the second is the same event."""
    received = {"direct_message_events": [dm({"text": "x"})]}
    one, two = (activity("dm.received", received, uuid) for uuid in ("1", "2"))
    assert PLATFORM.dedup_key(request(one)) != PLATFORM.dedup_key(request(two))
    assert PLATFORM.parse(request(one), CREDS) == PLATFORM.parse(request(two), CREDS)


# Whose it is ------------------------------------------------------------------------------------------

SIGNED = request(account())
FORGED: dict[str, Inbound] = {
    "other secret": request(account(), "other"),
    "other body": replace(SIGNED, body=b"{}"),
    "no signature": replace(SIGNED, headers={}),
    "no prefix": replace(SIGNED, headers={n: v.removeprefix("sha256=") for n, v in SIGNED.headers.items()}),
}


def test_what_is_signed_is_taken() -> None:
    PLATFORM.verify(SIGNED, CREDS)


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_is_not_is_refused(forged: Inbound) -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(forged, CREDS)


def asked(**query: str) -> Inbound:
    return Inbound(method="GET", path="/", query=query, headers={}, body=b"")


def test_the_challenge_is_answered() -> None:
    """The value was computed with openssl: printf … | openssl dgst -sha256 -hmac … -binary | base64."""
    answer = PLATFORM.answer(asked(crc_token="a-token"), {"consumer_secret": "a-secret"})
    assert answer is not None
    assert (answer.status, json.loads(answer.body)) == (
        200,
        {"response_token": "sha256=4GW1eo3HYdTCaL38kT17GqN/Xcc/kIltTIoRwsSzXsg="},
    )


def test_nobodys_address_knows_no_secret() -> None:
    assert PLATFORM.answer(asked(crc_token="a-token"), {}) == Answer(body="unknown address", status=404)


@pytest.mark.parametrize("other", [asked(), request(account())])
def test_everything_else_is_no_challenge(other: Inbound) -> None:
    assert PLATFORM.answer(other, CREDS) is None


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"{"])
def test_what_is_no_object_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(raw), CREDS)
    with pytest.raises(Malformed):
        PLATFORM.dedup_key(request(raw))


SEEDS = [body for body, _ in SIGNALS.values() if body] + [
    account(direct_message_events=[dm(data)]) for data, _ in MESSAGES.values()
]


@settings(max_examples=150, deadline=None)
@given(body=mutated(SEEDS, "message_create", "chat.received", "oauth.revoke", "photo", "location"))
def test_anything_is_read_or_malformed(body: Any) -> None:
    try:
        found = PLATFORM.parse(request(json.dumps(body).encode()), CREDS)
        PLATFORM.dedup_key(request(json.dumps(body).encode()))
    except Malformed:
        return
    for event in found:
        storable(event)
