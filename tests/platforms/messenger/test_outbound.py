"""What goes out to Messenger and what every answer means; through the real door to a real server."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Content,
    Greeting,
    MediaFile,
    Outgoing,
    Part,
    Profile,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from apps.platforms.cards import (
    Card,
    ContactCard,
    Link,
    ListPicker,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.messenger.adapter import FIELDS, Messenger
from apps.platforms.shared import choices
from apps.platforms.shared.messenger_api import cards
from tests.platforms.graph import Server
from tests.platforms.messenger.webhooks import CREDS, PAGE, PERSON

PLATFORM = Messenger()
ID = UUID(int=2**127 + 9)
CARD = str(UUID(int=2**127 + 7))
YES, NO = Option(id="y", title="Yes"), Option(id="n", title="No", subtitle="not now")
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), minutes=30)
TO = {"recipient": {"id": PERSON}, "messaging_type": "RESPONSE"}


def outgoing(part: Part, **more: Any) -> Outgoing:
    return Outgoing(**{"id": ID, "sender": PAGE, "to": PERSON, "part": part, **more})


def creds(server: Server, **more: str) -> dict[str, str]:
    return {**CREDS, "base_url": server.url, **more}


TEXT = outgoing(Part(kind="text", text="Hello"))


def shows(card: Card, **more: Any) -> Outgoing:
    return outgoing(Part(kind="card", card=card), **more)


def postback(title: str, option: str) -> dict[str, str]:
    return {"type": "postback", "title": title, "payload": choices.payload(CARD, option)}


def quick(title: str, payload: str) -> dict[str, str]:
    return {"content_type": "text", "title": title, "payload": payload}


def template(kind: str, **fields: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **fields}}}


def picker(*options: Option, **more: Any) -> ListPicker:
    return ListPicker(id=CARD, title="Line", sections=(Section(title="", options=options),), **more)


PHOTO = MediaFile(
    name="a.jpg", mime="image/jpeg", kind="image", size=5, path=Path("/nowhere"), url="https://m.example/a"
)
FOUR = tuple(Option(id=str(n), title=f"Choice {n}") for n in range(4))

# label: what is sent, the request without its metadata
MESSAGES: dict[str, tuple[Outgoing, dict[str, Any]]] = {
    "text": (TEXT, {**TO, "message": {"text": "Hello"}}),
    "link": (
        outgoing(Part(kind="link", text="https://a.example")),
        {**TO, "message": {"text": "https://a.example"}},
    ),
    "reply": (
        outgoing(Part(kind="text", text="Yes"), reply_to="m_1"),
        {**TO, "reply_to": {"mid": "m_1"}, "message": {"text": "Yes"}},
    ),
    "a person after a day": (
        outgoing(Part(kind="text", text="Yes"), tag="HUMAN_AGENT"),
        {
            "recipient": {"id": PERSON},
            "messaging_type": "MESSAGE_TAG",
            "tag": "HUMAN_AGENT",
            "message": {"text": "Yes"},
        },
    ),
    "quick replies": (
        shows(QuickReplies(id=CARD, prompt="Now?", options=(YES, NO))),
        {
            **TO,
            "message": {
                "text": "Now?\n• No: not now",
                "quick_replies": [
                    quick("Yes", choices.payload(CARD, "y")),
                    quick("No", choices.payload(CARD, "n")),
                ],
            },
        },
    ),
    "a short list": (
        shows(picker(YES, NO)),
        {
            **TO,
            "message": template(
                "button", text="Line\n• No: not now", buttons=[postback("Yes", "y"), postback("No", "n")]
            ),
        },
    ),
    "a longer list": (
        shows(picker(*FOUR)),
        {
            **TO,
            "message": {
                "text": "Line",
                "quick_replies": [quick(o.title, choices.payload(CARD, o.id)) for o in FOUR],
            },
        },
    ),
    "a list with pictures": (
        shows(picker(Option(id="y", title="Yes", image=0), NO), files={0: PHOTO}),
        {
            **TO,
            "message": template(
                "generic",
                elements=[
                    {"title": "Line", "subtitle": "•"},
                    {"title": "Yes", "image_url": "https://m.example/a", "buttons": [postback("Yes", "y")]},
                    {"title": "No", "subtitle": "not now", "buttons": [postback("No", "n")]},
                ],
            ),
        },
    ),
    "times": (
        shows(TimeSlots(id=CARD, title="When?", slots=(SLOT,) * 4, timezone="Europe/Paris")),
        {
            **TO,
            "message": {
                "text": "When?",
                "quick_replies": [quick("2026-11-23 10:30", choices.slot_payload(CARD, SLOT))] * 4,
            },
        },
    ),
    "link card": (
        shows(Link(id=CARD, text="Bill", button="Open", url="https://a.example/1")),
        {
            **TO,
            "message": template(
                "button",
                text="Bill",
                buttons=[{"type": "web_url", "title": "Open", "url": "https://a.example/1"}],
            ),
        },
    ),
    "link card with a picture": (
        shows(
            Link(id=CARD, text="Bill", button="Open", url="https://a.example/1", image=0), files={0: PHOTO}
        ),
        {
            **TO,
            "message": template(
                "generic",
                elements=[
                    {
                        "title": "Bill",
                        "image_url": "https://m.example/a",
                        "buttons": [{"type": "web_url", "title": "Open", "url": "https://a.example/1"}],
                    }
                ],
            ),
        },
    ),
    "contact": (
        shows(ContactCard(id=CARD, name="Nour", phone="+33123456789")),
        {
            **TO,
            "message": template(
                "button",
                text="Nour",
                buttons=[{"type": "phone_number", "title": "+33123456789", "payload": "+33123456789"}],
            ),
        },
    ),
}


@pytest.mark.parametrize(("sent", "expected"), MESSAGES.values(), ids=MESSAGES.keys())
async def test_message(sent: Outgoing, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.send(sent, creds(server), http) == "m_ours"
    (call,) = server.calls
    assert call.fields["message"].pop("metadata") == f"comptoir:{ID}"
    assert (call.method, call.path, call.fields, call.token) == (
        "POST",
        "me/messages",
        expected,
        CREDS["token"],
    )


MB = 1024 * 1024
# kind, type, size, Meta's type
FILES = [
    ("image", "image/jpeg", 8 * MB, "image"),
    ("image", "image/jpeg", 8 * MB + 1, "file"),
    ("image", "image/webp", 1, "file"),
    ("sticker", "image/png", 1, "image"),
    ("voice", "audio/ogg", 1, "audio"),
    ("audio", "audio/mpeg", 1, "audio"),
    ("video", "video/mp4", 1, "video"),
    ("file", "application/pdf", 1, "file"),
    ("file", "image/jpeg", 1, "file"),
]


@pytest.mark.parametrize(("kind", "mime", "size", "theirs"), FILES)
async def test_file(
    kind: str, mime: str, size: int, theirs: str, server: Server, http: HttpDoor, tmp_path: Path
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"\x00bytes")
    media = MediaFile(name="photo é.jpg", mime=mime, kind=kind, size=size, path=path)
    await PLATFORM.send(outgoing(Part(kind="media", media=0), media=media), creds(server), http)
    (call,) = server.calls
    assert call.files == {"filedata": ("photo é.jpg", mime, b"\x00bytes")}
    assert call.fields["recipient"] == {"id": PERSON}
    assert call.fields["message"]["attachment"] == {"type": theirs, "payload": {"is_reusable": False}}


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


# Personas ---------------------------------------------------------------------------------------------

PICTURE = "https://shop.example/face.png"


async def test_an_agent_speaks_under_their_own_name(server: Server, http: HttpDoor) -> None:
    server.answers |= {"GET me/personas": {"data": []}, "POST me/personas": {"id": "77"}}
    platform, ours = Messenger(), creds(server, persona_picture=PICTURE)
    said = outgoing(Part(kind="text", text="Hello"), agent="Nour")
    await platform.send(said, ours, http)
    await platform.send(said, ours, http)
    assert [what for what, _fields in server.said] == [
        "GET me/personas",
        "POST me/personas",
        "POST me/messages",
        "POST me/messages",
    ]
    assert server.calls[1].fields == {"name": "Nour", "profile_picture_url": PICTURE}
    assert [call.fields.get("persona_id") for call in server.calls[2:]] == ["77", "77"]


async def test_a_persona_that_is_there_is_used(server: Server, http: HttpDoor) -> None:
    server.answers["GET me/personas"] = {"data": [{"id": "5", "name": "Ana"}, {"id": "6", "name": "Nour"}]}
    said = outgoing(Part(kind="text", text="Hello"), agent="Nour")
    await Messenger().send(said, creds(server, persona_picture=PICTURE), http)
    assert server.calls[-1].fields["persona_id"] == "6"


@pytest.mark.parametrize("automatic", [True, False])
async def test_without_a_persona_the_page_speaks(automatic: bool, server: Server, http: HttpDoor) -> None:
    server.refuse("GET me/personas", 100)
    said = outgoing(Part(kind="text", text="Hello"), agent="Nour", automatic=automatic)
    assert await Messenger().send(said, creds(server, persona_picture=PICTURE), http) == "m_ours"
    assert "persona_id" not in server.calls[-1].fields


# Around a message -------------------------------------------------------------------------------------


async def test_connecting_subscribes_the_page(server: Server, http: HttpDoor) -> None:
    server.answers |= {"GET me": {"id": PAGE, "name": "Acme"}, "GET app": {"id": "42"}}
    found = await PLATFORM.connect(creds(server), "https://chat.example/hooks/messenger/k/", http)
    assert (found.address, found.name, found.generated) == (PAGE, "Acme", {"page_id": PAGE, "app_id": "42"})
    assert [what for what, _fields in server.said] == [
        "GET me",
        f"POST {PAGE}/subscribed_apps",
        "POST me/messenger_profile",
        "GET app",
    ]
    assert server.calls[1].fields == {"subscribed_fields": ",".join(FIELDS)}
    assert server.calls[2].fields == {"get_started": {"payload": "comptoir:start"}}


async def test_without_its_number_the_app_is_not_told(server: Server, http: HttpDoor) -> None:
    server.answers["GET me"] = {"id": PAGE}
    server.refuse("GET app", 100)
    found = await PLATFORM.connect(creds(server), "https://chat.example/", http)
    assert (found.name, found.generated["app_id"]) == (PAGE, "")


async def test_without_the_apps_secret_nothing_is_connected(server: Server, http: HttpDoor) -> None:
    with pytest.raises(BadCredentials) as refused:
        await PLATFORM.connect(creds(server, app_secret=""), "https://chat.example/", http)
    assert (refused.value.field, server.calls) == ("app_secret", [])


@pytest.mark.parametrize(
    ("fields", "good"), [(["messages", "messaging_postbacks"], True), (["feed"], False), (None, False)]
)
async def test_check(fields: Any, good: bool, server: Server, http: HttpDoor) -> None:
    server.answers["GET me/subscribed_apps"] = {"data": [{"id": "1", "subscribed_fields": fields}]}
    if good:
        assert "2 kinds" in await PLATFORM.check(creds(server), "", http)
        return
    with pytest.raises(Rejected) as refused:
        await PLATFORM.check(creds(server), "", http)
    assert refused.value.code == "not_subscribed"


async def test_dots_and_seen_carry_nothing_else(server: Server, http: HttpDoor) -> None:
    await PLATFORM.typing(PERSON, PAGE, True, creds(server), http)
    await PLATFORM.typing(PERSON, PAGE, False, creds(server), http)
    await PLATFORM.seen(PERSON, "m_1", creds(server), http)
    assert [call.fields for call in server.calls] == [
        {"recipient": {"id": PERSON}, "sender_action": action}
        for action in ("typing_on", "typing_off", "mark_seen")
    ]


async def test_a_thread_is_taken(server: Server, http: HttpDoor) -> None:
    server.answers["POST me/take_thread_control"] = {"success": True}
    await PLATFORM.take_thread(PERSON, creds(server), http)
    assert server.said == [("POST me/take_thread_control", {"recipient": {"id": PERSON}})]
    server.refuse("POST me/take_thread_control", 190, 463)
    with pytest.raises(BadCredentials):
        await PLATFORM.take_thread(PERSON, creds(server), http)


async def test_a_greeting_is_set_whole(server: Server, http: HttpDoor) -> None:
    given = Greeting(
        welcome="w" * 200, starters=["Q?"] * 5, menu=[("Shop", "https://a.example"), ("Help", "")]
    )
    await PLATFORM.greet(given, creds(server), http)
    ((what, fields),) = server.said
    assert what == "POST me/messenger_profile"
    assert fields["get_started"] == {"payload": "comptoir:start"}
    assert fields["greeting"] == [{"locale": "default", "text": "w" * 160}]
    assert [len(row["call_to_actions"]) for row in fields["ice_breakers"]] == [4]
    assert fields["persistent_menu"][0]["call_to_actions"] == [
        {"type": "web_url", "title": "Shop", "url": "https://a.example"},
        {"type": "postback", "title": "Help", "payload": "menu"},
    ]


async def test_an_empty_greeting_is_taken_away(server: Server, http: HttpDoor) -> None:
    await PLATFORM.greet(Greeting(), creds(server), http)
    assert server.said == [
        ("POST me/messenger_profile", {"get_started": {"payload": "comptoir:start"}}),
        ("DELETE me/messenger_profile", {"fields": ["greeting", "ice_breakers", "persistent_menu"]}),
    ]


async def test_who_the_customer_is(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {PERSON}"] = {"first_name": "Nour", "last_name": "Haddad", "locale": "fr_FR"}
    assert await PLATFORM.profile(PERSON, creds(server), http) == Profile(name="Nour Haddad", locale="fr-FR")
    server.refuse(f"GET {PERSON}", 100, 2018218)
    assert await PLATFORM.profile(PERSON, creds(server), http) is None


async def test_a_file_is_fetched_without_the_token(server: Server, http: HttpDoor) -> None:
    sink = io.BytesIO()
    media = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{server.url}/file"}, mime="image/png")
    assert await PLATFORM.download(media, creds(server), http, sink) == "image/jpeg"
    assert sink.getvalue() == b"JPEG"


def test_the_link_carries_the_tag() -> None:
    assert PLATFORM.entry_link("1067", "adsl") == "https://m.me/1067?ref=adsl"


def test_limits_are_the_fact_sheets() -> None:
    assert (cards.QUICK_REPLIES, cards.ELEMENTS, cards.BUTTONS, cards.BUTTON_TEXT) == (13, 10, 3, 640)
