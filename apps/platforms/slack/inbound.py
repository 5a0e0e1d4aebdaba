"""Slack's events and taps to our events (https://docs.slack.dev/reference/events).

A conversation is a person's direct messages with the app, or one thread of a channel that the app was invited
to. In a channel shared with other workspaces our own people are no customers: what they say in a thread is
shown as an outside agent's. What bots say is nobody's message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apps.platforms.events import (
    ChannelTroubled,
    Event,
    Facts,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
)
from apps.platforms.slack import contents, mrkdwn, places, taps
from apps.platforms.slack.emoji import emoji

Raw = Mapping[str, Any]

MARK = "comptoir_delivery"  # event_type of the metadata that our messages carry
SAID = ("", "file_share", "thread_broadcast", "me_message")
# What happens to a channel and what bots write: nobody waits for an answer.
SILENT = (
    *("bot_message", "bot_add", "bot_remove", "bot_enable", "bot_disable", "assistant_app_thread"),
    *("channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive"),
    *("channel_unarchive", "channel_posting_permissions", "channel_convert_to_private", "pinned_item"),
    *("group_join", "group_leave", "group_topic", "group_purpose", "group_name", "group_archive"),
    *(
        "group_unarchive",
        "unpinned_item",
        "message_replied",
        "reminder_add",
        "tombstone",
        "ekm_access_denied",
    ),
    *("sh_room_created", "huddle_thread", "joiner_notification", "joiner_notification_for_inviter"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One event in its envelope; `to` is our workspace, `bot` our user there, `bot_id` our bot."""

    event: Raw
    envelope: Raw
    to: str
    bot: str
    bot_id: str

    @property
    def channel(self) -> str:
        return str(self.event["channel"])

    def about(self, thread: str, ts: str) -> dict[str, Any]:
        """The fields that every event has, but `ref`."""
        kind = str(self.event.get("channel_type", ""))
        return {
            "to": self.to,
            "address": places.address(self.channel, kind, thread),
            "at": places.time_of(ts),
        }

    def is_colleague(self, message: Raw) -> bool:
        """Whether one of our own people speaks to customers of another workspace."""
        team = message.get("user_team") or message.get("source_team") or message.get("team")
        return bool(self.envelope.get("is_ext_shared_channel")) and team == self.to


def events(body: Raw, *, to: str, bot: str, bot_id: str) -> Sequence[Event]:
    """The events of one request for our workspace. Raises what bad types raise."""
    kind = body.get("type")
    if kind == "block_actions":
        return taps.taps(body, to)
    if kind == "slash_command":
        return taps.command(body, to)
    if kind == "app_rate_limited":
        return [_limited(body, to)]
    event = body.get("event")
    if kind != "event_callback" or not isinstance(event, dict):
        return []
    received = Received(event=event, envelope=body, to=to, bot=bot, bot_id=bot_id)
    reader = READERS.get(str(event.get("type")))
    return reader(received) if reader else []


def _message(received: Received) -> Sequence[Event]:
    event = received.event
    subtype = str(event.get("subtype") or "")
    if subtype == "message_changed":
        return _changed(received)
    if subtype == "message_deleted":
        return _deleted(received)
    if event.get("bot_id") or event.get("user") == received.bot:
        return _own(received)
    if subtype in SILENT or not event.get("user"):
        return []
    return _said(received, subtype)


def _said(received: Received, subtype: str) -> Sequence[Event]:
    event, ts = received.event, places.ts(received.event["ts"])
    thread = str(event.get("thread_ts") or ts)
    about = {**received.about(thread, ts), "ref": places.ref(received.channel, ts)}
    told = contents.fields(event, received.bot)
    if subtype not in SAID:
        told = {"text": told.get("text", ""), "unsupported": subtype[:60]}
    if received.is_colleague(event):
        return [_echo(received, about, told)] if thread != ts else []
    reply_to = places.ref(received.channel, thread) if thread != ts and _is_direct(received) else ""
    return [MessageReceived(**about, **told, reply_to=reply_to, facts=_facts(event))]


def _echo(received: Received, about: dict[str, Any], told: dict[str, Any]) -> Event:
    words = {"text": told.get("text", ""), "media": told.get("media", ())}
    name = _facts(received.event).name or str(received.event["user"])
    return MessageEchoed(**about, **words, author=name, unsupported=told.get("unsupported", ""))


