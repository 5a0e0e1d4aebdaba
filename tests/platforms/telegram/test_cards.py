"""Each kind of card as a call of the Bot API, compared with what python-telegram-bot would send for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    InputMediaVideo,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.constants import MediaGroupLimit, MessageLimit
from telegram.request import BaseRequest, RequestData

from apps.core.http import HttpDoor
from apps.platforms.base import Content, MediaFile, Outgoing, Part, Rejected
from apps.platforms.cards import (
    Card,
    CardAnswer,
    ContactCard,
    Field,
    Form,
    Limit,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
    fallback_text,
    lint,
    without_images,
)
from apps.platforms.events import MessageReceived
from apps.platforms.shared import choices
from apps.platforms.telegram import cards
from apps.platforms.telegram.adapter import PLATFORM
from tests.platforms.telegram.server import Server
from tests.platforms.telegram.updates import CREDS, CUSTOMER, request, update

TO = str(CUSTOMER)
CARD_ID = str(UUID(int=2**127 + 9))
NINE = Slot(id="1", start=datetime(2026, 11, 23, 8, 30, tzinfo=UTC), minutes=30)
TEN = Slot(id="2", start=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), minutes=30)
TIMES = TimeSlots(id=CARD_ID, title="When?", slots=(NINE, TEN), timezone="Europe/Paris", place="1 Quai")
LINK = Link(id=CARD_ID, text="Your order", button="Track it", url="https://shop.example/o?1")
PICKER = ListPicker(
    id=CARD_ID, title="Which?", sections=(Section(title="", options=(Option(id="a", title="A"),)),)
)
ALBUM = MediaGroup(id=CARD_ID, images=(0, 1), text="The flat")
EIFFEL = Location(id=CARD_ID, latitude=48.8584, longitude=2.2945)
MB = 1024 * 1024


class Recorder(BaseRequest):
    """Keeps what the library would send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    read_timeout = 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, method: str, request_data: Any = None, **more: Any) -> Any:
        assert request_data is None or isinstance(request_data, RequestData)
        self.sent.append((url.rpartition("/")[2], dict(request_data.parameters) if request_data else {}))
        message = {"message_id": 1, "date": 1, "chat": {"id": CUSTOMER, "type": "private"}}
        result = [message] if url.endswith("sendMediaGroup") else message
        return 200, json.dumps({"ok": True, "result": result}).encode()


def buttons(*rows: tuple[str, dict[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, **more)] for text, more in rows])


def outgoing(card: Card, *files: MediaFile, **more: Any) -> Outgoing:
    about = {"id": uuid4(), "sender": "acme_bot", "to": TO, "files": dict(enumerate(files))}
    return Outgoing(**about, part=Part(kind="card", card=card), **more)


def photo(tmp_path: Path, name: str = "a.png", **changes: Any) -> MediaFile:
    path = tmp_path / name
    path.write_bytes(name.encode())
    made = MediaFile(name=name, mime="image/png", kind="image", size=len(name), path=path)
    return replace(made, **changes)


# label: the card, the customer's language, the same thing said with the library
SAID: dict[str, tuple[Card, str, Any]] = {
    "times": (
        TIMES,
        "en",
        lambda bot: bot.send_message(
            CUSTOMER,
            "When?\n1 Quai",
            reply_markup=buttons(
                ("2026-11-23 09:30 (30 min)", {"callback_data": choices.slot_payload(CARD_ID, NINE)}),
                ("2026-11-23 10:30 (30 min)", {"callback_data": choices.slot_payload(CARD_ID, TEN)}),
            ),
        ),
    ),
    "link": (
        LINK,
        "en",
        lambda bot: bot.send_message(
            CUSTOMER, "Your order", reply_markup=buttons(("Track it", {"url": LINK.url}))
        ),
    ),
    "question for the place": (
        LocationRequest(id=CARD_ID, prompt="Où êtes-vous ?"),
        "fr-FR",
        lambda bot: bot.send_message(
            CUSTOMER,
            "Où êtes-vous ?",
            reply_markup=ReplyKeyboardMarkup(
                [[KeyboardButton("Envoyer ma position", request_location=True)]],
                one_time_keyboard=True,
                resize_keyboard=True,
            ),
        ),
    ),
    "bare place": (EIFFEL, "en", lambda bot: bot.send_location(CUSTOMER, 48.8584, 2.2945)),
    "place with a title": (
        replace(EIFFEL, title="Tower"),
        "en",
        lambda bot: bot.send_venue(CUSTOMER, 48.8584, 2.2945, "Tower", "48.858400, 2.294500"),
    ),
    "place with an address": (
        replace(EIFFEL, address="5 avenue Anatole"),
        "en",
        lambda bot: bot.send_venue(CUSTOMER, 48.8584, 2.2945, "5 avenue Anatole", "48.858400, 2.294500"),
    ),
    "place with both": (
        replace(EIFFEL, title="Tower", address="5 avenue Anatole"),
        "en",
        lambda bot: bot.send_venue(CUSTOMER, 48.8584, 2.2945, "Tower", "5 avenue Anatole"),
    ),
    "contact": (
        ContactCard(id=CARD_ID, name="Zoé Martin", phone="+33102030405"),
        "en",
        lambda bot: bot.send_contact(CUSTOMER, "+33102030405", "Zoé Martin"),
    ),
}


