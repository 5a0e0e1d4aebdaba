"""What goes out: parameters, cards that slack_sdk takes, errors, files, and looking for what was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from hypothesis import given
from slack_sdk.models.blocks import Block

from apps.core.http import HttpDoor
from apps.platforms import compose
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
from apps.platforms.cards import Card, Link, ListPicker, Option, QuickReplies, Section, Slot, TimeSlots
from apps.platforms.slack import blocks, errors
from apps.platforms.slack.adapter import PLATFORM
from tests.platforms.contents import CARDS
from tests.platforms.slack.payloads import BOT, CHANNEL, DIRECT, ROOT, TEAM, TS
from tests.platforms.slack.server import Server

ID = UUID("0192f0c0-0000-7000-8000-000000000001")
METADATA = {"event_type": "comptoir_delivery", "event_payload": {"delivery_id": str(ID)}}
YES, NO = Option(id="y", title="Yes"), Option(id="n", title="No", subtitle="not yet")
QUICK = QuickReplies(id="card", prompt="Works <now>?", options=(YES, NO))
PICKER = ListPicker(
    id="card", title="Which", subtitle="one?", sections=(Section(title="Box", options=(YES, NO)),)
)
PLAIN_LIST = ListPicker(id="card", title="Q", sections=(Section(title="", options=(YES,), multiple=True),))
SLOTS = TimeSlots(
    id="card", title="When", slots=(Slot(id="s", start=datetime(2026, 12, 1, 9, tzinfo=UTC), minutes=30),)
)
LINK = Link(id="card", text="Your bill", button="Open", url="https://shop.example/1")


def outgoing(part: Part, **changes: Any) -> Outgoing:
    return replace(Outgoing(id=ID, sender=TEAM, to=DIRECT, part=part), **changes)


def text(words: str = "Hello", **changes: Any) -> Outgoing:
    return outgoing(Part(kind="text", text=words), **changes)


TEXT = {"channel": DIRECT, "text": "Hello", "mrkdwn": "false", "unfurl_links": "false", "metadata": METADATA}
SENT: dict[str, tuple[Outgoing, dict[str, Any]]] = {
    "text": (text(), TEXT),
    "nobody is called": (text("<!here> & *b*"), {**TEXT, "text": "&lt;!here&gt; &amp; *b*"}),
    "link": (outgoing(Part(kind="link", text="Hello")), {**TEXT, "unfurl_links": "true"}),
    "thread": (text(to=f"{CHANNEL}:{ROOT}"), {**TEXT, "channel": CHANNEL, "thread_ts": ROOT}),
    "answer in the channel's own thread": (
        text(to=f"{CHANNEL}:{ROOT}", reply_to=f"{CHANNEL}:{TS}"),
        {**TEXT, "channel": CHANNEL, "thread_ts": ROOT},
    ),
    "answer to a direct message": (text(reply_to=f"{DIRECT}:{TS}"), {**TEXT, "thread_ts": TS}),
    "answer to a file": (text(reply_to=f"{DIRECT}:F1"), TEXT),
    "agent without the scope": (text(agent="Alice"), TEXT),
}


@pytest.mark.parametrize(("message", "wanted"), SENT.values(), ids=SENT.keys())
async def test_what_is_said(
    server: Server, http: HttpDoor, message: Outgoing, wanted: dict[str, Any]
) -> None:
    assert await PLATFORM.send(message, server.creds, http) == f"{wanted['channel']}:{TS}"
    assert server.asked == [("chat.postMessage", wanted)]


async def test_agents_have_names_where_they_may(server: Server, http: HttpDoor) -> None:
    creds = {**server.creds, "scopes": "chat:write,chat:write.customize"}
    await PLATFORM.send(text(agent="Alice"), creds, http)
    assert server.asked == [("chat.postMessage", {**TEXT, "username": "Alice"})]


ADDRESSES = [
    "",
    "U2147483697",
    "#general",
    CHANNEL,
    f"{DIRECT}:{TS}",
    f"{CHANNEL}:soon",
    "D1&channel=C2",
    f"{CHANNEL}:{TS}\n",
]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_that_is_none_reaches_nobody(server: Server, http: HttpDoor, address: str) -> None:
    with pytest.raises(Rejected) as told:
        await PLATFORM.send(text(to=address), server.creds, http)
    assert (told.value.code, server.calls) == ("bad_address", [])


# Cards -----------------------------------------------------------------------------------------------


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}


def menu(content: dict[str, Any], kind: str = "static_select") -> dict[str, Any]:
    return {"type": kind, "action_id": "menu", "placeholder": plain("Choisir"), **content}


ROWS = [
    {"text": plain("Yes"), "value": "tcard:y"},
    {"text": plain("No"), "value": "tcard:n", "description": plain("not yet")},
]
BUTTONS = [
    {"type": "button", "action_id": "choice-0", "text": plain("Yes"), "value": "tcard:y"},
    {"type": "button", "action_id": "choice-1", "text": plain("No"), "value": "tcard:n"},
]
TIMES = [{"text": plain("2026-12-01 09:00 (30 min)"), "value": "s1796115600.30.tcard:s"}]
SHOWN: dict[str, tuple[Card, str, list[dict[str, Any]]]] = {
    "quick replies": (QUICK, "Works <now>?\n• No: not yet", BUTTONS),
    "list": (PICKER, "Which\none?", [menu({"option_groups": [{"label": plain("Box"), "options": ROWS}]})]),
    "list of several": (PLAIN_LIST, "Q", [menu({"options": ROWS[:1]}, "multi_static_select")]),
    "times": (SLOTS, "When", [menu({"options": TIMES})]),
    "link": (
        LINK,
        "Your bill",
        [{"type": "button", "action_id": "link", "text": plain("Open"), "url": "https://shop.example/1"}],
    ),
}


@pytest.mark.parametrize(("card", "words", "elements"), SHOWN.values(), ids=SHOWN.keys())
async def test_cards(
    server: Server, http: HttpDoor, card: Card, words: str, elements: list[dict[str, Any]]
) -> None:
    await PLATFORM.send(outgoing(Part(kind="card", card=card), locale="fr-FR"), server.creds, http)
    (_, fields) = server.asked[0]
    section = {"type": "section", "text": plain(words)}
    assert fields["blocks"] == [section, {"type": "actions", "elements": elements}]
    assert fields["text"] == words.replace("<", "&lt;").replace(">", "&gt;")
    validated(fields["blocks"])


def validated(given: list[dict[str, Any]]) -> None:
    """Slack's own library reads the blocks, and checks lengths and numbers."""
    read = list(Block.parse_all(given))
    assert [block.type for block in read] == [block["type"] for block in given]
    for block in read:
        block.validate_json()
        for element in getattr(block, "elements", []):
            element.validate_json()


