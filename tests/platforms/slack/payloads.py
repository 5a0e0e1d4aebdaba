"""Events of Slack as its reference shows them (https://docs.slack.dev/reference/events)."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import urlencode

from apps.platforms.base import Inbound
from apps.platforms.slack.adapter import Slack
from tests.platforms.samples import SAMPLES

CREDS = dict(SAMPLES["slack"].creds)
TEAM, BOT, BOT_ID, USER, DIRECT, CHANNEL = "T0001", "U0BOT", "B0BOT", "U2147483697", "D024BE91L", "C0SHOP"
TS, ROOT = "1355517523.000005", "1355517500.000001"
AT = 1355517523.0

ENVELOPE: dict[str, Any] = {
    "token": "z26uFbvR1xHJEdHE1OQiO6t8",
    "team_id": TEAM,
    "api_app_id": "A061L2X",
    "type": "event_callback",
    "event_id": "Ev9UQ52YNA",
    "event_time": 1355517523,
    "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}],
    "is_ext_shared_channel": False,
    "event_context": "4-eyJ",
}
MESSAGE: dict[str, Any] = {
    "type": "message",
    "channel": DIRECT,
    "user": USER,
    "text": "Hello",
    "ts": TS,
    "event_ts": TS,
    "channel_type": "im",
    "team": TEAM,
    "client_msg_id": "b0d5ba3c",
}
IN_CHANNEL = {"channel": CHANNEL, "channel_type": "channel"}
FILE: dict[str, Any] = {
    "id": "F0RDC39U1",
    "name": "box.png",
    "mimetype": "image/png",
    "size": 9,
    "mode": "hosted",
    "is_external": False,
    "url_private": "https://files.slack.com/files-pri/T0001-F0RDC39U1/box.png",
    "url_private_download": "https://files.slack.com/files-pri/T0001-F0RDC39U1/download/box.png",
}
TAP: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": USER, "username": "zoe", "name": "Zoé", "team_id": TEAM},
    "api_app_id": "A061L2X",
    "token": "unused",
    "container": {"type": "message", "message_ts": TS, "channel_id": DIRECT, "is_ephemeral": False},
    "trigger_id": "12466734323.1395872398.x",
    "team": {"id": TEAM, "domain": "shop"},
    "channel": {"id": DIRECT, "name": "directmessage"},
    "message": {"type": "message", "user": BOT, "bot_id": BOT_ID, "team": TEAM, "ts": TS, "text": "?"},
    "state": {"values": {}},
    "response_url": "https://hooks.slack.com/actions/x",
    "actions": [
        {
            "type": "button",
            "action_id": "choice-0",
            "block_id": "b",
            "text": {"type": "plain_text", "text": "Yes &amp; no", "emoji": False},
            "value": "tcard:y",
            "action_ts": "1355517600.000001",
        }
    ],
}


def said(**changes: Any) -> dict[str, Any]:
    return event({**MESSAGE, **changes})


def event(inner: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(ENVELOPE), "event": inner, **changes}


def request(data: Any, **headers: str) -> Inbound:
    return raw(json.dumps(data).encode(), **{"content-type": "application/json", **headers})


def form(data: Any) -> Inbound:
    body = urlencode({"payload": json.dumps(data)}).encode()
    return raw(body, **{"content-type": "application/x-www-form-urlencoded"})


def raw(body: bytes, **headers: str) -> Inbound:
    return Inbound(method="POST", path="/hooks/slack/key/", query={}, headers=headers, body=body)


def parsed(data: Any) -> list[Any]:
    made = form(data) if data.get("type") == "block_actions" else request(data)
    return list(Slack(clock=lambda: AT).parse(made, CREDS))