@pytest.mark.parametrize(("card", "locale", "question"), SAID.values(), ids=SAID.keys())
async def test_a_card_is_what_the_library_would_send(
    card: Card, locale: str, question: Any, server: Server, http: HttpDoor
) -> None:
    assert list(PLATFORM.compose(Content(card=card), None)) == [Part(kind="card", card=card)]
    assert await PLATFORM.send(outgoing(card, locale=locale), server.creds, http) == f"{TO}:77"
    recorder = Recorder()
    await question(Bot("1:x", request=recorder))
    assert [(call.method, call.fields) for call in server.calls] == recorder.sent


async def test_a_card_may_reply_to_a_message(server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(outgoing(EIFFEL, reply_to=f"{TO}:5"), server.creds, http)
    assert server.calls[0].fields["reply_parameters"] == {
        "message_id": 5,
        "allow_sending_without_reply": True,
    }


# Pictures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", [replace(LINK, image=0), replace(PICKER, image=0)])
async def test_one_picture_stands_above_the_words(
    card: Card, server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    picture = photo(tmp_path)
    assert list(PLATFORM.compose(Content(card=card, media=[picture]), None)) == [Part(kind="card", card=card)]
    await PLATFORM.send(outgoing(card, picture), server.creds, http)
    (call,) = server.calls
    markup = json.loads(call.fields["reply_markup"])
    assert InlineKeyboardMarkup.de_json(markup, None).to_dict() == markup
    assert (call.method, call.fields["caption"], call.files) == (
        "sendPhoto",
        card.text if isinstance(card, Link) else "Which?",
        {"photo": ("a.png", "image/png", b"a.png")},
    )


LONG = "x" * (MessageLimit.CAPTION_LENGTH + 1)
# label: the card, its files as changes to a PNG
BY_THEMSELVES: dict[str, tuple[Card, list[dict[str, Any]]]] = {
    "no photo": (replace(LINK, image=0), [{"mime": "image/svg+xml"}]),
    "a film": (replace(LINK, image=0), [{"kind": "video", "mime": "video/mp4"}]),
    "a photo that is too large": (replace(LINK, image=0), [{"size": 10 * MB + 1}]),
    "words too long for a caption": (replace(LINK, image=0, text=LONG), [{}]),
    "two pictures": (
        replace(
            PICKER, image=0, sections=(Section(title="", options=(Option(id="a", title="A", image=1),)),)
        ),
        [{}, {}],
    ),
    "a picture of an answer": (
        QuickReplies(id=CARD_ID, prompt="?", options=(Option(id="a", title="A", image=0),)),
        [{}],
    ),
}


@pytest.mark.parametrize(("card", "changes"), BY_THEMSELVES.values(), ids=BY_THEMSELVES.keys())
async def test_other_files_go_by_themselves_before_the_card(
    card: Card, changes: list[dict[str, Any]], server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    files = [photo(tmp_path, f"{number}.png", **each) for number, each in enumerate(changes)]
    parts = list(PLATFORM.compose(Content(card=card, media=files), None))
    assert parts == [
        *(Part(kind="media", media=number) for number in range(len(files))),
        Part(kind="card", card=without_images(card)),
    ]
    await PLATFORM.send(outgoing(without_images(card), *files), server.creds, http)
    assert [(call.method, call.files) for call in server.calls] == [("sendMessage", {})]


# Albums -----------------------------------------------------------------------------------------------


async def test_an_album_is_one_call(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    files = [photo(tmp_path), photo(tmp_path, "b.mp4", mime="video/mp4", kind="video")]
    assert list(PLATFORM.compose(Content(card=ALBUM, media=files), None)) == [Part(kind="card", card=ALBUM)]
    server.result("sendMediaGroup", [{"message_id": 8}, {"message_id": 9}])
    assert await PLATFORM.send(outgoing(ALBUM, *files), server.creds, http) == f"{TO}:8"
    (call,) = server.calls
    media = json.loads(call.fields["media"])
    said = [InputMediaPhoto("x", caption="The flat").to_dict(), InputMediaVideo("x").to_dict()]
    names = [each.pop("media").removeprefix("attach://") for each in media]
    assert media == [{name: each[name] for name in each if name != "media"} for each in said]
    assert [call.files[name] for name in names] == [
        ("a.png", "image/png", b"a.png"),
        ("b.mp4", "video/mp4", b"b.mp4"),
    ]


async def test_an_album_without_words_has_no_caption(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    files = [photo(tmp_path), photo(tmp_path, "b.png")]
    server.result("sendMediaGroup", [{"message_id": 8}, {"message_id": 9}])
    await PLATFORM.send(outgoing(replace(ALBUM, text=" "), *files), server.creds, http)
    assert "caption" not in server.calls[0].fields["media"]


# label: how many files, what is different about the last
NO_ALBUM = {
    "one file": (1, {}),
    "eleven files": (11, {}),
    "a document": (2, {"mime": "application/pdf", "kind": "file"}),
    "an animation": (2, {"mime": "image/gif"}),
}


@pytest.mark.parametrize(("count", "last"), NO_ALBUM.values(), ids=NO_ALBUM.keys())
def test_what_is_no_album_goes_file_by_file(count: int, last: dict[str, Any], tmp_path: Path) -> None:
    files = [photo(tmp_path, f"{number}.png") for number in range(count)]
    files[-1] = replace(files[-1], **last)
    card = replace(ALBUM, images=tuple(range(count)))
    assert list(PLATFORM.compose(Content(card=card, media=files), None)) == [
        *(Part(kind="media", media=number) for number in range(count)),
        Part(kind="text", text="The flat"),
    ]


def test_an_album_has_as_many_files_as_the_library_says() -> None:
    limits = cards.LIMITS["media_group"]
    assert (limits.fewest, limits.most, limits.title) == (
        MediaGroupLimit.MIN_MEDIA_LENGTH,
        MediaGroupLimit.MAX_MEDIA_LENGTH,
        MessageLimit.CAPTION_LENGTH,
    )


# What goes as text ------------------------------------------------------------------------------------

AS_TEXT: dict[str, Card] = {
    "form": Form(id=CARD_ID, title="You", fields=(Field(id="mail", label="E-mail"),)),
    "address without a dot": replace(LINK, url="https://intranet/x"),
    "address with a space": replace(LINK, url="https://shop.example/a b"),
    "address that is none": replace(LINK, url="https://[bad"),
    "blank words": replace(LINK, text=" "),
    "time with a long id": replace(TIMES, slots=(replace(NINE, id="x" * 24),)),
    "no time": replace(TIMES, slots=()),
}


@pytest.mark.parametrize("card", AS_TEXT.values(), ids=AS_TEXT.keys())
async def test_what_cannot_be_shown_goes_as_text(card: Card, server: Server, http: HttpDoor) -> None:
    parts = list(PLATFORM.compose(Content(card=card), None))
    assert [(part.kind, part.text) for part in parts] == [("text", fallback_text(card))]
    with pytest.raises(Rejected):
        await PLATFORM.send(outgoing(replace(card, id="i" * 70)), server.creds, http)
    assert server.calls == []


def test_the_linter_names_the_limit() -> None:
    card = replace(TIMES, slots=(replace(NINE, id="x" * 24),))
    (finding,) = lint(card, PLATFORM.capabilities.cards["time_slots"])
    assert (finding.limit_kind, finding.where, finding.is_now, finding.limit) == (
        Limit.TOO_LONG,
        "slots.0.id",
        24,
        23,
    )


# Answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card_id", [CARD_ID, UUID(CARD_ID).hex, "visit"])
@pytest.mark.parametrize("slot_id", ["1", "x" * 23])
def test_a_tapped_time_comes_back(card_id: str, slot_id: str) -> None:
    slot = replace(TEN, id=slot_id, minutes=10_080)
    card = replace(TIMES, id=card_id, slots=(NINE, slot))
    assert cards.fits(card)
    markup = cards.request(card, {}, "en").parameters["reply_markup"]
    shown = {"message_id": 77, "date": 1, "chat": {"id": CUSTOMER, "type": "private"}, "reply_markup": markup}
    person = {"id": CUSTOMER, "is_bot": False, "first_name": "A"}
    data = markup["inline_keyboard"][1][0]["callback_data"]
    query = {"id": "1", "from": person, "chat_instance": "1", "message": shown, "data": data}
    (event,) = PLATFORM.parse(request(update("callback_query", query)), CREDS)
    assert isinstance(event, MessageReceived)
    assert (event.answer, event.text) == (
        CardAnswer(card_id=card_id, slot=slot),
        "2026-11-23 10:30 (10080 min)",
    )
