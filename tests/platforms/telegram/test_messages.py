"""What a customer can say on Telegram, and what we understand. One row per kind of the Bot API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from apps.platforms.events import (
    EntryPointTapped,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageReceived,
    Person,
    Place,
)
from apps.platforms.telegram.adapter import PLATFORM
from tests.platforms.telegram.updates import (
    ALICE,
    BOT,
    CHANNEL,
    CHAT,
    CREDS,
    CUSTOMER,
    DATE,
    GROUP,
    file,
    message,
    request,
    size,
    update,
)

ABOUT: dict[str, Any] = {
    "to": "acme_bot",
    "address": str(CUSTOMER),
    "ref": f"{CUSTOMER}:5",
    "at": datetime.fromtimestamp(DATE, UTC),
    "facts": Facts(locale="fr", name="Alice Martin"),
}


def said(**fields: Any) -> list[Event]:
    return [MessageReceived(**{**ABOUT, **fields})]


def media(kind: MediaKind, name: str, mime: str, **more: Any) -> tuple[MediaRef, ...]:
    return (
        MediaRef(
            **{"kind": kind, "locator": {"file_id": "FILE"}, "name": name, "mime": mime, "size": 4321, **more}
        ),
    )


STICKER = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
VIDEO = {"width": 640, "height": 360, "duration": 3}
POINT = {"latitude": 48.8566, "longitude": 2.3522}
PARIS = Place(latitude=48.8566, longitude=2.3522)
THUMB = size("thumb", 90, 90)
REPLIED = {"message_id": 3, "date": DATE, "chat": CHAT, "from": BOT, "text": "Which line?"}
ORIGIN = {"type": "hidden_user", "sender_user_name": "Bob", "date": DATE}
OPTION = {"voter_count": 0, "persistent_id": "0"}
POLL = {
    "id": "1",
    "question": "Tea?",
    "options": [{"text": "Yes", **OPTION}, {"text": "No", **OPTION}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}

# label: the content of the message, the events
MODERN: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "text": ({"text": "Bonjour"}, said(text="Bonjour")),
    "text with entities": (
        {"text": "see https://a.example", "entities": [{"type": "url", "offset": 4, "length": 17}]},
        said(text="see https://a.example"),
    ),
    "text of several lines": ({"text": "<b>1</b>\n2 & 3"}, said(text="<b>1</b>\n2 & 3")),
    "photo: the largest size": (
        {"photo": [size("S", 90, 60), size("L", 1280, 853), size("M", 320, 213)]},
        said(media=media(MediaKind.IMAGE, "photo.jpg", "image/jpeg", locator={"file_id": "L"}, size=1280)),
    ),
    "photo with caption": (
        {"photo": [size("L", 1280, 853)], "caption": "My router", "caption_entities": []},
        said(
            text="My router",
            media=media(MediaKind.IMAGE, "photo.jpg", "image/jpeg", locator={"file_id": "L"}, size=1280),
        ),
    ),
    "photo of an album": (
        {"photo": [size("L", 1280, 853)], "media_group_id": "13"},
        said(media=media(MediaKind.IMAGE, "photo.jpg", "image/jpeg", locator={"file_id": "L"}, size=1280)),
    ),
    "voice": (
        {"voice": file(duration=2, mime_type="audio/ogg")},
        said(media=media(MediaKind.VOICE, "voice.ogg", "audio/ogg")),
    ),
    "voice without a type": (
        {"voice": file(duration=2)},
        said(media=media(MediaKind.VOICE, "voice.ogg", "audio/ogg")),
    ),
    "audio": (
        {
            "audio": file(
                duration=200, title="Song", performer="Band", file_name="s.mp3", mime_type="audio/mpeg"
            )
        },
        said(media=media(MediaKind.AUDIO, "s.mp3", "audio/mpeg")),
    ),
    "video": (
        {"video": file(**VIDEO, mime_type="video/quicktime", file_name="a.mov", thumbnail=THUMB)},
        said(media=media(MediaKind.VIDEO, "a.mov", "video/quicktime")),
    ),
    "round video": (
        {"video_note": file(length=240, duration=3)},
        said(media=media(MediaKind.VIDEO, "video.mp4", "video/mp4")),
    ),
    "animation, which is a document too": (
        {"animation": file(**VIDEO), "document": file(file_id="DOCUMENT")},
        said(media=media(MediaKind.VIDEO, "animation.mp4", "video/mp4")),
    ),
    "document": (
        {"document": file(file_name="bill.pdf", mime_type="application/pdf")},
        said(media=media(MediaKind.FILE, "bill.pdf", "application/pdf")),
    ),
    "document without type, name and size": (
        {"document": {"file_id": "FILE", "file_unique_id": "UNIQUE"}},
        said(media=media(MediaKind.FILE, "file", "", size=0)),
    ),
    "sticker": (
        {"sticker": file(**STICKER, emoji="👍", set_name="Hands")},
        said(text="👍", media=media(MediaKind.STICKER, "sticker.webp", "image/webp")),
    ),
    "animated sticker": (
        {"sticker": file(**{**STICKER, "is_animated": True})},
        said(media=media(MediaKind.STICKER, "sticker.tgs", "application/x-tgsticker")),
    ),
    "video sticker": (
        {"sticker": file(**{**STICKER, "is_video": True})},
        said(media=media(MediaKind.STICKER, "sticker.webm", "video/webm")),
    ),
    "location": ({"location": POINT}, said(place=PARIS)),
    "a location that is nowhere": (
        {"location": {**POINT, "latitude": 91}},
        said(unsupported="location"),
    ),
    "live location": ({"location": {**POINT, "live_period": 900}}, said(place=PARIS)),
    "venue, which is a location too": (
        {"venue": {"location": POINT, "title": "Shop", "address": "1 rue A"}, "location": POINT},
        said(place=Place(latitude=48.8566, longitude=2.3522, title="Shop", address="1 rue A")),
    ),
    "contact": (
        {"contact": {"phone_number": "+33600000000", "first_name": "Bob", "last_name": "B", "user_id": 8}},
        said(person=Person(name="Bob B", phone="+33600000000")),
    ),
    "dice": ({"dice": {"emoji": "🎯", "value": 6}}, said(text="🎯 6")),
    "poll": ({"poll": POLL}, said(text="Tea?\n• Yes\n• No")),
    "web app": (
        {"web_app_data": {"data": '{"size": 3}', "button_text": "Choose"}},
        said(text='Choose\n{"size": 3}'),
    ),
    "reply": ({"text": "ADSL", "reply_to_message": REPLIED}, said(text="ADSL", reply_to=f"{CUSTOMER}:3")),
    "forward": ({"text": "their words", "forward_origin": ORIGIN}, said(text="their words")),
    "via another bot": ({"text": "gif", "via_bot": {**BOT, "id": 77}}, said(text="gif")),
    "service message": ({"pinned_message": REPLIED}, said(unsupported="pinned_message")),
    "group service message": ({"migrate_to_chat_id": -1001}, said(unsupported="migrate_to_chat_id")),
    "game": (
        {"game": {"title": "G", "description": "d", "photo": [size("L", 9, 9)]}},
        said(unsupported="game"),
    ),
    "a kind of next year": ({"hologram": {"file_id": "x"}}, said(unsupported="hologram")),
    "nothing": ({}, said(unsupported="empty")),
    "start": ({"text": "/start"}, [EntryPointTapped(**ABOUT, tag="")]),
    "start with a tag": (
        {"text": "/start ADSL_2-x", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]},
        [EntryPointTapped(**ABOUT, tag="ADSL_2-x")],
    ),
    "start that names the bot": (
        {"text": "/start@acme_bot mobile"},
        [EntryPointTapped(**ABOUT, tag="mobile")],
    ),
    "start with 64 characters": ({"text": f"/start {'a' * 64}"}, [EntryPointTapped(**ABOUT, tag="a" * 64)]),
    "no tag: too long": ({"text": f"/start {'a' * 65}"}, said(text=f"/start {'a' * 65}")),
    "no tag: words": ({"text": "/start my phone again"}, said(text="/start my phone again")),
    "no tag: reserved characters": ({"text": "/start a/../b"}, said(text="/start a/../b")),
    "another command": ({"text": "/started"}, said(text="/started")),
}

# Shapes of 2016 (no is_bot, no file_unique_id) and ones that only a broken server sends.
LEGACY: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "sender without is_bot": (
        {"from": {"id": CUSTOMER, "first_name": "Alice"}, "text": "hi"},
        said(text="hi", facts=Facts(name="Alice")),
    ),
    "photo without unique ids": (
        {
            "photo": [
                {"file_id": "S", "width": 90, "height": 60},
                {"file_id": "L", "width": 900, "height": 600},
            ]
        },
        said(media=media(MediaKind.IMAGE, "photo.jpg", "image/jpeg", locator={"file_id": "L"}, size=0)),
    ),
    "document with thumb": (
        {
            "document": {
                "file_id": "FILE",
                "file_name": "TabFig.pdf",
                "thumb": {"file_id": "T"},
                "file_size": 4321,
            }
        },
        said(media=media(MediaKind.FILE, "TabFig.pdf", "")),
    ),
    "sticker with thumb": (
        {
            "sticker": {
                "file_id": "FILE",
                "width": 9,
                "height": 9,
                "emoji": "🐱",
                "thumb": {},
                "file_size": 4321,
            }
        },
        said(text="🐱", media=media(MediaKind.STICKER, "sticker.webp", "image/webp")),
    ),
    "forward": ({"text": "old", "forward_from": {"id": 9}, "forward_date": 1}, said(text="old")),
    "location without a longitude": ({"location": {"latitude": 1}}, said(unsupported="location")),
    "dice without a value": ({"dice": {"emoji": "x"}}, said(unsupported="dice")),
    "photo without sizes": ({"photo": [], "caption": "look"}, said(text="look", unsupported="empty")),
    "voice without a file": ({"voice": {"duration": 1}}, said(unsupported="voice")),
    "spaces": ({"text": "  "}, said(unsupported="empty")),
    "what no database takes": ({"text": "a\x00b\ud800"}, said(text="a\ufffdb\ufffd")),
}

NOT_OURS: dict[str, dict[str, Any]] = {
    "group that does not say so": {"chat": {"id": -1001}, "text": "hi all"},
    "group": {"chat": GROUP, "text": "hi all"},
    "channel": {"chat": CHANNEL, "from": None, "text": "news"},
    "no sender": {"from": None, "sender_chat": CHANNEL, "text": "news"},
    "another bot": {"from": BOT, "text": "beep"},
}

CASES = {**MODERN, **{f"legacy {label}": case for label, case in LEGACY.items()}}


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES.keys())
def test_message(content: dict[str, Any], expected: list[Event]) -> None:
    assert list(PLATFORM.parse(request(update("message", message(**content))), CREDS)) == expected


@pytest.mark.parametrize("content", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_only_a_person_in_a_private_chat_is_a_customer(content: dict[str, Any]) -> None:
    assert PLATFORM.parse(request(update("message", message(**content))), CREDS) == []


@pytest.mark.parametrize(("content", "expected"), MODERN.values(), ids=MODERN.keys())
def test_python_telegram_bot_accepts_it_and_writes_it_alike(
    content: dict[str, Any], expected: list[Event]
) -> None:
    oracle = Update.de_json(update("message", message(**content)), None)
    assert oracle.message is not None
    assert oracle.message.from_user is not None
    assert (oracle.message.chat_id, oracle.message.from_user.id) == (CUSTOMER, ALICE["id"])
    assert list(PLATFORM.parse(request(oracle.to_dict()), CREDS)) == expected
