"""A webhook of the Cloud API to our events: `entry[].changes[]`, each with a `field` and a `value`.

Messages for another number of the same business account are not ours, and what is said in groups has no one
customer to answer: both become nothing (the stored webhook keeps them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.platforms.events import (
    AddressChanged,
    ChannelTroubled,
    DeliveryState,
    DeliveryUpdated,
    EntryPointTapped,
    Event,
    Facts,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
)
from apps.platforms.shared.contents import BROKEN, each
from apps.platforms.shared.graph import when
from apps.platforms.whatsapp import account, contents, people
from apps.platforms.whatsapp.people import Customer, text

Raw = Mapping[str, Any]

STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,  # a voice note was listened to
    "failed": DeliveryState.FAILED,
}
NUMBER_CHANGED = ("user_changed_number", "user_changed_user_id")
SILENT = ("customer_identity_changed",)  # a new telephone: nothing was said, no window opens


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, our address, and when the webhook came (the time of what WhatsApp gives no time for)."""

    value: Raw
    to: str
    now: datetime

    def customer(self, item: Raw) -> Customer:
        return people.customer(
            self.value.get("contacts"), user_id=item.get("from_user_id"), number=item.get("from")
        )

    def at(self, item: Raw) -> datetime:
        return when(item["timestamp"]) if item.get("timestamp") else self.now

    def about(self, item: Raw, customer: Customer) -> dict[str, Any]:
        """The fields that every event of a customer has."""
        return {
            "to": self.to,
            "address": customer.address,
            "ref": text(item["id"]),
            "at": self.at(item),
            "facts": Facts(name=customer.name or customer.username),
        }


def messages(change: Change) -> Iterator[Event]:
    """The events of a change of the field `messages`."""
    yield from each(change.value.get("messages"), lambda message: _any(change, message), to=change.to)
    yield from each(change.value.get("statuses"), lambda status: _status(change, status), to=change.to)


def _any(change: Change, message: Raw) -> Sequence[Event]:
    return [] if message.get("group_id") else _one(change, message)


def _one(change: Change, message: Raw) -> Sequence[Event]:
    """What is not as documented is shown as a message of that kind, as long as it says who sent it."""
    try:
        return READERS.get(text(message.get("type")), _said)(change, message)
    except BROKEN:
        return _said(change, message)


def _said(change: Change, message: Raw) -> Sequence[Event]:
    customer = change.customer(message)
    context = message.get("context")
    reply_to = text(context.get("id")) if isinstance(context, dict) else ""
    about = change.about(message, customer)
    return [MessageReceived(**about, **contents.fields(message), reply_to=reply_to, handle=customer.handle)]


def _reaction(change: Change, message: Raw) -> Sequence[Event]:
    """Without an emoji it was taken away."""
    about = change.about(message, change.customer(message))
    reaction = message["reaction"]
    emoji = text(reaction.get("emoji"))
    return [ReactionReceived(**about, target=text(reaction["message_id"]), emoji=emoji)]


def _edited(change: Change, message: Raw) -> Sequence[Event]:
    about = change.about(message, change.customer(message))
    target = text(message["edit"]["original_message_id"])
    return [MessageEdited(**about, target=target, text=contents.caption(message["edit"]["message"]))]


def _revoked(change: Change, message: Raw) -> Sequence[Event]:
    about = change.about(message, change.customer(message))
    return [MessageWithdrawn(**about, target=text(message["revoke"]["original_message_id"]))]


def _system(change: Change, message: Raw) -> Sequence[Event]:
    """A new number means a new user id; where WhatsApp does not tell it, the number is the new address."""
    system = message["system"]
    if system.get("type") in SILENT:
        return []
    if system.get("type") not in NUMBER_CHANGED:
        return _said(change, {**message, "type": text(system.get("type")) or "system"})
    about = change.about(message, change.customer(message))
    new = text(system.get("user_id") or system.get("wa_id") or system.get("new_wa_id"))
    return [AddressChanged(**about, new_address=new)] if new and new != about["address"] else []


def _opened(change: Change, message: Raw) -> Sequence[Event]:
    """The conversation was opened for the first time and nothing said yet."""
    return [EntryPointTapped(**change.about(message, change.customer(message)))]


READERS: dict[str, Callable[[Change, Raw], Sequence[Event]]] = {
    "reaction": _reaction,
    "edit": _edited,
    "revoke": _revoked,
    "system": _system,
    "request_welcome": _opened,
}


def _status(change: Change, status: Raw) -> Sequence[Event]:
    """What became of a message of ours. States that we do not know (deleted, of before 2025) say nothing.

    Not documented: `recipient_user_id`, which is also looked for in `contacts`.
    """
    state = STATES.get(text(status.get("status")))
    if state is None or status.get("recipient_type") == "group":
        return []
    target = text(status["id"])
    customer = people.customer(
        change.value.get("contacts"),
        user_id=status.get("recipient_user_id"),
        number=status.get("recipient_id"),
    )
    errors = [error for error in status.get("errors") or () if isinstance(error, dict)]
    pricing = status.get("pricing")
    told = [
        DeliveryUpdated(
            to=change.to,
            address=customer.address,
            ref=f"{target}:{status['status']}",
            at=change.at(status),
            target=target,
            state=state,
            delivery_id=text(status.get("biz_opaque_callback_data")),
            code=text(errors[0].get("code")) if errors else "",
            words=contents.error_words(errors[0]) if errors else "",
            price=pricing if isinstance(pricing, dict) else None,
            marketing_stopped=bool(errors) and errors[0].get("code") == account.STOPPED,
        )
    ]
    return [*told, *_trouble(change, told[0], errors)]


def _trouble(change: Change, told: DeliveryUpdated, errors: Sequence[Raw]) -> Sequence[Event]:
    """An error that is the account's and not this message's: what waits is not sent into the same."""
    if not errors or not account.stops_account(errors[0].get("code")):
        return []
    return [
        ChannelTroubled(
            to=change.to,
            address="",
            ref=f"{told.ref}:account",
            at=told.at,
            stops=True,
            code=told.code,
            words=told.words,
        )
    ]
