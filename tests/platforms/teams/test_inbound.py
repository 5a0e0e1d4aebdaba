"""Activities as events: one row for each kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from apps.platforms.base import Malformed
from apps.platforms.cards import CardAnswer, Option
from apps.platforms.events import (
    ContactLeft,
    EntryPointTapped,
    Event,
    MediaKind,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
    TypingChanged,
)
from apps.platforms.shared import choices
from apps.platforms.teams import places
from apps.platforms.teams.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable

from .activities import APP, CHAT, SERVICE, activity, creds, request

REF = places.ref(CHAT, "1485983408511")
FILE = "application/vnd.microsoft.teams.file.download.info"
DOWNLOAD = "https://contoso.sharepoint.com/personal/x/_layouts/15/download.aspx?UniqueId=1&tempauth=t"
CARD = "0198c9f1-9d0e-7a31-8f3e-5f7f1c9b2a01"


def parsed(body: dict[str, Any]) -> list[Event]:
    return list(PLATFORM.parse(request(body), creds()))


def one(body: dict[str, Any]) -> Any:
    (event,) = parsed(body)
    assert (event.to, event.address) == (APP, CHAT)
    return event


def test_words() -> None:
    event = one(activity(text="Bonjour [#adsl/box]", textFormat="plain"))
    assert isinstance(event, MessageReceived)
    assert (event.ref, event.text, event.tag, event.group) == (REF, "Bonjour", "adsl", "box")
    assert (event.facts.name, event.facts.locale, event.handle) == ("Ana", "fr-FR", {"service": SERVICE})
    assert event.at.isoformat() == "2026-11-22T09:10:11.123456+00:00"


def test_the_mention_of_the_bot_is_no_word() -> None:
    entity = {"type": "mention", "mentioned": {"id": f"28:{APP}"}, "text": "<at>Acme</at>"}
    assert one(activity(text="<at>Acme</at> hello", entities=[entity])).text == "hello"


def test_a_picture_and_a_file() -> None:
    html = {"contentType": "text/html", "content": "<p></p>"}
    url = f"{SERVICE}v3/attachments/1/views/original"
    (media,) = one(activity(attachments=[{"contentType": "image/*", "contentUrl": url}, html])).media
    assert (media.kind, media.locator, media.mime, media.urgent) == (MediaKind.IMAGE, {"url": url}, "", False)
    content = {"downloadUrl": DOWNLOAD, "uniqueId": "1", "fileType": "pdf"}
    row = {"contentType": FILE, "name": "plan.pdf", "content": content}
    (media,) = one(activity(attachments=[row])).media
    assert (media.kind, media.locator, media.name) == (MediaKind.FILE, {"open": DOWNLOAD}, "plan.pdf")
    assert media.urgent


YES, NO = choices.payload(CARD, "y"), choices.payload(CARD, "n")
ANSWERS: dict[str, tuple[Any, str, CardAnswer | None]] = {
    "a button": (
        {"choice": YES},
        "Yes",
        CardAnswer(card_id=CARD, selected=(Option(id="y", title="Yes"),)),
    ),
    "several": (
        {"choices": f"{YES},{NO}"},
        "",
        CardAnswer(card_id=CARD, selected=(Option(id="y", title=""), Option(id="n", title=""))),
    ),
    "a form": (
        {"form": CARD, "f.t.name": "Ana", "f.c.box": "b%2C5,c", "f.t.empty": ""},
        "",
        CardAnswer(card_id=CARD, values={"name": ("Ana",), "box": ("b,5", "c")}),
    ),
    "another program's": ({"x": 1}, "", None),
    "nothing chosen": ({"choices": ""}, "", None),
    "two cards at once": ({"choices": f"{YES},{choices.payload('other', 'n')}"}, "", None),
}


@pytest.mark.parametrize(("value", "text", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answers(value: Any, text: str, expected: CardAnswer | None) -> None:
    event = one(activity(value=value, text=text, replyToId="7"))
    assert (event.answer, event.reply_to) == (expected, places.ref(CHAT, "7"))
    assert event.unsupported == ("" if expected else "value")


def test_edits_and_deletions() -> None:
    edited = one(activity("messageUpdate", text="new", channelData={"eventType": "editMessage"}))
    assert isinstance(edited, MessageEdited) and (edited.target, edited.text) == (REF, "new")
    gone = one(activity("messageDelete", channelData={"eventType": "softDeleteMessage"}))
    assert isinstance(gone, MessageWithdrawn) and gone.target == REF
    keys = {PLATFORM.dedup_key(request(activity(kind))) for kind in ("message", "messageUpdate")}
    later = activity("messageUpdate", timestamp="2026-11-22T09:10:12Z")
    assert len(keys | {PLATFORM.dedup_key(request(later))}) == 3


REACTIONS = {"like": "👍", "heart": "❤️", "1f389_partypopper": "🎉", "zzz": "❔", "110000_x": "❔"}


@pytest.mark.parametrize(("name", "emoji"), REACTIONS.items())
def test_reactions(name: str, emoji: str) -> None:
    event = one(activity("messageReaction", reactionsAdded=[{"type": name}], replyToId="5"))
    assert isinstance(event, ReactionReceived)
    assert (event.target, event.emoji) == (places.ref(CHAT, "5"), emoji)


def test_a_reaction_that_was_taken_back() -> None:
    assert one(activity("messageReaction", reactionsRemoved=[{"type": "like"}], replyToId="5")).emoji == ""


OTHERS: dict[str, tuple[dict[str, Any], type[Event]]] = {
    "typing": (activity("typing"), TypingChanged),
    "installed": (activity("installationUpdate", action="add"), EntryPointTapped),
    "removed": (activity("installationUpdate", action="remove"), ContactLeft),
    "unknown": (activity("handoff"), MessageReceived),
    "nothing in it": (activity(), MessageReceived),
}


@pytest.mark.parametrize(("body", "kind"), OTHERS.values(), ids=OTHERS.keys())
def test_other_kinds(body: dict[str, Any], kind: type[Event]) -> None:
    event = one(body)
    assert type(event) is kind
    assert not isinstance(event, MessageReceived) or event.unsupported


GROUP = {"conversationType": "groupChat", "isGroup": True, "id": "19:x@thread.v2"}
SILENT = [
    activity(conversation=GROUP, text="hello"),
    activity(channelId="webchat", text="hello"),
    activity("conversationUpdate", membersAdded=[{"id": f"28:{APP}"}]),
]


@pytest.mark.parametrize("body", SILENT)
def test_what_is_no_conversation_with_one_person(body: dict[str, Any]) -> None:
    assert parsed(body) == []


SEEDS = [
    activity(text="hello", attachments=[{"contentType": "image/png", "contentUrl": SERVICE}]),
    activity(attachments=[{"contentType": FILE, "name": "a", "content": {"downloadUrl": DOWNLOAD}}]),
    activity(value={"choices": YES, "form": CARD, "f.t.a": "b"}),
    activity("messageReaction", reactionsAdded=[{"type": "like"}], replyToId="5"),
    activity("installationUpdate", action="remove"),
    activity("messageUpdate", text="x", entities=[{"type": "mention", "mentioned": {"id": "1"}}]),
]


@settings(max_examples=150)
@given(body=mutated(SEEDS, "message", "messageDelete", "1f389"))
def test_mutated_activities_are_understood_or_malformed(body: Any) -> None:
    try:
        found = PLATFORM.parse(request(body), creds())
    except Malformed:
        return
    for event in found:
        storable(event)
