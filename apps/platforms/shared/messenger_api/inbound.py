"""The webhooks of Messenger and Instagram to events.

`entry[]` has `messaging[]`, or `standby[]` while another program owns the thread; each item has one key
that says what happened. Items carry ids only sometimes, so a ref is made of what happened, to whom and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from apps.platforms.events import (
    EntryPointTapped,
    Event,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
    ThreadControlChanged,
    WindowOpened,
)
from apps.platforms.shared import choices
from apps.platforms.shared.contents import each, unreadable
from apps.platforms.shared.graph import when
from apps.platforms.shared.messenger_api import contents, statuses
from apps.platforms.shared.messenger_api.statuses import About, Raw, ref_of

GET_STARTED = "comptoir:start"  # payload of the Get started button
# Reactions without an emoji: Meta's names. Not documented in full.
EMOJI = {
    "smile": "😆",
    "love": "❤️",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
    "like": "👍",
    "dislike": "👎",
    "other": "❔",
}


def addresses(body: Raw) -> list[str]:
    """Our addresses in a request, each once."""
    entries = body.get("entry")
    ids = (
        [entry.get("id") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    return list(dict.fromkeys(str(given) for given in ids if isinstance(given, str | int) and given))


def share_of(body: Raw, address: str) -> Raw:
    """The same request with the entries of one of our addresses only."""
    entries = [entry for entry in body["entry"] if isinstance(entry, dict) and _of(entry) == address]
    return {**body, "entry": entries}


def _of(entry: Raw) -> str:
    given = entry.get("id")
    return str(given) if isinstance(given, str | int) else ""


def events(body: Raw, *, to: str, app_id: str = "") -> list[Event]:
    """The events of our entries; `to` is our address, `app_id` our app's (who owns a thread is told by it).

    Raises one of BROKEN for what is no such body.
    """
    return list(each(body["entry"], lambda entry: _entry(entry, to, app_id), to=to))


def _entry(entry: Raw, to: str, app_id: str) -> Iterator[Event]:
    if to and str(entry["id"]) != to:
        return
    for event in each(entry.get("messaging"), lambda item: _events(item, entry, to, app_id), to=to):
        yield _in_our_hands(event)
    yield from each(entry.get("standby"), lambda item: _overheard(item, entry, to, app_id), to=to)


def _in_our_hands(event: Event) -> Event:
    """What is not in standby is for who has the thread: a message there says that we do, whatever was told of
    it before (`MessageReceived.handle`)."""
    return replace(event, handle={}) if isinstance(event, MessageReceived) else event


def _events(item: Raw, entry: Raw, to: str, app_id: str) -> list[Event]:
    if (policy := item.get("policy-enforcement") or item.get("policy_enforcement")) is not None:
        return [statuses.policy(policy, item, entry, to)]
    if not _for_us(item, to):
        return []
    about = _about(item, entry, to)
    if about is None:
        return _of_nobody(item, to)
    said = item.get("message")
    if isinstance(said, dict) and said.get("is_echo"):
        return list(statuses.echo(said, about, app_id))
    for name, read in READERS.items():
        if isinstance(item.get(name), dict):
            return list(read(item[name], about))
    for name in CONTROL:
        if isinstance(item.get(name), dict):
            return list(statuses.control(name, item[name], about, app_id))
    return list(_unknown(item, about))


def _about(item: Raw, entry: Raw, to: str) -> About | None:
    """Whom it is about and when; None when nobody is named."""
    we, person = _both(item)
    if not person.get("id"):
        return None
    at = when(item.get("timestamp") or entry["time"])
    return {"to": to or str(we.get("id") or ""), "address": str(person["id"]), "at": at}


def _for_us(item: Raw, to: str) -> bool:
    we, _person = _both(item)
    return not to or str(we.get("id") or to) == to


def _both(item: Raw) -> tuple[Raw, Raw]:
    """We and the person: an echo is from us to them."""
    message = item.get("message")
    echo = isinstance(message, dict) and bool(message.get("is_echo"))
    ours, theirs = ("sender", "recipient") if echo else ("recipient", "sender")
    return item.get(ours) or {}, item.get(theirs) or {}


def _of_nobody(item: Raw, to: str) -> list[Event]:
    """Something was said and nobody named who could be answered; what is only about programs says nothing."""
    return [unreadable("nobody is named", to=to)] if _unnamed(item) else []


def _unnamed(item: Raw) -> str:
    """The key that says what happened, "" when nothing did that we tell of."""
    return next((name for name in item if name not in {"sender", "recipient", "timestamp", *SILENT}), "")


# What was said ----------------------------------------------------------------------------------------


def _message(message: Raw, about: About) -> Iterator[Event]:
    mid = str(message.get("mid") or "") or ref_of("message", about)
    if message.get("is_deleted"):
        yield MessageWithdrawn(**about, ref=f"deleted:{mid}", target=mid)
        return
    said = contents.fields(message)
    reply, tapped = message.get("reply_to"), message.get("quick_reply")
    payload = str(tapped.get("payload") or "") if isinstance(tapped, dict) else ""
    yield MessageReceived(
        **about,
        **said,
        ref=mid,
        reply_to=str(reply.get("mid") or "") if isinstance(reply, dict) else "",
        tag=_tag(message.get("referral")),
        answer=choices.answer(payload, said["text"]),
    )


def _postback(postback: Raw, about: About) -> Iterator[Event]:
    """A tapped button, starter or menu entry; a standby one has no payload, an old one no id."""
    payload, title = str(postback.get("payload") or ""), str(postback.get("title") or "")
    ref = str(postback.get("mid") or "") or ref_of("postback", about)
    tag = _tag(postback.get("referral"))
    if payload == GET_STARTED:
        yield EntryPointTapped(**about, ref=ref, tag=tag)
        return
    yield MessageReceived(
        **about,
        ref=ref,
        text=title,
        tag=tag,
        answer=choices.answer(payload, title),
        details=contents.referral_details(postback.get("referral")),
        unsupported="" if title else "postback",
    )


def _referral(referral: Raw, about: About) -> Iterator[Event]:
    """Through a link while a thread is there already; an advertisement has no ref of ours."""
    if tag := _tag(referral):
        yield EntryPointTapped(**about, ref=ref_of("referral", about), tag=tag)
        return
    words = ", ".join(f"{label}: {value}" for label, value in contents.referral_details(referral))
    yield WindowOpened(**about, ref=ref_of("referral", about), words=words)


def _optin(optin: Raw, about: About) -> Iterator[Event]:
    if tag := _tag(optin):
        yield EntryPointTapped(**about, ref=ref_of("optin", about), tag=tag)
    else:
        yield MessageReceived(
            **about, ref=ref_of("optin", about), unsupported=str(optin.get("type") or "optin")
        )


def _reaction(reaction: Raw, about: About) -> Iterator[Event]:
    target = str(reaction["mid"])
    emoji = str(reaction.get("emoji") or EMOJI.get(str(reaction.get("reaction")), EMOJI["other"]))
    taken = reaction.get("action") == "unreact"
    yield ReactionReceived(
        **about, ref=ref_of(f"reaction:{target}", about), target=target, emoji="" if taken else emoji
    )


def _edit(edit: Raw, about: About) -> Iterator[Event]:
    target = str(edit["mid"])
    yield MessageEdited(
        **about, ref=f"edit:{target}:{edit.get('num_edit')}", target=target, text=str(edit.get("text") or "")
    )


def _tag(referral: Any) -> str:
    return str(referral.get("ref") or "") if isinstance(referral, dict) else ""


def _overheard(item: Raw, entry: Raw, to: str, app_id: str) -> Iterator[Event]:
    """We only listen: another program has the thread, even when nobody told us so."""
    about = _about(item, entry, to) if _for_us(item, to) else None
    if about is not None:
        yield ThreadControlChanged(**about, ref=ref_of("standby", about), ours=False)
    yield from _events(item, entry, to, app_id)


def _unknown(item: Raw, about: About) -> Iterator[Event]:
    """A kind that Meta has added since: kept and shown under its name; who asks for a thread says nothing."""
    if name := _unnamed(item):
        yield MessageReceived(**about, ref=ref_of(name, about), unsupported=name)


READERS: dict[str, Callable[[Raw, About], Iterator[Event]]] = {
    "message": _message,
    "postback": _postback,
    "referral": _referral,
    "optin": _optin,
    "delivery": statuses.delivery,
    "read": statuses.read,
    "reaction": _reaction,
    "message_edit": _edit,
}
CONTROL = ("pass_thread_control", "take_thread_control")
SILENT = ("request_thread_control", "app_roles", "hop_context", "prior_message", "account_linking")
