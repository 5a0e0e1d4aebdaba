"""What became of what we said, who may answer, and what Meta says of the whole account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from apps.platforms.events import (
    AddressChanged,
    ChannelTroubled,
    DeliveryState,
    DeliveryUpdated,
    Event,
    MessageEchoed,
    MessageWithdrawn,
    ThreadControlChanged,
)
from apps.platforms.shared.graph import when
from apps.platforms.shared.messenger_api import contents

MARK = "comptoir:"  # before our own id in a message's metadata, which comes back in its echo
COMMENT = "comment:"  # before a comment's id in the address of who wrote it, until we know them
PAGE_INBOX = "263902037430900"  # the app under which Meta's own inbox sends

Raw = Mapping[str, Any]
About = dict[str, Any]


def ref_of(what: str, about: About) -> str:
    """An id for what carries none: what happened, to whom and when."""
    return f"{what}:{about['address']}:{int(about['at'].timestamp() * 1000)}"


def echo(message: Raw, about: About, app_id: str) -> Iterator[Event]:
    """What was said from our account. Our own app's words without the metadata that we give all of them are
    ours too: then only the message's id tells which, once the answer to our call has named it. The echo of
    our answer to a comment also tells whose that was."""
    mid = str(message["mid"])
    if message.get("is_deleted"):
        yield MessageWithdrawn(**about, ref=f"deleted:{mid}", target=mid)
        return
    said = contents.fields(message)
    metadata, app = str(message.get("metadata") or ""), str(message.get("app_id") or "")
    mark = metadata.removeprefix(MARK) if metadata.startswith(MARK) else ""
    ours, _, comment = mark.partition(":")
    if comment.startswith(COMMENT):
        person = {**about, "address": comment, "new_address": about["address"]}
        yield AddressChanged(**person, ref=f"moved:{mid}")
    if not metadata and app and app == app_id:
        yield DeliveryUpdated(**about, ref=f"echo:{mid}", target=mid, state=DeliveryState.SENT)
        return
    yield MessageEchoed(
        **about,
        ref=mid,
        text=said["text"],
        media=said["media"],
        unsupported=said.get("unsupported", ""),
        delivery_id=ours,
        author="" if ours else owner_name(app),
    )


def delivery(given: Raw, about: About) -> Iterator[Event]:
    state = DeliveryState.DELIVERED
    for mid in given.get("mids") or ():
        yield DeliveryUpdated(**about, ref=f"delivered:{mid}", target=str(mid), state=state)
    if not given.get("mids"):
        yield _watermark(given, about, state)


def read(given: Raw, about: About) -> Iterator[Event]:
    """Messenger names a time, Instagram the last message seen; both mean everything before as well."""
    state = DeliveryState.READ
    if mid := given.get("mid"):
        yield DeliveryUpdated(**about, ref=f"read:{mid}", target=str(mid), state=state, up_to=True)
    else:
        yield _watermark(given, about, state)


def _watermark(given: Raw, about: About, state: DeliveryState) -> DeliveryUpdated:
    there = {**about, "at": when(given["watermark"])}
    return DeliveryUpdated(**there, ref=ref_of(state, there), target="", state=state, up_to=True)


def control(name: str, given: Raw, about: About, app_id: str) -> Iterator[Event]:
    """Without an owner the thread is idle and whoever answers has it. When our own app's number is not
    known, being passed a thread makes it ours and having it taken does not."""
    owner = str(given.get("new_owner_app_id") or "")
    ours = owner == app_id if owner and app_id else name == "pass_thread_control"
    idle = name == "pass_thread_control" and not owner
    yield ThreadControlChanged(
        **about, ref=ref_of(name, about), ours=ours or idle, owner="" if ours or idle else owner_name(owner)
    )


def owner_name(app: str) -> str:
    return "Meta Business Suite" if app == PAGE_INBOX else f"app {app}" if app else ""


def policy(given: Raw, item: Raw, entry: Raw, to: str) -> ChannelTroubled:
    action = str(given.get("action") or "")
    at = when(item.get("timestamp") or entry["time"])
    return ChannelTroubled(
        to=to,
        address="",
        ref=f"policy:{action}:{int(at.timestamp() * 1000)}",
        at=at,
        stops=action == "block",
        code=f"policy_{action}",
        words=str(given.get("reason") or action),
    )
