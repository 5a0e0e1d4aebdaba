"""Inbound messages as events, by type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict
from urllib.parse import unquote

from apps.platforms.apple_messages import answers, attachments, refs, tapbacks, tokens, wire
from apps.platforms.apple_messages.wire import Envelope
from apps.platforms.base import Inbound
from apps.platforms.events import (
    ContactLeft,
    EntryPointTapped,
    Event,
    Facts,
    MessageReceived,
    ReactionReceived,
    TypingChanged,
)

LONGEST_TAG = 200


class Common(TypedDict):
    to: str
    address: str
    ref: str
    at: datetime
    facts: Facts


Reader = Callable[[Envelope, Common], Sequence[Event]]


def events(request: Inbound) -> Sequence[Event]:
    """The events in a request; raises Malformed.

    Apple sends no time, so `at` is when it signed the request (tokens.issued_at).
    """
    envelope = wire.read(request)
    common = Common(
        to=envelope.destination,
        address=envelope.source,
        ref=envelope.id,
        at=tokens.issued_at(request.headers),
        facts=_facts(request.headers, envelope.data),
    )
    return READERS.get(envelope.type, _unknown)(envelope, common)


def _text(envelope: Envelope, common: Common) -> Sequence[Event]:
    items = wire.items(envelope.data, "attachments")
    body = wire.string(envelope.data, "body")
    tapback = None if items else tapbacks.read(body)
    if tapback:
        reply_to = _reply_to(envelope)
        return [ReactionReceived(**common, target=reply_to, emoji=tapback.emoji, quoted=tapback.quoted)]
    media = tuple(found for item in items if (found := attachments.media_ref(item)))
    text = _without_placeholders(body)
    subject = wire.string(envelope.data, "subject").strip()
    event = _message(envelope, common)
    event = replace(event, text=f"{subject}\n{text}".strip() if subject else text, media=media)
    return [replace(event, unsupported=_missing(event, offered=len(items)))]


def _without_placeholders(body: str) -> str:
    if attachments.PLACEHOLDER not in body:
        return body
    return body.replace(attachments.PLACEHOLDER, "").strip()


def _missing(event: MessageReceived, *, offered: int) -> str:
    """A message whose file cannot be fetched, or that says nothing at all, is shown as such."""
    if len(event.media) < offered:
        return "attachment"
    return "" if event.text.strip() or event.media else "text"


def _interactive(envelope: Envelope, common: Common) -> Sequence[Event]:
    interactive = wire.mapping(envelope.data, "interactiveData")
    reference = wire.mapping(envelope.data, "interactiveDataRef")
    event = _message(envelope, common)
    # A form's answer may bring both; then the answer is here and the reference can wait for ever.
    pending = None if answers.is_whole(interactive) else refs.pending(reference)
    if pending is None:
        return [answers.fill(event, interactive)]
    title = wire.string(reference, "title")
    return [replace(event, text=title, unsupported="interactive", pending=pending)]


def _typing(envelope: Envelope, common: Common) -> Sequence[Event]:
    """Typing is the first thing that a new customer sends; a tag that comes with it must not get lost."""
    changed = TypingChanged(**common, typing=envelope.type == "typing_start")
    tag, group = _tag(envelope, "intent"), _tag(envelope, "group")
    if not (changed.typing and (tag or group)):
        return [changed]
    arrived: Common = {**common, "ref": f"{envelope.id}:entry"}
    return [EntryPointTapped(**arrived, tag=tag, group=group), changed]


def _close(_: Envelope, common: Common) -> Sequence[Event]:
    return [ContactLeft(**common, reason="deleted")]


def _unknown(envelope: Envelope, common: Common) -> Sequence[Event]:
    text = _without_placeholders(wire.string(envelope.data, "body"))
    return [replace(_message(envelope, common), text=text, unsupported=envelope.type)]


READERS: Mapping[str, Reader] = {
    "text": _text,
    "interactive": _interactive,
    "typing_start": _typing,
    "typing_end": _typing,
    "close": _close,
}


def _message(envelope: Envelope, common: Common) -> MessageReceived:
    return MessageReceived(
        **common,
        reply_to=_reply_to(envelope),
        tag=_tag(envelope, "intent"),
        group=_tag(envelope, "group"),
    )


def _reply_to(envelope: Envelope) -> str:
    return wire.ref(wire.string(envelope.data, "replyToMessageId")[: wire.MAX_ID])


def _tag(envelope: Envelope, name: str) -> str:
    return wire.string(envelope.data, name).strip()[:LONGEST_TAG]


def _facts(headers: Mapping[str, str], data: wire.Data) -> Facts:
    return Facts(
        locale=_locale(wire.string(data, "locale")),
        device=wire.string(headers, "device-agent").strip()[:64],
        capabilities=_capabilities(headers.get("capability-list", headers.get("capabilities", ""))),
    )


def _locale(text: str) -> str:
    """en_GB, en-gb and fr_FR.UTF-8 as BCP 47; "" for what is no locale."""
    found = re.fullmatch(r"([a-zA-Z]{2,3})((?:[_-][a-zA-Z0-9]{2,8}){0,3})", re.split(r"[.@]", text)[0])
    if not found:
        return ""
    subtags = re.split(r"[_-]", found[2])[1:]
    return "-".join([found[1].lower(), *(_subtag(subtag) for subtag in subtags)])


def _subtag(text: str) -> str:
    return text.title() if len(text) == 4 and text.isalpha() else text.upper()


def _capabilities(header: str) -> frozenset[str] | None:
    names = (name.strip().upper() for name in unquote(header).split(","))
    return frozenset(name[:32] for name in names if name.isalnum()) or None
