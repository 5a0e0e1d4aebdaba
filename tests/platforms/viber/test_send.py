"""What goes out, and what every status means."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from viberbot.api import messages

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    Connection,
    ContactGone,
    Content,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.cards import (
    Card,
    ContactCard,
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
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.shared import choices
from apps.platforms.viber import cards, outbound
from apps.platforms.viber.adapter import PLATFORM
from tests.platforms.recording import Server

from .payloads import SEND, TOKEN, USER, creds

CARD = str(UUID(int=9))
TEXT = Outgoing(id=UUID(int=7), sender="acme", to=USER, part=Part(kind="text", text="Hi <b>"))
HEAD = {"receiver": USER, "sender": {"name": "Acme"}, "min_api_version": 1}


async def sent(outgoing: Outgoing, server: Server, http: HttpDoor) -> Any:
    assert await PLATFORM.send(outgoing, creds(server), http) == str(TOKEN)
    return server.calls[-1].json


async def test_text(server: Server, http: HttpDoor) -> None:
    assert await sent(TEXT, server, http) == {**HEAD, "type": "text", "text": "Hi <b>"}
    assert server.calls[0].headers["x-viber-auth-token"] == creds(server)["token"]


@pytest.mark.parametrize(("agent", "name"), [("Ana", "Ana"), ("A" * 30, "A" * 28), (" ", "Acme")])
async def test_under_whose_name(agent: str, name: str, server: Server, http: HttpDoor) -> None:
    assert (await sent(replace(TEXT, agent=agent), server, http))["sender"] == {"name": name}


# Files ------------------------------------------------------------------------------------------------

MB = 1024 * 1024
URL, PREVIEW = "https://chat.example/f/a", "https://chat.example/f/preview.jpg"


def file(mime: str, size: int = 1, name: str = "a.bin", preview: str = "", seconds: float = 0) -> MediaFile:
    kind = mime.split("/")[0]
    known = {"url": URL, "preview_url": preview}
    return MediaFile(name=name, mime=mime, kind=kind, size=size, path=Path("/x"), seconds=seconds, **known)


def as_file(size: int, name: str = "a.bin") -> dict[str, Any]:
    return {"type": "file", "media": URL, "size": size, "file_name": name}


FILES: dict[str, tuple[MediaFile, dict[str, Any]]] = {
    "picture": (
        file("image/jpeg", MB, preview=PREVIEW),
        {"type": "picture", "text": "See", "media": URL, "thumbnail": PREVIEW},
    ),
    "large picture": (file("image/png", MB + 1), as_file(MB + 1)),
    "gif": (file("image/gif"), as_file(1)),
    "film": (
        file("video/mp4", 26 * MB, seconds=3.4),
        {"type": "video", "media": URL, "size": 26 * MB, "duration": 3, "text": "See"},
    ),
    "large film": (file("video/mp4", 26 * MB + 1), as_file(26 * MB + 1)),
    "long film": (file("video/mp4", seconds=181), as_file(1)),
    "sound": (file("audio/ogg"), as_file(1)),
    "without an end": (file("application/pdf", name="report"), as_file(1, "report.bin")),
    "long name": (file("application/pdf", name=f"{'a' * 300}.pdf"), as_file(1, f"{'a' * 252}.pdf")),
}


@pytest.mark.parametrize(("media", "expected"), FILES.values(), ids=FILES.keys())
async def test_file(media: MediaFile, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    part = Part(kind="media", media=0, text="See")
    assert await sent(replace(TEXT, part=part, media=media), server, http) == {**HEAD, **expected}


@pytest.mark.parametrize(
    ("mime", "parts"),
    [("image/png", [("media", "See")]), ("application/pdf", [("text", "See"), ("media", "")])],
)
def test_words_with_a_file_go_before_it(mime: str, parts: list[tuple[str, str]]) -> None:
    found = PLATFORM.compose(Content(text="See", media=(file(mime),)), None)
    assert [(part.kind, part.text) for part in found] == parts


async def test_a_file_without_an_address_cannot_go(server: Server, http: HttpDoor) -> None:
    media = replace(file("image/png"), url="")
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, part=Part(kind="media", media=0), media=media), creds(server), http)


# Cards ------------------------------------------------------------------------------------------------

YES, NO = Option(id="yes", title="Yes & <no>"), Option(id="no", title="No", subtitle="not now")
SLOT = Slot(id="s", start=datetime(2026, 11, 23, 9, tzinfo=UTC), minutes=30)


def wide(text: str, action: str, body: str, **more: Any) -> dict[str, Any]:
    return {"Columns": 6, "Rows": 1, "ActionType": action, "ActionBody": body, "Text": text, **more}


def tap(text: str, option: str) -> dict[str, Any]:
    return wide(text, "reply", choices.payload(CARD, option), Silent=True)


def words(text: str) -> dict[str, Any]:
    return wide(text, "none", "none", TextHAlign="left")


def keyboard(text: str, version: int, *buttons: dict[str, Any]) -> dict[str, Any]:
    shown = {"Type": "keyboard", "DefaultHeight": False, "Buttons": list(buttons)}
    return {"type": "text", "text": text, "min_api_version": version, "keyboard": shown}


def rich(alt: str, rows: int, *buttons: dict[str, Any]) -> dict[str, Any]:
    panel = {"Type": "rich_media", "ButtonsGroupColumns": 6, "ButtonsGroupRows": rows}
    return {
        "type": "rich_media",
        "min_api_version": 2,
        "alt_text": alt,
        "rich_media": {**panel, "Buttons": list(buttons)},
    }


LIST = ListPicker(
    id=CARD,
    title="Line",
    subtitle="Choose",
    sections=(Section(title="Now", options=(YES,)), Section(title="", options=(NO,))),
)
LINK = Link(id=CARD, text="Look", button="Open", url="https://shop.example/?a=1", image=0)
CARDS: dict[str, tuple[Card, dict[str, Any]]] = {
    "quick replies": (
        QuickReplies(id=CARD, prompt="Now?", options=(YES, NO)),
        keyboard("Now?\n• No: not now", 1, tap("Yes &amp; &lt;no&gt;", "yes"), tap("No", "no")),
    ),
    "list": (
        LIST,
        rich(
            "Line",
            4,
            *(words("<b>Line</b><br>Choose"), words("<b>Now</b>")),
            *(tap("Yes &amp; &lt;no&gt;", "yes"), tap("No<br>not now", "no")),
        ),
    ),
    "times": (
        TimeSlots(id=CARD, title="When?", slots=(SLOT,), timezone="Europe/Paris", place="Shop"),
        rich(
            "When?",
            2,
            words("<b>When?</b><br>Shop"),
            wide("2026-11-23 10:00 (30 min)", "reply", choices.slot_payload(CARD, SLOT), Silent=True),
        ),
    ),
    "link": (
        LINK,
        rich(
            "Look",
            6,
            {"Columns": 6, "Rows": 4, "ActionType": "open-url", "ActionBody": LINK.url, "Image": URL},
            words("<b>Look</b>"),
            wide("<b>Open</b>", "open-url", LINK.url),
        ),
    ),
    "place wanted": (
        LocationRequest(id=CARD, prompt="Where?"),
        keyboard("Where?", 3, wide("Envoyer ma position", "location-picker", "place", Silent=True)),
    ),
    "place": (
        Location(id=CARD, latitude=48.85, longitude=2.29),
        {"type": "location", "location": {"lat": 48.85, "lon": 2.29}},
    ),
    "contact": (
        ContactCard(id=CARD, name="Ana", phone="+33123456789"),
        {"type": "contact", "contact": {"name": "Ana", "phone_number": "+33123456789"}},
    ),
}


@pytest.mark.parametrize(("card", "expected"), CARDS.values(), ids=CARDS.keys())
async def test_card(card: Card, expected: dict[str, Any], server: Server, http: HttpDoor) -> None:
    outgoing = replace(TEXT, part=Part(kind="card", card=card), locale="fr-FR", files={0: file("image/png")})
    assert await sent(outgoing, server, http) == {**HEAD, **expected}
    (part,) = PLATFORM.compose(Content(card=replace(card, image=None) if card is LINK else card), None)
    assert part.kind == "card"


def test_a_long_list_is_swiped_through() -> None:
    options = tuple(Option(id=f"{n}", title=f"{n}") for n in range(20))
    made = cards.message(ListPicker(id=CARD, title="?", sections=(Section(title="", options=options),)), "")
    assert (made["rich_media"]["ButtonsGroupRows"], len(made["rich_media"]["Buttons"])) == (7, 21)


AS_TEXT: dict[str, Card] = {
    "too many": QuickReplies(
        id=CARD, prompt="?", options=tuple(Option(id=f"{n}", title=f"{n}") for n in range(25))
    ),
    "long title": QuickReplies(id=CARD, prompt="?", options=(Option(id="a", title="a" * 121),)),
    "long words": QuickReplies(id=CARD, prompt="p" * 6999, options=(NO,)),
    "place with a name": Location(id=CARD, latitude=1, longitude=2, title="Shop"),
    "long name": ContactCard(id=CARD, name="A" * 29, phone="+33123456789"),
    "long address": Link(id=CARD, text="Look", button="Open", url=f"https://shop.example/{'a' * 2000}"),
    "heavy": ListPicker(
        id=CARD,
        title="?",
        sections=(
            Section(
                title="",
                options=tuple(Option(id=f"{n}", title="&" * 120, subtitle="<" * 120) for n in range(24)),
            ),
        ),
    ),
}


@pytest.mark.parametrize("card", AS_TEXT.values(), ids=AS_TEXT.keys())
def test_what_does_not_fit_goes_as_text(card: Card) -> None:
    parts = PLATFORM.compose(Content(card=card), None)
    assert {part.kind for part in parts} == {"text"}
    assert "".join(part.text for part in parts) == fallback_text(card)


# Errors -----------------------------------------------------------------------------------------------

STATUSES: list[tuple[int, str, type[SendError]]] = [
    (1, "invalidUrl", Rejected),
    (2, "invalidAuthToken", BadCredentials),
    (3, "badData", Rejected),
    (4, "missingData", Rejected),
    (5, "receiverNotRegistered", ContactGone),
    (6, "receiverNotSubscribed", ContactGone),
    (7, "publicAccountBlocked", BadCredentials),
    (8, "publicAccountNotFound", BadCredentials),
    (9, "publicAccountSuspended", BadCredentials),
    (10, "webhookNotSet", BadCredentials),
    (11, "receiverNoSuitableDevice", Rejected),
    (12, "tooManyRequests", Throttled),
    (13, "apiVersionNotSupported", Rejected),
    (14, "incompatibleWithVersion", Rejected),
    (15, "publicAccountNotAuthorized", BadCredentials),
    (16, "inchatReplyMessageNotAllowed", Rejected),
    (17, "publicAccountIsNotInline", Rejected),
    (18, "noPublicChat", Rejected),
    (19, "cannotSendBroadcast", Rejected),
    (20, "broadcastNotAllowed", Rejected),
    (21, "unsupportedCountry", Rejected),
    (22, "paymentUnsupported", Rejected),
    (23, "freeMessagesExceeded", Rejected),
    (24, "noBalance", Rejected),
    (99, "status of the future", Rejected),
]


@pytest.mark.parametrize(("status", "words", "meaning"), STATUSES)
async def test_what_a_status_means(
    status: int, words: str, meaning: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers[SEND] = {"status": status, "status_message": f"{words} {creds(server)['token']}"}
    with pytest.raises(SendError) as caught:
        await PLATFORM.send(TEXT, creds(server), http)
    assert (type(caught.value), caught.value.code, caught.value.words) == (
        meaning,
        str(status),
        f"{words} •••",
    )
    if isinstance(caught.value, BadCredentials):
        assert caught.value.field == ("token" if status in (2, 8) else "")
    if isinstance(caught.value, ContactGone):
        assert caught.value.reason == ("deleted" if status == 5 else "opted_out")


@pytest.mark.parametrize(
    "answer", [{"status": 0}, {"status": 0, "message_token": 1.5}, {"status": 0, "message_token": True}]
)
async def test_an_answer_that_names_no_message(answer: Any, server: Server, http: HttpDoor) -> None:
    server.answers[SEND] = answer
    with pytest.raises(Unknown):
        await PLATFORM.send(TEXT, creds(server), http)


async def test_no_answer_is_for_a_person_to_decide(server: Server, http: HttpDoor) -> None:
    server.answers[SEND] = web.Response(status=502)
    with pytest.raises(Unknown):
        await PLATFORM.send(TEXT, creds(server), http)


# Account, files, links --------------------------------------------------------------------------------

WEBHOOK = "https://chat.example/hooks/viber/key/"
INFO, SET = "POST /get_account_info", "POST /set_webhook"
ACCOUNT = {"status": 0, "id": "pa:1", "name": "Acme", "uri": "acme", "webhook": WEBHOOK}


async def test_connecting(server: Server, http: HttpDoor) -> None:
    server.answers |= {INFO: ACCOUNT, SET: {"status": 0, "event_types": []}}
    connection = await PLATFORM.connect(creds(server), WEBHOOK, http)
    assert connection == Connection(address="acme", name="Acme", generated={"uri": "acme", "name": "Acme"})
    wanted = ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"]
    webhook = {"url": WEBHOOK, "event_types": wanted, "send_name": True, "send_photo": False}
    assert server.said == [(INFO, {}), (SET, webhook)]


REFUSED: list[tuple[dict[str, Any], type[SendError]]] = [
    ({INFO: {"status": 2, "status_message": "invalidAuthToken"}}, BadCredentials),
    ({INFO: {"status": 0}}, Rejected),
    ({SET: {"status": 1, "status_message": "invalidUrl"}}, Rejected),
    ({SET: web.Response(status=502)}, Unreachable),
]


@pytest.mark.parametrize(("answers", "error"), REFUSED)
async def test_a_refused_connection(
    answers: dict[str, Any], error: type[SendError], server: Server, http: HttpDoor
) -> None:
    server.answers |= {INFO: ACCOUNT, SET: {"status": 0}, **answers}
    with pytest.raises(error):
        await PLATFORM.connect(creds(server), WEBHOOK, http)


async def test_health(server: Server, http: HttpDoor) -> None:
    server.answers[INFO] = {**ACCOUNT, "subscribers_count": 35}
    assert await PLATFORM.check(creds(server), WEBHOOK, http) == "Webhook set, 35 subscriber(s)"
    with pytest.raises(Rejected):
        await PLATFORM.check(creds(server), "https://other.example/", http)


@pytest.mark.parametrize(
    ("status", "error"), [(200, None), (403, Rejected), (410, Rejected), (500, Unreachable)]
)
async def test_download(status: int, error: type[SendError] | None, server: Server, http: HttpDoor) -> None:
    server.answers["GET /a"] = web.Response(status=status, body=b"JPEG", content_type="image/jpeg")
    media, sink = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{server.url}/a"}), io.BytesIO()
    if error is None:
        assert await PLATFORM.download(media, creds(server), http, sink) == "image/jpeg"
        assert (sink.getvalue(), "x-viber-auth-token" in server.calls[0].headers) == (b"JPEG", False)
    else:
        with pytest.raises(error):
            await PLATFORM.download(media, creds(server), http, sink)


LINKS = [
    ("", "", "", "https://chats.viber.com/acme"),
    ("adsl", "", "", "viber://pa?chatURI=acme&context=adsl&text="),
    ("adsl", "box", "Bonjour &", "viber://pa?chatURI=acme&context=adsl%2Fbox&text=Bonjour%20%26"),
]


@pytest.mark.parametrize(("tag", "group", "text", "link"), LINKS)
def test_entry_link(tag: str, group: str, text: str, link: str) -> None:
    assert PLATFORM.entry_link("acme", tag, group=group, text=text) == link


# Viber's own library ----------------------------------------------------------------------------------

OUTGOING: dict[str, Outgoing] = {
    "text": TEXT,
    "link": replace(TEXT, part=Part(kind="link", text="https://shop.example/a")),
    **{
        f"{label} as {told['type']}": replace(TEXT, part=Part(kind="media", media=0, text="See"), media=media)
        for label, (media, told) in FILES.items()
    },
    **{
        label: replace(TEXT, part=Part(kind="card", card=card), files={0: file("image/png")})
        for label, (card, _) in CARDS.items()
    },
}


@pytest.mark.parametrize("outgoing", OUTGOING.values(), ids=OUTGOING.keys())
def test_the_library_takes_what_we_write(outgoing: Outgoing) -> None:
    """It reads our message as one of its own, finds nothing missing and writes it alike."""
    ours = outbound.message(outgoing)
    theirs = messages.get_message(ours)
    assert theirs.validate()
    assert written(theirs.to_dict()) == ours


def written(data: Any) -> Any:
    """Without what is not said."""
    if not isinstance(data, dict):
        return data
    return {name: written(value) for name, value in data.items() if value is not None}