@given(card=CARDS)
def test_every_card_that_is_shown_is_one_that_slack_takes(card: Card) -> None:
    for part in PLATFORM.compose(Content(card=card), None):
        if part.card is not None:
            validated(blocks.blocks(part.card, "de"))


def options(number: int, **changes: Any) -> tuple[Option, ...]:
    return tuple(Option(**{"id": f"{n}", "title": "x", **changes}) for n in range(number))


def quick(*given: Option, prompt: str = "?") -> QuickReplies:
    return QuickReplies(id="card", prompt=prompt, options=given)


def picker(*sections: Section) -> ListPicker:
    return ListPicker(id="card", title="?", sections=sections)


LIMITS: dict[str, tuple[Card, Card]] = {
    "buttons": (quick(*options(25)), quick(*options(26))),
    "button": (quick(*options(1, title="x" * 75)), quick(*options(1, title="x" * 76))),
    "words": (quick(*options(1), prompt="x" * 3000), quick(*options(1), prompt="x" * 3001)),
    "rows": (
        picker(Section(title="", options=options(100))),
        picker(Section(title="", options=options(101))),
    ),
    "detail": (
        picker(Section(title="", options=options(1, subtitle="x" * 75))),
        picker(Section(title="", options=options(1, subtitle="x" * 76))),
    ),
    "value": (
        picker(Section(title="", options=options(1, id="x" * 100))),
        picker(Section(title="", options=options(1, id="x" * 150))),
    ),
    "titles": (
        picker(Section(title="a", options=options(1)), Section(title="b", options=(NO,))),
        picker(Section(title="a", options=options(1)), Section(title="", options=(NO,))),
    ),
    "ways": (
        picker(Section(title="a", options=options(1)), Section(title="b", options=(NO,))),
        picker(Section(title="a", options=options(1)), Section(title="b", options=(NO,), multiple=True)),
    ),
}


