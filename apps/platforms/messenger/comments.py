"""Comments on a Page's posts: public words, to which one private answer may go within seven days.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/private-replies;
what `feed` webhooks hold, of https://developers.facebook.com/docs/graph-api/webhooks/reference/page. Each
comment is an address of its own: who wrote it is not known to Messenger before we answer. The echo of our
answer names them (`statuses.MARK`), and the conversation goes on with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from apps.platforms.events import (
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
)
from apps.platforms.shared.contents import each
from apps.platforms.shared.graph import when
from apps.platforms.shared.messenger_api.statuses import COMMENT, About, Raw
from apps.platforms.windows import Opener, Window

FIELD = "feed"  # of the webhooks; Meta wants pages_manage_metadata for it
PERMISSION = "comments"
ERASED = ("remove", "delete", "hide")
WINDOW = Window(rule="private_reply", opener=Opener.COMMENT, hours=7 * 24, messages=1, permission=PERMISSION)


def events(body: Raw, *, to: str) -> Iterator[Event]:
    """What people other than the Page itself wrote under its posts. Raises as `inbound.events`."""
    for entry in body["entry"]:
        if isinstance(entry, dict) and (not to or str(entry.get("id")) == to):
            yield from each(entry.get("changes"), partial(_change, entry), to=to)


def _change(entry: Raw, change: Raw) -> Iterator[Event]:
    value = change.get("value")
    if change.get("field") == FIELD and isinstance(value, dict) and value.get("item") == "comment":
        yield from _comment(value, entry, str(entry["id"]))


def _comment(value: Raw, entry: Raw, page: str) -> Iterator[Event]:
    author = value.get("from")
    who: Raw = author if isinstance(author, dict) else {}
    number, verb = str(value["comment_id"]), value.get("verb")
    if str(who.get("id") or "") == page:
        return
    at = when(value.get("created_time") or entry["time"])
    about: About = {"to": page, "address": f"{COMMENT}{number}", "at": at}
    if verb == "add":
        yield _said(value, about, number, str(who.get("name") or ""))
    elif verb in ("edit", "edited"):
        text = str(value.get("message") or "")
        yield MessageEdited(**about, ref=f"edit:{number}:{entry['time']}", target=number, text=text)
    elif verb in ERASED:
        yield MessageWithdrawn(**about, ref=f"{verb}:{number}", target=number)


def _said(value: Raw, about: About, number: str, name: str) -> MessageReceived:
    text, photo, post = str(value.get("message") or ""), value.get("photo"), value.get("post")
    link = post.get("permalink_url") if isinstance(post, dict) else ""
    return MessageReceived(
        **about,
        ref=number,
        text=text,
        media=_picture(photo),
        details=(("Comment on your post", str(link or value.get("post_id") or "")),),
        unsupported="" if text or photo else "comment",
        facts=Facts(name=name),
        opener=Opener.COMMENT,
    )


def _picture(photo: Any) -> tuple[MediaRef, ...]:
    if not isinstance(photo, str) or not photo:
        return ()
    return (MediaRef(kind=MediaKind.IMAGE, locator={"url": photo}, name="image.jpg", mime="image/jpeg"),)
