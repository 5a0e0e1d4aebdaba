"""What we ask of the Connector, and what its answers mean."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
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
    Field,
    Form,
    Link,
    ListPicker,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.shared import choices
from apps.platforms.shared.tokens import TokenCache
from apps.platforms.teams import calls, places
from apps.platforms.teams.adapter import PLATFORM
from tests.platforms.rest import Server

from . import activities
from .activities import APP, CHAT

TOKEN = "POST /T/oauth2/v2.0/token"
TALK = f"POST /emea/v3/conversations/{CHAT}/activities"
HOME = f"POST /v3/conversations/{CHAT}/activities"
START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
YES, NO = Option(id="y,", title="Yes"), Option(id="n", title="No")


@pytest.fixture(autouse=True)
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left over from another test's server on the same port."""
    monkeypatch.setattr(calls, "tokens", TokenCache())


@pytest.fixture
def microsoft(server: Server) -> Iterator[Server]:
    server.answers[TOKEN] = {"token_type": "Bearer", "expires_in": 3599, "access_token": "eyJ.x"}
    server.answers[TALK] = server.answers[HOME] = {"id": "42"}
    yield server


def creds(server: Server) -> dict[str, str]:
    return activities.creds(base_url=server.url)


def outgoing(server: Server, part: Part) -> Outgoing:
    handle = {"service": f"{server.url}/emea/"}
    return Outgoing(id=UUID(int=7), sender=APP, to=CHAT, part=part, handle=handle, locale="fr-FR")


TEXT = Part(kind="text", text="Hi *you*")


async def sent(microsoft: Server, http: HttpDoor, part: Part, **more: Any) -> Any:
    message = replace(outgoing(microsoft, part), **more)
    assert await PLATFORM.send(message, creds(microsoft), http) == places.ref(CHAT, "42")
    (call,) = microsoft.asked(TALK)
    assert call.headers["authorization"] == "Bearer eyJ.x"
    return call.fields


async def test_words_to_the_region_that_they_came_from(microsoft: Server, http: HttpDoor) -> None:
    said = await sent(microsoft, http, TEXT)
    assert said == {"type": "message", "text": "Hi *you*", "textFormat": "plain"}
    assert microsoft.asked(TOKEN)[0].fields == {
        "grant_type": "client_credentials",
        "client_id": APP,
        "client_secret": "canary-secret",
        "scope": "https://api.botframework.com/.default",
    }


async def test_without_a_region_to_the_one_for_all(microsoft: Server, http: HttpDoor) -> None:
    await PLATFORM.send(replace(outgoing(microsoft, TEXT), handle={}), creds(microsoft), http)
    await PLATFORM.typing(CHAT, APP, True, creds(microsoft), http)
    await PLATFORM.typing(CHAT, APP, False, creds(microsoft), http)
    assert [call.fields["type"] for call in microsoft.asked(HOME)] == ["message", "typing"]
    assert len(microsoft.asked(TOKEN)) == 1


async def test_a_refused_token_is_fetched_anew_once(microsoft: Server, http: HttpDoor) -> None:
    refused = web.json_response({"message": "Authorization has been denied"}, status=401)
    microsoft.answers[TALK] = [lambda: refused, {"id": "42"}]
    await PLATFORM.send(outgoing(microsoft, TEXT), creds(microsoft), http)
    assert (len(microsoft.asked(TOKEN)), len(microsoft.asked(TALK))) == (2, 2)


# Cards ------------------------------------------------------------------------------------------------

