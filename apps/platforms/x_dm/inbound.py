"""What X posts, in both of its shapes: the Account Activity API (`for_user_id` and lists beside it), which
ends, and the X Activity API (`data` with `event_type` and the same lists as `payload`).

What our own account said comes back as well. Nothing in it tells our messages from those that somebody wrote
in X's app, and it may come before the answer to our call: it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from apps.platforms.events import (
    ChannelTroubled,
    DeliveryState,
    DeliveryUpdated,
    Event,
    Facts,
    MessageReceived,
    TypingChanged,
)
from apps.platforms.shared.contents import readable
from apps.platforms.x_dm import contents

Raw = Mapping[str, Any]
Reader = Callable[[Raw, "Post"], Iterator[Event]]

ENCRYPTED = "encrypted message: open X to read it"
REVOKED = "the account has taken this app's access away"


class Post:
    """One request: whose account it is for, what it holds, who is who."""

    def __init__(self, body: Raw, to: str) -> None:
        data = body.get("data")
        self.data: Raw = data if isinstance(data, dict) and "event_type" in data else {}
        self.kind = str(self.data.get("event_type", ""))
        payload = self.data.get("payload") if self.data else body
        self.payload: Raw = payload if isinstance(payload, dict) else {}
        self.to = to

    def rows(self, name: str) -> list[Raw]:
        found = self.payload.get(name)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def name_of(self, user: str) -> str:
        users = self.payload.get("users")
        row = users.get(user) if isinstance(users, dict) else None
        row = row.get("data", row) if isinstance(row, dict) else {}
        return str(row.get("name") or "") if isinstance(row, dict) else ""

    def about(self, person: object, stamp: object, ref: str) -> dict[str, Any]:
        """The fields of every event; `stamp` in milliseconds."""
        who = str(person)
        at = datetime.fromtimestamp(int(str(stamp)) / 1000, UTC)
        return {"to": self.to, "address": who, "ref": ref, "at": at, "facts": Facts(name=self.name_of(who))}


def events(body: Raw, *, to: str) -> Iterator[Event]:
    """The events in one request; none of what is no direct message. Raises what bad types raise."""
    post = Post(body, to)
    for name, reader in LISTS.items():
        for row in post.rows(name):
            yield from reader(row, post)
    if post.kind == "chat.received":
        yield from _encrypted(post)
    if revoked := _revocation(post):
        yield revoked


def names(body: Raw) -> list[str]:
    """X's ids of what stands in a request, the same when it comes again."""
    post = Post(body, "")
    if uuid := post.data.get("event_uuid"):
        return [f"uuid:{uuid}"]
    found = [f"dm:{row.get('id')}" for row in post.rows("direct_message_events")]
    for row in post.rows("direct_message_mark_read_events"):
        found.append(f"read:{row.get('sender_id')}:{row.get('last_read_event_id')}")
    return found


def _message(row: Raw, post: Post) -> Iterator[Event]:
    """To us, by somebody else: a group's messages name another recipient."""
    said = row.get("message_create")
    if not isinstance(said, dict) or not _for_us(said, post):
        return
    ref = str(row["id"])
    about = post.about(said["sender_id"], row["created_timestamp"], ref)
    read = partial(contents.fields, ref=ref)
    yield MessageReceived(**about, **readable(read, said.get("message_data"), "message"))


def _typing(row: Raw, post: Post) -> Iterator[Event]:
    if _for_us(row, post):
        stamp = row["created_timestamp"]
        yield TypingChanged(
            **post.about(row["sender_id"], stamp, f"typing:{row['sender_id']}:{stamp}"), typing=True
        )


def _read(row: Raw, post: Post) -> Iterator[Event]:
    if _for_us(row, post):
        last = str(row["last_read_event_id"])
        about = post.about(row["sender_id"], row["created_timestamp"], f"read:{last}")
        yield DeliveryUpdated(**about, target=last, state=DeliveryState.READ, up_to=True)


LISTS: dict[str, Reader] = {
    "direct_message_events": _message,
    "direct_message_indicate_typing_events": _typing,
    "direct_message_mark_read_events": _read,
}


def _encrypted(post: Post) -> Iterator[Event]:
    """X's new, encrypted chat: only the account's own devices can read it."""
    payload = post.payload
    if payload.get("sender_id") and str(payload["sender_id"]) != post.to:
        about = post.about(payload["sender_id"], payload["created_at_msec"], f"chat:{payload['id']}")
        yield MessageReceived(**about, unsupported=ENCRYPTED)


def _revocation(post: Post) -> Event | None:
    """Access was taken away: `oauth.revoke`, or `user_event.revoke` of the older shape."""
    event = post.payload.get("user_event")
    revoke = event.get("revoke") if isinstance(event, dict) else None
    old = isinstance(revoke, dict)
    if not old and post.kind != "oauth.revoke":
        return None
    row: Raw = revoke if isinstance(revoke, dict) else post.payload
    source = row["source"] if old else row
    if str(source["user_id"]) != post.to:
        return None
    when = str(row["date_time"])
    at = datetime.fromisoformat(when)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    about: dict[str, Any] = {"to": post.to, "address": "", "ref": f"revoke:{when}", "at": at}
    return ChannelTroubled(**about, stops=True, code="revoked", words=REVOKED)


def _for_us(row: Raw, post: Post) -> bool:
    target = row.get("target")
    recipient = target.get("recipient_id") if isinstance(target, dict) else None
    return bool(row.get("sender_id")) and str(row["sender_id"]) != post.to and str(recipient) == post.to
