"""What a customer can say on Messenger, and what we understand. One row per kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import EntryPointTapped, Event, MediaKind, Place, WindowOpened
from apps.platforms.messenger.adapter import PLATFORM
from apps.platforms.shared import choices
from tests.platforms.messenger.happened import ABOUT, URL, media, ref, said
from tests.platforms.messenger.webhooks import CREDS, STAMP, attachment, body, item, message, request

ANSWER = CardAnswer(card_id="card-1", selected=(Option(id="y", title="Yes"),))
SLOT = Slot(id="s1", start=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), minutes=30)
THUMB = "369239263222822"
# label: the item, the events
MESSAGES: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "text": (message(text="Bonjour é"), said(text="Bonjour é")),
    "image": (attachment("image", url=URL), said(media=media(MediaKind.IMAGE, "image.jpg", "image/jpeg"))),
    "audio": (attachment("audio", url=URL), said(media=media(MediaKind.VOICE, "voice.mp4", "audio/mp4"))),
    "video": (attachment("video", url=URL), said(media=media(MediaKind.VIDEO, "video.mp4", "video/mp4"))),
    "file": (attachment("file", url=URL), said(media=media(MediaKind.FILE, "file", ""))),
    "reel": (attachment("reel", url=URL), said(media=media(MediaKind.VIDEO, "reel.mp4", "video/mp4"))),
    "sticker": (
        attachment("sticker", url=URL, sticker_id=5),
        said(media=media(MediaKind.STICKER, "sticker.png", "image/png")),
    ),
    "sticker as an image": (
        attachment("image", url=URL, sticker_id=5),
        said(media=media(MediaKind.STICKER, "sticker.png", "image/png")),
    ),
    "sticker twice": (
        message(
            attachments=[
                {"type": "image", "payload": {"url": URL, "sticker_id": 5}},
                {"type": "sticker", "payload": {"url": URL, "sticker_id": 5}},
            ]
        ),
        said(media=media(MediaKind.STICKER, "sticker.png", "image/png")),
    ),
    "thumb": (attachment("sticker", url=URL, sticker_id=int(THUMB)), said(text="👍")),
    "two images": (
        message(attachments=[{"type": "image", "payload": {"url": URL}}] * 2),
        said(media=media(MediaKind.IMAGE, "image.jpg", "image/jpeg") * 2),
    ),
    "place": (
        attachment("location", coordinates={"lat": 48.85, "long": 2.35}, title="Paris"),
        said(place=Place(latitude=48.85, longitude=2.35, title="Paris")),
    ),
    "shared link": (
        message(text="See", attachments=[{"type": "fallback", "title": "News", "url": "https://a.example"}]),
        said(text="See\nNews\nhttps://a.example"),
    ),
    "shared link that the text has": (
        message(
            text="https://a.example",
            attachments=[{"type": "fallback", "title": "News", "url": "https://a.example"}],
        ),
        said(text="https://a.example\nNews"),
    ),
    "shared link without an address": (
        message(attachments=[{"type": "fallback", "title": "Gone", "payload": None}]),
        said(text="Gone"),
    ),
    "nothing to show of a link": (attachment("fallback"), said(unsupported="fallback")),
    "reply": (message(text="Yes", reply_to={"mid": "m_0"}), said(text="Yes", reply_to="m_0")),
    "quick reply": (
        message(text="Yes", quick_reply={"payload": choices.payload("card-1", "y")}),
        said(text="Yes", answer=ANSWER),
    ),
    "quick reply of other software": (
        message(text="Yes", quick_reply={"payload": "YES_PAYLOAD"}),
        said(text="Yes"),
    ),
    "a time": (
        message(text="09:30", quick_reply={"payload": choices.slot_payload("card-1", SLOT)}),
        said(text="09:30", answer=CardAnswer(card_id="card-1", slot=SLOT)),
    ),
    "from an advertisement": (
        message(
            text="Hi",
            referral={
                "ref": "adsl",
                "ad_id": "6045246247433",
                "source": "ADS",
                "type": "OPEN_THREAD",
                "ads_context_data": {"ad_title": "Fibre", "post_id": "1"},
            },
        ),
        said(text="Hi", tag="adsl", details=(("Advertisement", "Fibre"),)),
    ),
    "unknown attachment": (attachment("hologram", url=URL), said(unsupported="hologram")),
    "file without a link": (attachment("image"), said(unsupported="image")),
    "moving picture": (
        attachment("animated_image", url=URL),
        said(media=media(MediaKind.IMAGE, "image.gif", "image/gif")),
    ),
    "somebody's template": (
        message(
            attachments=[{"type": "template", "title": "Offer", "payload": {"template_type": "generic"}}]
        ),
        said(text="Offer"),
    ),
    "shared post": (attachment("post", url=URL, title="Fibre"), said(text=f"Fibre\n{URL}")),
    "with what Meta guesses": (
        message(text="/help", commands=[{"name": "help"}], nlp={"intents": []}),
        said(text="/help"),
    ),
    "place without numbers": (
        message(text="Here", attachments=[{"type": "location", "payload": {"coordinates": None}}]),
        said(text="Here", unsupported="message"),
    ),
    "place off Earth": (
        attachment("location", coordinates={"lat": "1e999", "long": 2}),
        said(unsupported="location"),
    ),
    "attachments that are none": (message(text="x", attachments=5), said(text="x", unsupported="message")),
    "without an id": (item(message={"text": "x"}), said(ref=ref("message"), text="x")),
    "empty": (message(), said(unsupported="empty")),
    "unsupported": (message(is_unsupported=True), said(unsupported="unsupported")),
    "seconds": (
        {**message(text="x"), "timestamp": STAMP // 1000},
        said(text="x"),
    ),
}
POSTBACKS: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "get started with a tag": (
        item(
            postback={
                "mid": "m_p",
                "title": "Get started",
                "payload": "comptoir:start",
                "referral": {"ref": "adsl", "source": "SHORTLINK", "type": "OPEN_THREAD"},
            }
        ),
        [EntryPointTapped(**ABOUT, ref="m_p", tag="adsl")],
    ),
    "get started": (
        item(postback={"title": "Get started", "payload": "comptoir:start"}),
        [EntryPointTapped(**ABOUT, ref=ref("postback"))],
    ),
    "starter": (
        item(postback={"mid": "m_p", "title": "My order?", "payload": "starter"}),
        said(ref="m_p", text="My order?"),
    ),
    "button of a card": (
        item(postback={"mid": "m_p", "title": "Yes", "payload": choices.payload("card-1", "y")}),
        said(ref="m_p", text="Yes", answer=ANSWER),
    ),
    "link": (
        item(referral={"ref": "adsl", "source": "SHORTLINK", "type": "OPEN_THREAD"}),
        [EntryPointTapped(**ABOUT, ref=ref("referral"), tag="adsl")],
    ),
    "advertisement": (
        item(referral={"source": "ADS", "type": "OPEN_THREAD", "ad_id": "7"}),
        [WindowOpened(**ABOUT, ref=ref("referral"), words="Advertisement: 7")],
    ),
    "opt-in with a tag": (
        item(optin={"ref": "adsl"}),
        [EntryPointTapped(**ABOUT, ref=ref("optin"), tag="adsl")],
    ),
    "opt-in to notifications": (
        item(optin={"type": "notification_messages", "payload": "p"}),
        said(ref=ref("optin"), unsupported="notification_messages"),
    ),
}

ROWS = {**MESSAGES, **POSTBACKS}


@pytest.mark.parametrize(("given_item", "expected"), ROWS.values(), ids=ROWS.keys())
def test_what_a_customer_says(given_item: dict[str, Any], expected: list[Event]) -> None:
    assert list(PLATFORM.parse(request(body(given_item)), CREDS)) == expected


@pytest.mark.parametrize("size", [369239263222822, 369239343222814, 369239383222810])
def test_a_thumb_of_any_size_is_one(size: int) -> None:
    sent = attachment("sticker", url=URL, sticker_id=size)
    assert list(PLATFORM.parse(request(body(sent)), CREDS)) == said(text="👍")