@pytest.mark.parametrize(("good", "bad"), LIMITS.values(), ids=LIMITS.keys())
def test_a_card_over_the_limits_goes_as_text(good: Card, bad: Card) -> None:
    assert [part.kind for part in PLATFORM.compose(Content(card=good), None)] == ["card"]
    assert {part.kind for part in PLATFORM.compose(Content(card=bad), None)} == {"text"}
    assert compose.can_show(good, PLATFORM.capabilities, None)


async def test_a_card_that_does_not_fit_is_not_sent(server: Server, http: HttpDoor) -> None:
    for card in (quick(*options(1), prompt="x" * 3001), LIMITS["value"][1]):
        with pytest.raises(Rejected):
            await PLATFORM.send(outgoing(Part(kind="card", card=card)), server.creds, http)
    assert server.calls == []


# Errors ----------------------------------------------------------------------------------------------

ERRORS: list[tuple[str, type[SendError]]] = [
    *((name, BadCredentials) for name in ("invalid_auth", "not_authed", "account_inactive", "token_revoked")),
    *((name, BadCredentials) for name in ("missing_scope", "not_allowed_token_type", "token_expired")),
    *((name, BadCredentials) for name in ("no_permission", "org_login_required", "ekm_access_denied")),
    *((name, BadCredentials) for name in ("access_denied", "team_access_not_granted")),
    ("two_factor_setup_required", BadCredentials),
    *((name, ContactGone) for name in ("channel_not_found", "is_archived", "thread_not_found")),
    *((name, ContactGone) for name in ("message_not_found", "user_not_found", "user_disabled")),
    *((name, ContactGone) for name in ("not_in_channel", "cannot_dm_bot", "messages_tab_disabled")),
    *((name, Rejected) for name in ("msg_too_long", "no_text", "invalid_blocks", "restricted_action", "new")),
    *((name, Throttled) for name in ("ratelimited", "rate_limited", "message_limit_exceeded")),
    *((name, Unreachable) for name in ("service_unavailable", "request_timeout", "team_added_to_org")),
    *((name, Unknown) for name in ("internal_error", "fatal_error")),
]


@pytest.mark.parametrize(("error", "wanted"), ERRORS)
async def test_errors(server: Server, http: HttpDoor, error: str, wanted: type[SendError]) -> None:
    server.refuse("chat.postMessage", error)
    with pytest.raises(SendError) as told:
        await PLATFORM.send(text(), server.creds, http)
    assert (type(told.value), told.value.code) == (wanted, error)


def test_every_error_that_we_know_has_its_row() -> None:
    assert set(errors.ERRORS) <= {error for error, _ in ERRORS}


async def test_what_is_needed_is_said(server: Server, http: HttpDoor) -> None:
    server.refuse("chat.postMessage", "missing_scope", needed="chat:write")
    with pytest.raises(BadCredentials, match=r"missing scope \(chat:write\)") as told:
        await PLATFORM.send(text(), server.creds, http)
    assert told.value.field == "token"


async def test_how_long_to_wait_is_said(server: Server, http: HttpDoor) -> None:
    server.refuse("chat.postMessage", "ratelimited", status=429, headers={"Retry-After": "7"})
    with pytest.raises(Throttled) as told:
        await PLATFORM.send(text(), server.creds, http)
    assert told.value.retry_after == 7


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (web.Response(status=502, text="bad gateway"), Unknown),
        (web.Response(status=404, text="nothing"), BadCredentials),
        (web.json_response({"ok": True}), Unknown),
        (web.json_response({"ok": False}, status=503), Unknown),
    ],
)
async def test_strange_answers(
    server: Server, http: HttpDoor, answer: web.Response, wanted: type[SendError]
) -> None:
    server.answers["chat.postMessage"] = answer
    with pytest.raises(wanted):
        await PLATFORM.send(text(), server.creds, http)


# Files -----------------------------------------------------------------------------------------------


def plan(folder: Path, **changes: Any) -> Outgoing:
    path = folder / "stored"
    path.write_bytes(b"%PDF-1.7")
    media = MediaFile(name="plan.pdf", mime="application/pdf", kind="file", size=8, path=path)
    return outgoing(Part(kind="media", media=0, text="The <plan>"), media=media, **changes)


