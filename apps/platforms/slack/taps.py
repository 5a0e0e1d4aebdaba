"""What people tap, and what they type behind a command of the app's, to our events
(https://docs.slack.dev/interactivity)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from apps.platforms.events import Event, Facts, MessageReceived
from apps.platforms.slack import blocks, mrkdwn, places

Raw = Mapping[str, Any]


def taps(body: Raw, to: str) -> Sequence[Event]:
    """One event for each choice; a channel's thread is that of the message with the buttons."""
    channel, shown = str(body["channel"]["id"]), body.get("message") or {}
    ts = str(shown.get("ts") or body["container"]["message_ts"])
    thread = str(shown.get("thread_ts") or body["container"].get("thread_ts") or ts)
    about: dict[str, Any] = {
        "to": to,
        "address": places.address(channel, "", thread),
        "reply_to": places.ref(channel, ts),
        "facts": person(body["user"]),
    }
    found: list[Event] = []
    for action in body["actions"]:
        said, answer = blocks.answer(action)
        if said or answer:
            at = str(action["action_ts"])
            ref = f"tap:{places.ref(channel, ts)}:{at}"
            found.append(MessageReceived(**about, ref=ref, at=places.time_of(at), text=said, answer=answer))
    return found


def command(body: Raw, to: str) -> Sequence[Event]:
    """What was typed behind a command of the app's. Slack makes no message of it, so that outside of direct
    messages there is no thread to answer in."""
    channel = str(body["channel_id"])
    if not places.is_direct(channel):
        return []
    said = f"{body['command']} {mrkdwn.plain(str(body.get('text') or ''))}".strip()
    stamp = str(body.get("event_time") or "")
    at = datetime.fromtimestamp(int(stamp), UTC) if stamp else datetime.now(UTC)
    about: dict[str, Any] = {
        "to": to,
        "address": channel,
        "ref": f"command:{body['trigger_id']}",
        "at": at,
    }
    return [MessageReceived(**about, text=said, facts=person({"name": body.get("user_name")}))]


def person(person: Raw) -> Facts:
    names = ("display_name", "real_name", "name", "username")
    return Facts(name=next((str(person[name]) for name in names if person.get(name)), "")[:120])
