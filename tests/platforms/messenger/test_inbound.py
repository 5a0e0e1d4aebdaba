"""What can happen on Messenger, and what we understand. One row per kind of webhook."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from apps.platforms.base import BadSignature, Malformed
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import (
    ChannelTroubled,
    DeliveryState,
    DeliveryUpdated,
    EntryPointTapped,
    Event,
    MediaKind,
    MediaRef,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Place,
    ReactionReceived,
    ThreadControlChanged,
    WindowOpened,
)
from apps.platforms.messenger.adapter import PLATFORM
from apps.platforms.shared import choices, signatures
from tests.platforms.messenger.webhooks import (
    CREDS,
    OTHER_PAGE,
    PAGE,
    PERSON,
    STAMP,
    attachment,
    body,
    echo,
    item,
    message,
    request,
)
from tests.platforms.mutations import mutated, storable

AT = datetime.fromtimestamp(STAMP / 1000, UTC)
ABOUT: dict[str, Any] = {"to": PAGE, "address": PERSON, "at": AT}
URL = "https://scontent.xx.fbcdn.net/v/a.bin?oe=1"


def said(**fields: Any) -> list[Event]:
    """Words in a thread that is ours."""
    return [MessageReceived(**{**ABOUT, "ref": "m_1", "handle": {}, **fields})]


def media(kind: MediaKind, name: str, mime: str) -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator={"url": URL}, name=name, mime=mime),)


def ref(what: str) -> str:
    return f"{what}:{PERSON}:{STAMP}"


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

RECEIPTS: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "delivered": (
        item(delivery={"mids": ["m_a", "m_b"], "watermark": STAMP}),
        [
            DeliveryUpdated(**ABOUT, ref=f"delivered:{mid}", target=mid, state=DeliveryState.DELIVERED)
            for mid in ("m_a", "m_b")
        ],
    ),
    "delivered up to": (
        item(delivery={"watermark": STAMP}),
        [
            DeliveryUpdated(
                **ABOUT, ref=ref("delivered"), target="", state=DeliveryState.DELIVERED, up_to=True
            )
        ],
    ),
    "read up to": (
        item(read={"watermark": STAMP}, timestamp=STAMP + 5000),
        [DeliveryUpdated(**ABOUT, ref=ref("read"), target="", state=DeliveryState.READ, up_to=True)],
    ),
    "reaction": (
        item(reaction={"reaction": "love", "emoji": "❤", "action": "react", "mid": "m_a"}),
        [ReactionReceived(**ABOUT, ref=ref("reaction:m_a"), target="m_a", emoji="❤")],
    ),
    "reaction without an emoji": (
        item(reaction={"reaction": "wow", "action": "react", "mid": "m_a"}),
        [ReactionReceived(**ABOUT, ref=ref("reaction:m_a"), target="m_a", emoji="😮")],
    ),
    "reaction taken away": (
        item(reaction={"reaction": "love", "emoji": "❤", "action": "unreact", "mid": "m_a"}),
        [ReactionReceived(**ABOUT, ref=ref("reaction:m_a"), target="m_a", emoji="")],
    ),
    "edit": (
        item(message_edit={"mid": "m_1", "text": "Better", "num_edit": 2}),
        [MessageEdited(**ABOUT, ref="edit:m_1:2", target="m_1", text="Better")],
    ),
}

ID = "0192f0c4-0000-7000-8000-00000000002a"
ECHOES: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "ours": (
        echo(text="Hello", app_id=5550001, metadata=f"comptoir:{ID}"),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", delivery_id=ID)],
    ),
    "Meta's inbox": (
        echo(text="Hello", app_id=263902037430900),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", author="Meta Business Suite")],
    ),
    "ours without our mark": (
        echo(text="Hello", app_id=int(CREDS["app_id"])),
        [DeliveryUpdated(**ABOUT, ref="echo:m_echo", target="m_echo", state=DeliveryState.SENT)],
    ),
    "our app's under another's mark": (
        echo(text="Hello", app_id=int(CREDS["app_id"]), metadata="m-123"),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", author=f"app {CREDS['app_id']}")],
    ),
    "another program": (
        echo(text="Hello", app_id=123, metadata="m-123"),
        [MessageEchoed(**ABOUT, ref="m_echo", text="Hello", author="app 123")],
    ),
    "a picture": (
        echo(attachments=[{"type": "image", "payload": {"url": URL}}]),
        [MessageEchoed(**ABOUT, ref="m_echo", media=media(MediaKind.IMAGE, "image.jpg", "image/jpeg"))],
    ),
    "a template of somebody": (
        echo(attachments=[{"type": "template", "payload": {"template_type": "generic"}}], app_id=123),
        [MessageEchoed(**ABOUT, ref="m_echo", unsupported="template", author="app 123")],
    ),
    "taken back": (echo(is_deleted=True), []),
}

OURS, THEIRS = CREDS["app_id"], "888"
CONTROL: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "passed to us": (
        item(pass_thread_control={"previous_owner_app_id": THEIRS, "new_owner_app_id": OURS}),
        [ThreadControlChanged(**ABOUT, ref=ref("pass_thread_control"), ours=True)],
    ),
    "passed to another": (
        item(pass_thread_control={"previous_owner_app_id": OURS, "new_owner_app_id": THEIRS}),
        [ThreadControlChanged(**ABOUT, ref=ref("pass_thread_control"), ours=False, owner="app 888")],
    ),
    "taken by Meta's inbox": (
        item(take_thread_control={"previous_owner_app_id": OURS, "new_owner_app_id": "263902037430900"}),
        [
            ThreadControlChanged(
                **ABOUT, ref=ref("take_thread_control"), ours=False, owner="Meta Business Suite"
            )
        ],
    ),
    "taken by somebody": (
        item(take_thread_control={"previous_owner_app_id": OURS}),
        [ThreadControlChanged(**ABOUT, ref=ref("take_thread_control"), ours=False)],
    ),
    "idle": (
        item(pass_thread_control={"previous_owner_app_id": None, "new_owner_app_id": None}),
        [ThreadControlChanged(**ABOUT, ref=ref("pass_thread_control"), ours=True)],
    ),
    "asked for": (item(request_thread_control={"requested_owner_app_id": THEIRS}), []),
    "an account linked": (item(account_linking={"status": "linked", "authorization_code": "c"}), []),
    "an account unlinked": (item(account_linking={"status": "unlinked"}), []),
    "who had it before": (
        item(hop_context=[{"app_id": 1, "metadata": "m"}], prior_message={"source": "x"}),
        [],
    ),
    "roles": (
        {"recipient": {"id": PAGE}, "timestamp": STAMP, "app_roles": {OURS: ["primary_receiver"]}},
        [],
    ),
    "policy": (
        {
            "recipient": {"id": PAGE},
            "timestamp": STAMP,
            "policy-enforcement": {"action": "block", "reason": "Spam"},
        },
        [
            ChannelTroubled(
                to=PAGE,
                address="",
                ref=f"policy:block:{STAMP}",
                at=AT,
                stops=True,
                code="policy_block",
                words="Spam",
            )
        ],
    ),
    "policy, older": (
        item(policy_enforcement={"action": "warning", "reason": "Slow answers"}),
        [
            ChannelTroubled(
                to=PAGE,
                address="",
                ref=f"policy:warning:{STAMP}",
                at=AT,
                stops=False,
                code="policy_warning",
                words="Slow answers",
            )
        ],
    ),
}

NOBODY: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "another page's customer": ({**message(text="x"), "recipient": {"id": OTHER_PAGE}}, []),
    "nobody named": ({**message(text="x"), "sender": {"user_ref": "u"}}, []),
    "a kind of the future": (
        item(telepathy={"thought": 1}),
        said(ref=ref("telepathy"), unsupported="telepathy"),
    ),
    "nothing": (item(), []),
}

ALL = {**MESSAGES, **POSTBACKS, **RECEIPTS, **ECHOES, **CONTROL, **NOBODY}


@pytest.mark.parametrize(("given_item", "expected"), ALL.values(), ids=ALL.keys())
def test_item(given_item: dict[str, Any], expected: list[Event]) -> None:
    assert list(PLATFORM.parse(request(body(given_item)), CREDS)) == expected


@pytest.mark.parametrize("size", [369239263222822, 369239343222814, 369239383222810])
def test_a_thumb_of_any_size_is_one(size: int) -> None:
    sent = attachment("sticker", url=URL, sticker_id=size)
    assert list(PLATFORM.parse(request(body(sent)), CREDS)) == said(text="👍")


def test_a_standby_says_that_another_has_the_thread() -> None:
    waiting = [message(text="x"), item(postback={"title": "Yes"})]
    events = list(PLATFORM.parse(request(body(*waiting, key="standby")), CREDS))
    other = ThreadControlChanged(**ABOUT, ref=ref("standby"), ours=False)
    theirs = {"handle": None}
    tapped = said(ref=ref("postback"), text="Yes", **theirs)
    assert events == [other, *said(text="x", **theirs), other, *tapped]


def test_entries_of_other_pages_are_theirs() -> None:
    data = body(message(text="ours"))
    data["entry"] += body({**message(text="theirs"), "recipient": {"id": OTHER_PAGE}}, page=OTHER_PAGE)[
        "entry"
    ]
    assert list(PLATFORM.parse(request(data), CREDS)) == said(text="ours")
    assert PLATFORM.recipients(request(data)) == [PAGE, OTHER_PAGE]
    theirs = PLATFORM.parse(request(data), {**CREDS, "page_id": OTHER_PAGE})
    assert [event.to for event in theirs] == [OTHER_PAGE]


def test_a_repetition_is_the_same_event() -> None:
    data = body(message(text="x"), message(text="x"))
    refs = [event.ref for event in PLATFORM.parse(request(data), CREDS)]
    assert refs == ["m_1", "m_1"]
    assert PLATFORM.dedup_key(request(data)) == PLATFORM.dedup_key(request(copy.deepcopy(data)))
    assert PLATFORM.dedup_key(request(data)) != PLATFORM.dedup_key(request(body(message(text="y"))))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"object": "instagram", "entry": []},
        {"object": "page"},
        {"object": "page", "entry": [1]},
        {"object": "page", "entry": [{"messaging": []}]},
        body({"message": {"mid": "m"}, "sender": 1, "recipient": {"id": PAGE}}),
        body({**message(text="x"), "timestamp": "soon"}),
        body({**message(text="x"), "timestamp": 10**40}),
        body(item(read={})),
    ],
)
def test_what_cannot_be_read_is_malformed(data: Any) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(data), CREDS)


SEEDS = [*[body(row) for row, _events in ALL.values()], body(message(text="x"), key="standby")]


@settings(max_examples=300, deadline=None)
@given(payload=mutated(SEEDS, "like_heart", "location", "1e999", PAGE))
def test_mutated_webhooks_are_understood_or_malformed(payload: Any) -> None:
    made = request(payload)
    assert all(isinstance(each, str) for each in PLATFORM.recipients(made))
    try:
        events = PLATFORM.parse(made, CREDS)
    except Malformed:
        return
    for event in events:
        storable(event)


def test_only_metas_own_requests_are_taken() -> None:
    raw = request(body(message(text="x")))
    signature = "sha256=" + signatures.sign(CREDS["app_secret"], raw.body)
    signed = type(raw)(
        method="POST", path="/", query={}, headers={"x-hub-signature-256": signature}, body=raw.body
    )
    PLATFORM.verify(signed, CREDS)
    with pytest.raises(BadSignature):
        PLATFORM.verify(signed, {**CREDS, "app_secret": "other"})


def test_the_signature_is_what_another_library_makes_it() -> None:
    from pywa.utils import webhook_updates_validator

    raw = json.dumps(body(message(text="é"))).encode()
    header = "sha256=" + signatures.sign(CREDS["app_secret"], raw)
    assert webhook_updates_validator(CREDS["app_secret"], raw, header)
