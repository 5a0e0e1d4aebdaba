"""A Telegram update to our events.

Only private chats are conversations: what is said in groups and channels has no one customer to answer,
so it becomes nothing (the stored webhook keeps it). In a private chat the chat's id is the customer's
address. Message ids count per chat, hence `ref` is "<chat id>:<message id>".

Chats that a business account shares with the bot (`business_message`) reach us only when someone else has
asked for them, since we do not subscribe to them: they are kept and shown as unsupported, under refs of
their own, because their message ids count in another place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    EntryPointTapped,
    Event,
    Facts,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
)
from apps.platforms.shared.contents import readable
from apps.platforms.telegram import contents, keyboards

Raw = Mapping[str, Any]

# What people do with a bot outside their chat with it; nobody waits for an answer there.
ELSEWHERE = ("inline_query", "chosen_inline_result", "business_connection", "managed_bot")

START = re.compile(r"/start(?:@\w+)?(?: +([A-Za-z0-9_-]{1,64}))?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One update, our address and when it came (the time of what Telegram gives no time for)."""

    kind: str
    payload: Raw
    update_id: int
    to: str
    now: datetime

    def about(self, chat_or_person: Raw, person: Raw) -> dict[str, Any]:
        """The fields that every event has, but `ref`; `person` is who did it."""
        return {
            "to": self.to,
            "address": str(chat_or_person["id"]),
            "at": _time(self.payload.get("date"), self.now),
            "facts": facts(person),
        }


def events(update: Raw, *, to: str, now: datetime) -> Sequence[Event]:
    """The events of one update; nothing for updates without a customer. Raises what bad types raise."""
    kind = next((name for name in update if name != "update_id"), "")
    payload = update.get(kind)
    if not isinstance(payload, dict):
        return []
    received = Received(kind=kind, payload=payload, update_id=update["update_id"], to=to, now=now)
    return READERS.get(kind, _unknown)(received)


def facts(person: Raw) -> Facts:
    return Facts(locale=locale(str(person.get("language_code", ""))), name=contents.full_name(person))