async def test_a_file_goes_in_three_calls(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    message = plan(tmp_path, to=f"{CHANNEL}:{ROOT}")
    assert await PLATFORM.send(message, server.creds, http) == f"{CHANNEL}:F1"
    shared = {
        "files": [{"id": "F1", "title": "plan.pdf"}],
        "channel_id": CHANNEL,
        "thread_ts": ROOT,
        "initial_comment": "The &lt;plan&gt;",
    }
    assert server.asked == [
        ("files.getUploadURLExternal", {"filename": "plan.pdf", "length": "8"}),
        ("upload", {}),
        ("files.completeUploadExternal", shared),
    ]
    assert (server.uploaded, server.calls[1].token) == (b"%PDF-1.7", "")


async def test_only_sharing_a_file_leaves_a_doubt(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    wanted = {
        "files.getUploadURLExternal": Unreachable,
        "upload": Unreachable,
        "files.completeUploadExternal": Unknown,
    }
    for method, error in wanted.items():
        server.answers = {method: web.Response(status=500)}
        with pytest.raises(error):
            await PLATFORM.send(plan(tmp_path), server.creds, http)


async def test_a_file_that_is_gone(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    message = plan(tmp_path)
    (tmp_path / "stored").unlink()
    with pytest.raises(Rejected):
        await PLATFORM.send(message, server.creds, http)


# Looking for it --------------------------------------------------------------------------------------

OURS = {"type": "message", "user": BOT, "ts": TS, "metadata": METADATA}
OTHER = {"type": "message", "user": BOT, "ts": "1.2", "metadata": {**METADATA, "event_payload": {}}}
FILE_MESSAGE = {"user": BOT, "ts": TS, "files": [{"id": "F7", "name": "plan.pdf", "size": 8}]}


def page(*messages: Any, cursor: str = "") -> dict[str, Any]:
    return {"messages": list(messages), "response_metadata": {"next_cursor": cursor}}


async def test_a_lost_message_is_found_by_our_id(server: Server, http: HttpDoor) -> None:
    server.answers["conversations.history"] = [page(OTHER, 7, cursor="abc"), page(OURS)]
    assert await PLATFORM.find(text(), server.creds, http) == f"{DIRECT}:{TS}"
    begun = f"{(ID.int >> 80) / 1000 - 120:.6f}"
    asked = {"channel": DIRECT, "oldest": begun, "limit": "100", "include_all_metadata": "true"}
    pages = [("conversations.history", asked), ("conversations.history", {**asked, "cursor": "abc"})]
    assert server.asked == pages


async def test_in_a_channel_its_thread_is_looked_through(server: Server, http: HttpDoor) -> None:
    server.answers["conversations.replies"] = page(OTHER)
    assert await PLATFORM.find(text(to=f"{CHANNEL}:{ROOT}"), server.creds, http) is None
    assert (server.calls[0].fields["channel"], server.calls[0].fields["ts"]) == (CHANNEL, ROOT)


@pytest.mark.parametrize(
    ("messages", "wanted"), [([FILE_MESSAGE], f"{DIRECT}:F7"), ([{**FILE_MESSAGE, "user": "U1"}], None)]
)
async def test_a_lost_file_is_found_by_its_name(
    server: Server, http: HttpDoor, tmp_path: Path, messages: list[Any], wanted: str | None
) -> None:
    server.answers["conversations.history"] = page(*messages)
    assert await PLATFORM.find(plan(tmp_path), server.creds, http) == wanted


async def test_two_equal_files_cannot_be_told_apart(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    server.answers["conversations.history"] = page(FILE_MESSAGE, FILE_MESSAGE)
    with pytest.raises(Unknown):
        await PLATFORM.find(plan(tmp_path), server.creds, http)


async def test_what_cannot_be_seen_is_not_absent(server: Server, http: HttpDoor) -> None:
    server.answers["conversations.history"] = page(OTHER, cursor="again")
    with pytest.raises(Unknown, match="more messages"):
        await PLATFORM.find(text(), server.creds, http)
    server.answers["conversations.history"] = {"messages": None}
    with pytest.raises(Unknown):
        await PLATFORM.find(text(), server.creds, http)
    server.scopes = "chat:write,im:history"
    with pytest.raises(Unknown, match=r"metadata\.message:read"):
        await PLATFORM.find(text(), server.creds, http)
