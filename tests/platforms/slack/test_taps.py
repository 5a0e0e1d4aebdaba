"""Taps on cards, and commands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from apps.platforms.base import Inbound, Malformed
from apps.platforms.cards import CardAnswer, Option, Slot
from apps.platforms.events import Facts
from apps.platforms.shared import choices
from apps.platforms.slack.adapter import PLATFORM
from tests.platforms.slack.happened import AT, TARGET, message
from tests.platforms.slack.payloads import CHANNEL, CREDS, DIRECT, ROOT, TAP, TEAM, TS, USER, parsed, raw

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