def _own(received: Received) -> Sequence[Event]:
    """Something that a bot said; of ours, with the id of the delivery, it confirms that it was taken."""
    event = received.event
    delivery_id = delivery_of(event) if event.get("bot_id") == received.bot_id else ""
    if not delivery_id:
        return []
    ts = places.ts(event["ts"])
    about = received.about(str(event.get("thread_ts") or ts), ts)
    return [MessageEchoed(**about, ref=places.ref(received.channel, ts), delivery_id=delivery_id)]


def delivery_of(message: Raw) -> str:
    """Our id in a message's metadata, "" when it has none."""
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != MARK:
        return ""
    payload = metadata.get("event_payload")
    found = payload.get("delivery_id") if isinstance(payload, dict) else None
    return found if isinstance(found, str) else ""


def _changed(received: Received) -> Sequence[Event]:
    """An edit; Slack also reports previews and replies so, which change no words."""
    message, before = received.event["message"], received.event.get("previous_message") or {}
    ts = places.ts(message["ts"])
    if message.get("bot_id") or message.get("user") == received.bot or received.is_colleague(message):
        return []
    about = received.about(str(message.get("thread_ts") or ts), places.ts(received.event["ts"]))
    target = places.ref(received.channel, ts)
    if message.get("subtype") == "tombstone":  # the first message of a thread that goes on without it
        return [MessageWithdrawn(**about, ref=f"deleted:{target}", target=target)]
    if "edited" not in message or message.get("text") == before.get("text"):
        return []
    text = mrkdwn.plain(mrkdwn.without_mention(str(message.get("text") or ""), received.bot))
    return [MessageEdited(**about, ref=f"edit:{received.envelope['event_id']}", target=target, text=text)]


def _deleted(received: Received) -> Sequence[Event]:
    before, ts = received.event.get("previous_message") or {}, places.ts(received.event["deleted_ts"])
    if before.get("bot_id") or before.get("user") == received.bot or received.is_colleague(before):
        return []
    about = received.about(str(before.get("thread_ts") or ts), places.ts(received.event["ts"]))
    target = places.ref(received.channel, ts)
    return [MessageWithdrawn(**about, ref=f"deleted:{target}", target=target)]


def _reaction(received: Received) -> Sequence[Event]:
    """In direct messages only: in a channel Slack does not say to which thread the message belongs."""
    event, item = received.event, received.event["item"]
    if event.get("user") == received.bot or item.get("type") != "message":
        return []
    channel, ts = str(item["channel"]), places.ts(item["ts"])
    if not places.is_direct(channel):
        return []
    given = emoji(str(event["reaction"])) if event["type"] == "reaction_added" else ""
    reaction = ReactionReceived(
        to=received.to,
        address=channel,
        at=places.time_of(str(event["event_ts"])),
        ref=f"reaction:{received.envelope['event_id']}",
        target=places.ref(channel, ts),
        emoji=given,
    )
    return [reaction]


def _revoked(received: Received) -> Sequence[Event]:
    """Tokens of people may end; only the bot's is ours."""
    tokens = received.event.get("tokens")
    ours = isinstance(tokens, dict) and bool(tokens.get("bot"))
    return [_stopped(received, "tokens_revoked", "The bot's token was revoked.")] if ours else []


def _uninstalled(received: Received) -> Sequence[Event]:
    return [_stopped(received, "app_uninstalled", "The app was removed from the workspace.")]


def _stopped(received: Received, code: str, words: str) -> Event:
    stamp, event_id = received.envelope.get("event_time"), received.envelope["event_id"]
    at = datetime.fromtimestamp(int(stamp), UTC) if stamp else datetime.now(UTC)
    return ChannelTroubled(
        to=received.to, address="", ref=str(event_id), at=at, stops=True, code=code, words=words
    )


def _limited(body: Raw, to: str) -> Event:
    minute = int(body["minute_rate_limited"])
    at = datetime.fromtimestamp(minute, UTC)
    words = "Slack holds events back: more than 30,000 came within an hour."
    code = "app_rate_limited"
    return ChannelTroubled(
        to=to, address="", ref=f"{code}:{minute}", at=at, stops=False, code=code, words=words
    )


def _facts(event: Raw) -> Facts:
    """Slack tells names with a message only sometimes; `Platform.profile` asks for them."""
    profile = event.get("user_profile")
    return taps.person(profile) if isinstance(profile, dict) else Facts()


def _is_direct(received: Received) -> bool:
    return places.is_direct(received.channel, str(received.event.get("channel_type", "")))


READERS: dict[str, Callable[[Received], Sequence[Event]]] = {
    "message": _message,
    "app_mention": _message,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "tokens_revoked": _revoked,
    "app_uninstalled": _uninstalled,
}