CARDS: dict[str, Card] = {
    "quick replies": QuickReplies(id="c", prompt="A *star*?", options=(YES, NO)),
    "list": ListPicker(id="c", title="?", sections=(Section(title="S", options=(YES, NO), multiple=True),)),
    "times": TimeSlots(
        id="c", title="?", slots=(Slot(id="s", start=START, minutes=30),), timezone="Europe/Paris"
    ),
    "form": Form(
        id="c",
        title="?",
        fields=(Field(id="a", label="A"), Field(id="b", label="B", type="choices", options=(YES, NO))),
    ),
    "link": Link(id="c", text="Look", button="Open", url="https://shop.example"),
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
async def test_cards_are_adaptive(card: Card, microsoft: Server, http: HttpDoor) -> None:
    (part,) = PLATFORM.compose(Content(card=card), None)
    said = await sent(microsoft, http, part)
    (shown,) = said["attachments"]
    assert shown["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert (shown["content"]["type"], shown["content"]["version"]) == ("AdaptiveCard", "1.4")


async def shown(card: Card, microsoft: Server, http: HttpDoor) -> Any:
    said = await sent(microsoft, http, Part(kind="card", card=card))
    return said["attachments"][0]["content"]


async def test_a_button_says_itself(microsoft: Server, http: HttpDoor) -> None:
    content = await shown(CARDS["quick replies"], microsoft, http)
    assert content["body"][0]["text"] == r"A \*star\*?"
    back = {"type": "messageBack", "displayText": "Yes", "text": "Yes"}
    data = {"choice": choices.payload("c", "y,"), "msteams": back}
    assert content["actions"][0] == {"type": "Action.Submit", "title": "Yes", "data": data}


async def test_a_value_holds_no_comma(microsoft: Server, http: HttpDoor) -> None:
    """Several chosen ones come with commas between them."""
    content = await shown(CARDS["list"], microsoft, http)
    (choice,) = [row for row in content["body"] if row["type"] == "Input.ChoiceSet"]
    assert (choice["id"], choice["isMultiSelect"]) == ("choices", True)
    assert [row["value"] for row in choice["choices"]] == ["tc%3Ay%2C", "tc%3An"]


async def test_a_form_names_its_fields(microsoft: Server, http: HttpDoor) -> None:
    content = await shown(CARDS["form"], microsoft, http)
    assert [row.get("id") for row in content["body"]] == [None, "f.t.a", "f.c.b"]
    assert content["actions"] == [{"type": "Action.Submit", "title": "Envoyer", "data": {"form": "c"}}]


def test_what_does_not_fit_is_numbered_text() -> None:
    many = tuple(Option(id=f"{n}", title=f"{n}") for n in range(7))
    long = tuple(Option(id=f"{n}" * 400, title="é" * 190) for n in range(60))
    mixed = (Section(title="", options=(YES,), multiple=True), Section(title="", options=(NO,)))
    for card in (
        QuickReplies(id="c", prompt="?", options=many),
        ListPicker(id="c", title="?", sections=(Section(title="", options=long),)),
        ListPicker(id="c", title="?", sections=mixed),
    ):
        parts = PLATFORM.compose(Content(card=card), None)
        assert {part.kind for part in parts} == {"text"}


# Files ------------------------------------------------------------------------------------------------


def file(mime: str, url: str = "https://chat.example/f/a") -> MediaFile:
    return MediaFile(name="a.x", mime=mime, kind="file", size=1, path=Path("/x"), url=url)


async def test_a_picture_is_shown_and_a_file_is_a_button(microsoft: Server, http: HttpDoor) -> None:
    part = Part(kind="media", media=0, text="look")
    said = await sent(microsoft, http, part, media=file("image/png"))
    picture = {"contentType": "image/png", "contentUrl": "https://chat.example/f/a", "name": "a.x"}
    assert (said["text"], said["attachments"]) == ("look", [picture])
    microsoft.calls.clear()
    said = await sent(microsoft, http, part, media=file("application/pdf"))
    assert said["attachments"][0]["content"]["actions"][0]["url"] == "https://chat.example/f/a"
    with pytest.raises(Unreachable):
        await sent(microsoft, http, part, media=file("image/png", ""))


async def test_pictures_are_fetched_with_the_token_and_files_without(
    microsoft: Server, http: HttpDoor
) -> None:
    microsoft.answers["GET /file"] = lambda: web.Response(body=b"JPEG", content_type="image/jpeg")
    for name, authorized in (("url", True), ("open", False)):
        media = MediaRef(kind=MediaKind.IMAGE, locator={name: f"{microsoft.url}/file"})
        sink = io.BytesIO()
        assert await PLATFORM.download(media, creds(microsoft), http, sink) == "image/jpeg"
        assert sink.getvalue() == b"JPEG"
        assert ("authorization" in microsoft.calls[-1].headers) == authorized


async def test_the_token_goes_to_nobody_else(microsoft: Server, http: HttpDoor) -> None:
    media = MediaRef(kind=MediaKind.IMAGE, locator={"url": "https://evil.example/x"})
    with pytest.raises(Rejected):
        await PLATFORM.download(media, creds(microsoft), http, io.BytesIO())
    assert microsoft.calls == []


# Errors -----------------------------------------------------------------------------------------------

ERRORS: dict[tuple[int, str], type[SendError]] = {
    (400, "BadSyntax"): Rejected,
    (401, "Unauthorized"): BadCredentials,
    (403, "BotNotInConversationRoster"): ContactGone,
    (403, "ConversationBlockedByUser"): ContactGone,
    (403, "MessageWritesBlocked"): ContactGone,
    (403, "BotDisabledByAdmin"): BadCredentials,
    (403, "NotEnoughPermissions"): Rejected,
    (404, "ConversationNotFound"): ContactGone,
    (404, "ActivityNotFoundInConversation"): Rejected,
    (412, "PreconditionFailed"): Unreachable,
    (413, "MessageSizeTooBig"): Rejected,
    (429, "TooManyRequests"): Throttled,
    (500, "ServiceError"): Unknown,
    (502, "ServiceError"): Unknown,
    (504, ""): Unknown,
    (404, ""): BadCredentials,
}


@pytest.mark.parametrize(("answer", "expected"), ERRORS.items())
async def test_errors(
    answer: tuple[int, str], expected: type[SendError], microsoft: Server, http: HttpDoor
) -> None:
    status, code = answer
    body = {"error": {"code": code, "message": "No: canary-secret"}} if code else None
    microsoft.refuse(TALK, status, body, **{"Retry-After": "7"})
    with pytest.raises(expected) as told:
        await PLATFORM.send(outgoing(microsoft, TEXT), creds(microsoft), http)
    assert type(told.value) is expected and "canary" not in told.value.words
    assert not isinstance(told.value, Throttled) or told.value.retry_after == 7


@pytest.mark.parametrize("answer", [[], {}, {"id": ""}])
async def test_an_answer_without_an_id_is_in_doubt(answer: Any, microsoft: Server, http: HttpDoor) -> None:
    microsoft.answers[TALK] = lambda: web.Response(text=json.dumps(answer), content_type="application/json")
    with pytest.raises(Unknown):
        await PLATFORM.send(outgoing(microsoft, TEXT), creds(microsoft), http)


SIGN_IN: dict[str, tuple[int, Any, type[SendError], str]] = {
    "a wrong secret": (401, "AADSTS7000215: Invalid client secret", BadCredentials, "app_secret"),
    "a wrong app": (400, "AADSTS700016: not found in the directory", BadCredentials, "app_id"),
    "a wrong tenant": (400, "AADSTS90002: Tenant not found", BadCredentials, "tenant_id"),
    "a bad day": (503, None, Unreachable, ""),
}


@pytest.mark.parametrize(("status", "words", "expected", "field"), SIGN_IN.values(), ids=SIGN_IN.keys())
async def test_without_a_token_nothing_was_sent(
    status: int, words: str | None, expected: type[SendError], field: str, microsoft: Server, http: HttpDoor
) -> None:
    body = {"error": "invalid_client", "error_description": f"{words}\r\nTrace ID: 1"} if words else {}
    microsoft.refuse(TOKEN, status, body)
    with pytest.raises(expected) as told:
        await PLATFORM.send(outgoing(microsoft, TEXT), creds(microsoft), http)
    assert getattr(told.value, "field", "") == field and "Trace" not in told.value.words
    assert microsoft.asked(TALK) == []


async def test_connecting_keeps_the_keys(microsoft: Server, http: HttpDoor) -> None:
    microsoft.answers["GET /v1/.well-known/openidconfiguration"] = {"jwks_uri": f"{microsoft.url}/keys"}
    microsoft.answers["GET /keys"] = {"keys": [activities.jwk()]}
    found = await PLATFORM.connect(creds(microsoft), "https://chat.example/hooks/teams/k/", http)
    kept = json.loads(found.generated["signing_keys"])["keys"]
    assert (found.address, [key["kid"] for key in kept]) == (APP, [activities.KID])


def test_links() -> None:
    link = PLATFORM.entry_link(APP, "adsl", text="Hello")
    assert link == (f"https://teams.microsoft.com/l/chat/0/0?users=28%3A{APP}&message=Hello%20%5B%23adsl%5D")
