"""One row for each kind of thing that Slack tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given

from apps.platforms.base import Inbound, Malformed
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import (
    ChannelTroubled,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
)
from apps.platforms.shared import choices
from apps.platforms.slack.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable
from tests.platforms.slack.payloads import (
    BOT,
    BOT_ID,
    CHANNEL,
    CREDS,
    DIRECT,
    FILE,
    IN_CHANNEL,
    MESSAGE,
    ROOT,
    TAP,
    TEAM,
    TS,
    USER,
    event,
    form,
    parsed,
    raw,
    request,
    said,
)

AT = datetime(2012, 12, 14, 20, 38, 43, 5, tzinfo=UTC)
SHARED = {"is_ext_shared_channel": True}


def message(**changes: Any) -> MessageReceived:
    about = {"to": TEAM, "address": DIRECT, "ref": f"{DIRECT}:{TS}", "at": AT, "text": "Hello"}
    return MessageReceived(**{**about, **changes})


def media(**changes: Any) -> MediaRef:
    url = FILE["url_private_download"]
    about = {"kind": MediaKind.IMAGE, "name": "box.png", "mime": "image/png", "size": 9}
    return MediaRef(**{**about, "locator": {"id": "F0RDC39U1", "url": url}, **changes})


def attached(**changes: Any) -> dict[str, Any]:
    return said(subtype="file_share", files=[{**FILE, **changes}])


IN_THREAD: dict[str, Any] = {"address": f"{CHANNEL}:{ROOT}", "ref": f"{CHANNEL}:{TS}"}
BEGINS = {"address": f"{CHANNEL}:{TS}", "ref": f"{CHANNEL}:{TS}"}
GONE = {**FILE, "mode": "tombstone"}
MESSAGES = {
    "direct": (said(), message()),
    "in a thread of direct messages": (said(thread_ts=ROOT), message(reply_to=f"{DIRECT}:{ROOT}")),
    "in a channel": (said(**IN_CHANNEL), message(**BEGINS)),
    "in a thread of a channel": (said(**IN_CHANNEL, thread_ts=ROOT), message(**IN_THREAD)),
    "also sent to the channel": (
        said(**IN_CHANNEL, thread_ts=ROOT, subtype="thread_broadcast"),
        message(**IN_THREAD),
    ),
    "calling the app": (
        event({**MESSAGE, **IN_CHANNEL, "type": "app_mention", "text": f"<@{BOT}>: Hello"}),
        message(**BEGINS),
    ),
    "of a customer's workspace": (
        event({**MESSAGE, **IN_CHANNEL, "team": "T0CUST"}, **SHARED),
        message(**BEGINS),
    ),
    "with a name": (
        said(user_profile={"display_name": "", "real_name": "Zoé Martin"}),
        message(facts=Facts(name="Zoé Martin")),
    ),
    "me": (said(subtype="me_message"), message()),
    "image": (attached(), message(media=(media(),))),
    "image without words": (said(text="", files=[FILE]), message(text="", media=(media(),))),
    "voice": (
        attached(subtype="slack_audio", mimetype="audio/mp4"),
        message(media=(media(kind=MediaKind.VOICE, mime="audio/mp4"),)),
    ),
    "clip": (
        attached(subtype="slack_video", mimetype="video/mp4"),
        message(media=(media(kind=MediaKind.VIDEO, mime="video/mp4"),)),
    ),
    "file": (attached(mimetype="text/csv"), message(media=(media(kind=MediaKind.FILE, mime="text/csv"),))),
    "file of a shared channel": (
        said(files=[{"id": "F1", "mode": "file_access", "file_access": "check_file_info"}]),
        message(media=(MediaRef(kind=MediaKind.FILE, locator={"id": "F1", "url": ""}),)),
    ),
    "file elsewhere": (
        attached(is_external=True, url_private="https://drive.example/1"),
        message(text="Hello\nhttps://drive.example/1"),
    ),
    "file that is gone": (said(text="", files=[GONE]), message(text="", unsupported="tombstone")),
    "blocks alone": (said(text="", blocks=[{"type": "x"}]), message(text="", unsupported="blocks")),
    "nothing": (said(text=""), message(text="", unsupported="empty")),
    "a kind of tomorrow": (said(subtype="hologram"), message(unsupported="hologram")),
}


@pytest.mark.parametrize(("data", "wanted"), MESSAGES.values(), ids=MESSAGES.keys())
def test_messages(data: dict[str, Any], wanted: Event) -> None:
    assert parsed(data) == [wanted]


TEXTS = [
    ("a &lt;b&gt; &amp; c", "a <b> & c"),
    ("&amp;lt;", "&lt;"),
    ("<@U123> and <@U123|zoe>", "@U123 and @zoe"),
    ("<#C1|help> <#C2>", "#help #C2"),
    ("<!here> <!channel|channel> <!subteam^S1|@support> <!date^1392734382^{date}|18 Feb>",
     "@here channel @support 18 Feb"),
    ("<https://shop.example/a?b=1&amp;c=2>", "https://shop.example/a?b=1&c=2"),
    ("<http://shop.example|shop.example>", "http://shop.example"),
    ("<https://shop.example|our shop>", "our shop (https://shop.example)"),
    ("<mailto:a@b.example|a@b.example> <tel:+331|+331>", "a@b.example +331"),
    ("*bold* _it_ `code` :wave:", "*bold* _it_ `code` :wave:"),
    ("1 < 2", "1 < 2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), TEXTS)
def test_text_is_what_people_read(text: str, wanted: str) -> None:
    assert [found.text for found in parsed(said(text=text))] == [wanted]


def change(subtype: str, **more: Any) -> dict[str, Any]:
    return event(
        {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": DIRECT,
            "channel_type": "im",
            "ts": "1355517600.000001",
            "event_ts": "1355517600.000001",
            **more,
        }
    )


BEFORE = {"type": "message", "user": USER, "text": "Helo", "ts": TS, "team": TEAM}
EDITED = {**BEFORE, "text": "Hello", "edited": {"user": USER, "ts": "1355517600.000000"}}
LATER = datetime(2012, 12, 14, 20, 40, 0, 1, tzinfo=UTC)
ABOUT: dict[str, Any] = {"to": TEAM, "address": DIRECT, "at": LATER}
TARGET = f"{DIRECT}:{TS}"
WITHDRAWN = MessageWithdrawn(**ABOUT, ref=f"deleted:{TARGET}", target=TARGET)
REACTION: dict[str, Any] = {
    "type": "reaction_added",
    "user": USER,
    "reaction": "thumbsup::skin-tone-3",
    "item": {"type": "message", "channel": DIRECT, "ts": TS},
    "event_ts": "1355517600.000001",
}
REACTED = ReactionReceived(**ABOUT, ref="reaction:Ev9UQ52YNA", target=TARGET, emoji="👍")
OURS: dict[str, Any] = {"user": BOT, "bot_id": BOT_ID, "metadata": {"event_type": "comptoir_delivery"}}
DELIVERY = "0192f0c0-0000-7000-8000-000000000001"
CONFIRMING = {**OURS["metadata"], "event_payload": {"delivery_id": DELIVERY}}
COLLEAGUE = {**MESSAGE, **IN_CHANNEL, "thread_ts": ROOT, "text": "We look into it"}
STOPPED: dict[str, Any] = {"to": TEAM, "address": "", "at": AT.replace(microsecond=0)}
OTHERS: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "edited": (
        change("message_changed", message=EDITED, previous_message=BEFORE),
        [MessageEdited(**ABOUT, ref="edit:Ev9UQ52YNA", target=TARGET, text="Hello")],
    ),
    "a preview came": (change("message_changed", message=BEFORE, previous_message=BEFORE), []),
    "edited without another word": (change("message_changed", message=EDITED, previous_message=EDITED), []),
    "edited by a bot": (change("message_changed", message={**EDITED, "bot_id": "B1"}), []),
    "deleted": (change("message_deleted", deleted_ts=TS, previous_message=BEFORE), [WITHDRAWN]),
    "deleted, unknown": (change("message_deleted", deleted_ts=TS), [WITHDRAWN]),
    "our own deleted": (change("message_deleted", deleted_ts=TS, previous_message={"user": BOT}), []),
    "deleted with a thread below": (
        change("message_changed", message={**BEFORE, "subtype": "tombstone"}),
        [WITHDRAWN],
    ),
    "reaction": (event(REACTION), [REACTED]),
    "reaction taken away": (
        event({**REACTION, "type": "reaction_removed"}),
        [ReactionReceived(**ABOUT, ref="reaction:Ev9UQ52YNA", target=TARGET, emoji="")],
    ),
    "reaction of the house": (
        event({**REACTION, "reaction": "party-parrot"}),
        [ReactionReceived(**ABOUT, ref="reaction:Ev9UQ52YNA", target=TARGET, emoji=":party-parrot:")],
    ),
    "our own reaction": (event({**REACTION, "user": BOT}), []),
    "reaction in a channel": (event({**REACTION, "item": {**REACTION["item"], "channel": CHANNEL}}), []),
    "reaction to a file": (event({**REACTION, "item": {"type": "file", "file": "F1"}}), []),
    "our own words": (said(**{**OURS, "metadata": None}), []),
    "our own words, confirmed": (
        said(**{**OURS, "metadata": CONFIRMING}),
        [MessageEchoed(to=TEAM, address=DIRECT, ref=TARGET, at=AT, delivery_id=DELIVERY)],
    ),
    "the same of another bot": (said(**{**OURS, "metadata": CONFIRMING, "bot_id": "B1"}), []),
    "another bot's words": (said(subtype="bot_message", bot_id="B1", user=None), []),
    "our own without a bot": (said(user=BOT), []),
    "a colleague in a customer's thread": (
        event(COLLEAGUE, **SHARED),
        [MessageEchoed(to=TEAM, **IN_THREAD, at=AT, text="We look into it", author=USER)],
    ),
    "a colleague begins": (event({**COLLEAGUE, "thread_ts": None}, **SHARED), []),
    "somebody joined": (said(**IN_CHANNEL, subtype="channel_join"), []),
    "somebody came to a channel": (
        event({"type": "member_joined_channel", "user": USER, "channel": CHANNEL, "team": TEAM}),
        [],
    ),
    "a shortcut": ({"type": "shortcut", "team": {"id": TEAM}, "user": {"id": USER}}, []),
    "a message's shortcut": ({"type": "message_action", "team": {"id": TEAM}, "user": {"id": USER}}, []),
    "a view was closed": ({"type": "view_closed", "team": {"id": TEAM}}, []),
    "options wanted": ({"type": "block_suggestion", "team": {"id": TEAM}, "value": "x"}, []),
    "a file was shared": (event({"type": "file_shared", "file_id": "F1"}), []),
    "the app was opened": (event({"type": "app_home_opened", "user": USER, "channel": DIRECT}), []),
    "the bot's token ended": (
        event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}}),
        [
            ChannelTroubled(
                **STOPPED,
                ref="Ev9UQ52YNA",
                stops=True,
                code="tokens_revoked",
                words="The bot's token was revoked.",
            )
        ],
    ),  # fmt: skip
    "a person's token ended": (event({"type": "tokens_revoked", "tokens": {"oauth": [USER]}}), []),
    "removed": (
        event({"type": "app_uninstalled"}),
        [
            ChannelTroubled(
                **STOPPED,
                ref="Ev9UQ52YNA",
                stops=True,
                code="app_uninstalled",
                words="The app was removed from the workspace.",
            )
        ],
    ),  # fmt: skip
    "too much": (
        {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1355517523},
        [
            ChannelTroubled(
                **STOPPED,
                ref="app_rate_limited:1355517523",
                stops=False,
                code="app_rate_limited",
                words="Slack holds events back: more than 30,000 came within an hour.",
            )
        ],
    ),  # fmt: skip
    "a view": ({"type": "view_submission", "team": {"id": TEAM}}, []),
}


@pytest.mark.parametrize(("data", "wanted"), OTHERS.values(), ids=OTHERS.keys())
def test_other_events(data: dict[str, Any], wanted: list[Event]) -> None:
    assert parsed(data) == wanted


START = datetime(2026, 12, 1, 9, tzinfo=UTC)
SLOT = Slot(id="s1", start=START, minutes=30)
ROW = {"text": {"type": "plain_text", "text": "Box"}, "value": "tcard:b"}
TAPS: dict[str, tuple[dict[str, Any], str, CardAnswer | None]] = {
    "button": ({}, "Yes & no", CardAnswer(card_id="card", selected=(Option(id="y", title="Yes & no"),))),
    "menu": (
        {"type": "static_select", "selected_option": ROW},
        "Box",
        CardAnswer(card_id="card", selected=(Option(id="b", title="Box"),)),
    ),
    "menu of times": (
        {"type": "static_select", "selected_option": {**ROW, "value": choices.slot_payload("card", SLOT)}},
        "Box",
        CardAnswer(card_id="card", slot=SLOT),
    ),
    "menu of several": (
        {"type": "multi_static_select", "selected_options": [ROW, {**ROW, "value": "tcard:c"}]},
        "Box, Box",
        CardAnswer(card_id="card", selected=(Option(id="b", title="Box"), Option(id="c", title="Box"))),
    ),
    "button of other software": ({"value": "approve"}, "Yes & no", None),
}


@pytest.mark.parametrize(("action", "text", "answer"), TAPS.values(), ids=TAPS.keys())
def test_taps(action: dict[str, Any], text: str, answer: CardAnswer | None) -> None:
    (found,) = parsed({**TAP, "actions": [{**TAP["actions"][0], **action}]})
    assert (found.text, found.answer, found.reply_to) == (text, answer, TARGET)
    assert (found.to, found.address, found.facts.name) == (TEAM, DIRECT, "Zoé")
    assert found.ref == f"tap:{TARGET}:1355517600.000001"


@pytest.mark.parametrize(
    "action",
    [{"url": "https://x.example"}, {"action_id": "link"}, {"type": "multi_static_select", "value": None}],
)
def test_taps_that_say_nothing(action: dict[str, Any]) -> None:
    assert parsed({**TAP, "actions": [{**TAP["actions"][0], **action}]}) == []


def test_a_tap_in_a_channel_belongs_to_its_thread() -> None:
    shown = {**TAP["message"], "thread_ts": ROOT}
    (found,) = parsed({**TAP, "channel": {"id": CHANNEL}, "message": shown})
    assert (found.address, found.reply_to) == (f"{CHANNEL}:{ROOT}", f"{CHANNEL}:{TS}")


COMMAND = {
    "team_id": TEAM,
    "channel_id": DIRECT,
    "channel_name": "directmessage",
    "user_id": USER,
    "user_name": "zoe",
    "command": "/help",
    "text": "my &lt;box&gt;",
    "trigger_id": "398738663015.47445629121.x",
}


def typed(**fields: str) -> Inbound:
    body = urlencode({**COMMAND, **fields}).encode()
    return raw(
        body,
        **{
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": "1355517523",
        },
    )


def test_a_command_in_direct_messages_is_what_was_said() -> None:
    (found,) = PLATFORM.parse(typed(), CREDS)
    assert found == message(
        ref="command:398738663015.47445629121.x",
        text="/help my <box>",
        at=AT.replace(microsecond=0),
        facts=Facts(name="zoe"),
    )
    assert PLATFORM.dedup_key(typed()) == COMMAND["trigger_id"]


def test_a_command_in_a_channel_has_no_thread_to_answer_in() -> None:
    assert list(PLATFORM.parse(typed(channel_id=CHANNEL), CREDS)) == []


def test_a_command_that_another_workspace_sees_is_not_ours() -> None:
    assert list(PLATFORM.parse(typed(team_id="T0OTHER"), CREDS)) == []


@pytest.mark.parametrize("lost", ["channel_id", "trigger_id"])
def test_a_command_without_place_or_id_is_malformed(lost: str) -> None:
    fields = {name: value for name, value in COMMAND.items() if name != lost}
    asked = raw(urlencode(fields).encode(), **{"content-type": "application/x-www-form-urlencoded"})
    with pytest.raises(Malformed):
        PLATFORM.parse(asked, CREDS)


def test_a_ts_is_never_a_number() -> None:
    (found,) = parsed(said(ts="1355517523.000010"))
    assert (found.ref, found.at.microsecond) == (f"{DIRECT}:1355517523.000010", 10)


BROKEN = [
    said(ts=1355517523.000005),
    said(ts="1355517523"),
    said(ts="soon.1"),
    event({k: v for k, v in MESSAGE.items() if k != "channel"}),
    change("message_changed", message=None),
    {**TAP, "actions": 7},
    {**TAP, "user": None},
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_no_event_is_malformed(data: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parsed(data)


@pytest.mark.parametrize("body", [b"payload", b"a=b", b"payload=x", b"payload=%7B", b"\xff", b"payload=[]"])
def test_a_form_without_a_payload_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(raw(body, **{"content-type": "application/x-www-form-urlencoded"}), CREDS)


SEEDS = [
    *(data for data, _ in MESSAGES.values()),
    *(data for data, _ in OTHERS.values()),
    TAP,
    {**TAP, "actions": [{"type": "multi_static_select", "selected_options": [ROW], "action_ts": TS}]},
]


@given(payload=mutated(SEEDS, TS, DIRECT, "im", "message_changed", "block_actions", TEAM))
def test_a_changed_payload_is_understood_or_malformed(payload: Any) -> None:
    for made in (request(payload), form(payload)):
        for ask in (PLATFORM.parse, lambda r, _: PLATFORM.dedup_key(r), lambda r, _: PLATFORM.recipients(r)):
            try:
                found = ask(made, CREDS)
            except Malformed:
                continue
            assert isinstance(found, str | list | tuple)
            for one in found if ask == PLATFORM.parse else ():
                storable(one)