def locale(code: str) -> str:
    """Telegram's IETF tag in the usual spelling ("pt-br" is "pt-BR"), "" for what is none."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
        return ""
    language, *rest = code.split("-")
    spelled = {2: str.upper, 4: str.title}
    return "-".join([language.lower(), *(spelled.get(len(part), str.lower)(part) for part in rest)])


def _message(received: Received) -> Sequence[Event]:
    message = received.payload
    if not _from_customer(message):
        return []
    about = {**received.about(message["chat"], message["from"]), "ref": _ref(message)}
    if started := START.fullmatch(str(message.get("text", ""))):
        return [EntryPointTapped(**about, tag=started[1] or "")]
    answered = message.get("reply_to_message")
    reply_to = _ref(answered) if isinstance(answered, dict) and "chat" in answered else ""
    return [MessageReceived(**about, **_said(message), reply_to=reply_to)]


def _said(message: Raw) -> dict[str, Any]:
    return readable(contents.fields, message, contents.kind_of(message))


def _edited(received: Received) -> Sequence[Event]:
    message = received.payload
    # A live location is "edited" every few seconds while the customer walks; nothing that was said changes.
    if not _from_customer(message) or "location" in message:
        return []
    about = received.about(message["chat"], message["from"])
    about["at"] = _time(message.get("edit_date"), about["at"])
    # Telegram also reports changes that nobody sees; the words of a poll or a sticker must survive them.
    text = str(contents.fields(message).get("text", ""))
    return [MessageEdited(**about, ref=f"edit:{received.update_id}", target=_ref(message), text=text)]


def _tapped(received: Received) -> Sequence[Event]:
    query = received.payload
    shown = query.get("message") or {}
    chat = shown["chat"] if shown else query["from"]
    if not _private(chat):
        return []
    about = {
        **received.about(chat, query["from"]),
        "ref": f"callback:{query['id']}",
        "reply_to": _ref(shown) if shown else "",
        "ack": {"callback_query_id": str(query["id"])},
    }
    return [MessageReceived(**about, **_choice(query, shown.get("reply_markup")))]


def _choice(query: Raw, keyboard: Any) -> dict[str, Any]:
    data = query.get("data")
    if not isinstance(data, str):
        return {"unsupported": "game" if "game_short_name" in query else "callback_query"}
    answer = keyboards.answer(data, keyboard)
    if answer is None:  # a button that other software put there: what it says is what the customer said
        return {"text": keyboards.title(data, keyboard) or data}
    return {"answer": answer, "text": keyboards.title(data, keyboard)}


def _member(received: Received) -> Sequence[Event]:
    change = received.payload
    if not _private(change["chat"]):
        return []
    about = {**received.about(change["chat"], change["from"]), "ref": f"member:{received.update_id}"}
    status = change["new_chat_member"]["status"]
    if status == "kicked":
        return [ContactLeft(**about, reason="blocked")]
    return [ContactReturned(**about)] if status == "member" else []


def _reaction(received: Received) -> Sequence[Event]:
    change = received.payload
    if not _private(change["chat"]) or "user" not in change:
        return []
    about = {**received.about(change["chat"], change["user"]), "ref": f"reaction:{received.update_id}"}
    reactions = change.get("new_reaction")
    emoji = _emoji(reactions[-1]) if reactions else ""
    return [ReactionReceived(**about, target=_ref(change), emoji=emoji)]


def _emoji(reaction: Raw) -> str:
    named = {"paid": "⭐", "custom_emoji": ":custom_emoji:"}
    return str(reaction.get("emoji") or named.get(reaction["type"], reaction["type"]))


def _business_message(received: Received) -> Sequence[Event]:
    message = received.payload
    # The same update brings what the owner of the account typed; only the customer's side is inbound.
    if not _from_customer(message) or message["from"]["id"] != message["chat"]["id"]:
        return []
    about = received.about(message["chat"], message["from"])
    said = MessageReceived(**about, ref=_business_ref(message), **_said(message))
    return [replace(said, unsupported=said.unsupported or "business_message")]


def _business_edited(received: Received) -> Sequence[Event]:
    target = _business_ref(received.payload)
    return [replace(e, target=target) for e in _edited(received) if isinstance(e, MessageEdited)]


def _business_deleted(received: Received) -> Sequence[Event]:
    chat, connection = received.payload["chat"], received.payload.get("business_connection_id")
    about = received.about(chat, {})
    return [
        MessageWithdrawn(
            **about,
            ref=f"deleted:{received.update_id}:{number}",
            target=_business_ref({"chat": chat, "message_id": number, "business_connection_id": connection}),
        )
        for number in received.payload["message_ids"]
    ]


def _unknown(received: Received) -> Sequence[Event]:
    """An update that we do not know, or know and cannot show: kept when a customer did it.

    Without a chat (a payment, an answer to a poll) it belongs to the one that the person has with us.
    """
    person = received.payload.get("from") or received.payload.get("user")
    chat = received.payload.get("chat", person)
    if received.kind in ELSEWHERE or not isinstance(person, dict) or not isinstance(chat, dict):
        return []
    if not _private(chat) or person.get("is_bot"):
        return []
    ref = f"{received.kind}:{received.update_id}"
    return [MessageReceived(**received.about(chat, person), ref=ref, unsupported=received.kind)]


READERS: dict[str, Callable[[Received], Sequence[Event]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _tapped,
    "my_chat_member": _member,
    "message_reaction": _reaction,
    "business_message": _business_message,
    "edited_business_message": _business_edited,
    "deleted_business_messages": _business_deleted,
}


def _from_customer(message: Raw) -> bool:
    """Whether a person said this in a private chat; shapes of 2016 do not say `is_bot`."""
    person = message.get("from")
    return _private(message["chat"]) and isinstance(person, dict) and not person.get("is_bot")


def _private(chat: Raw) -> bool:
    """A private chat has its person's id, which is positive; a bare person passes for their chat."""
    return bool(chat.get("type", "private") == "private" and chat["id"] > 0)


def _ref(message: Raw) -> str:
    return f"{message['chat']['id']}:{message['message_id']}"


def _business_ref(message: Raw) -> str:
    return f"{message.get('business_connection_id') or 'business'}:{_ref(message)}"


def _time(seconds: Any, otherwise: datetime) -> datetime:
    """Unix seconds; 0 is Telegram's way of saying "not available"."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and seconds > 0 else otherwise
