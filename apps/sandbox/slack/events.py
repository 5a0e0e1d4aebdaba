"""Slack's requests to the business, queued with what they tell: events as JSON, taps as a form."""

from __future__ import annotations

import json
import secrets
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from apps.sandbox import faults, posts
from apps.sandbox.models import FaultKind, SandboxThread
from apps.sandbox.slack import shapes

Json = dict[str, Any]
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
AGAIN = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}


def message(thread: SandboxThread, content: Json) -> None:
    """Something about a message of this conversation."""
    channel, _ = shapes.place(thread)
    about = {"channel": channel, "channel_type": shapes.channel_type(thread), "event_ts": now()}
    tell(thread, {"type": "message", **about, **content})


def tell(thread: SandboxThread, event: Json) -> None:
    """One event in its envelope; a repetition has the same event_id and says that it is one."""
    account = thread.account
    installed = {"team_id": account.address, "user_id": account.data["bot_user_id"], "is_bot": True}
    envelope: Json = {
        "token": "unused",
        "team_id": account.address,
        "context_team_id": account.address,
        "api_app_id": account.data["app_id"],
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(timezone.now().timestamp()),
        "authorizations": [{**installed, "enterprise_id": None, "is_enterprise_install": False}],
        "is_ext_shared_channel": shapes.channel_type(thread) == "channel",
        "event_context": secrets.token_hex(8),
    }
    _queue(thread, json.dumps(envelope).encode("ascii"), JSON)


def tap(thread: SandboxThread, payload: Json) -> None:
    """A tap on a block; its answer is waited for by whoever tapped, so Slack does not repeat it."""
    account = thread.account
    channel, root = shapes.place(thread)
    whole: Json = {
        "type": "block_actions",
        "token": "unused",
        "api_app_id": account.data["app_id"],
        "team": {"id": account.address, "domain": "sandbox"},
        "user": {
            "id": shapes.person(thread.phone),
            "username": thread.phone.name.lower(),
            "name": thread.phone.name,
            "team_id": account.address,
        },
        "channel": {"id": channel, "name": "directmessage" if not root else "support"},
        "trigger_id": f"{secrets.randbits(40)}.{secrets.randbits(40)}.{secrets.token_hex(16)}",
        "response_url": "https://hooks.slack.invalid/actions/x",
        "state": {"values": {}},
        **payload,
    }
    _queue(thread, urlencode({"payload": json.dumps(whole)}).encode("ascii"), FORM)


def now() -> str:
    """A ts of this moment."""
    return f"{timezone.now().timestamp():.6f}"


def _queue(thread: SandboxThread, body: bytes, headers: dict[str, str]) -> None:
    twice = FaultKind.DUPLICATE in faults.active(thread.account)
    posts.queue(thread, [body, body] if twice else [body], [headers, {**headers, **AGAIN}][: 1 + twice])
