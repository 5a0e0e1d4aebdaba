"""One row for each kind of thing but a message that Slack tells."""

from __future__ import annotations

from typing import Any

import pytest

from apps.platforms.events import (
    ChannelTroubled,
    Event,
    MessageEchoed,
    MessageEdited,
    MessageWithdrawn,
    ReactionReceived,
)
from tests.platforms.slack.happened import ABOUT, AT, BEFORE, IN_THREAD, SHARED, TARGET, change
from tests.platforms.slack.payloads import (
    BOT,
    BOT_ID,
    CHANNEL,
    DIRECT,
    IN_CHANNEL,
    MESSAGE,
    ROOT,
    TEAM,
    TS,
    USER,
    event,
    parsed,
    said,
)

EDITED = {**BEFORE, "text": "Hello", "edited": {"user": USER, "ts": "1355517600.000000"}}
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
