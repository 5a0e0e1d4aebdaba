"""Twilio's webhooks to events: what a customer sent, and what became of what we sent."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.platforms.base import Malformed
from apps.platforms.events import (
    ContactLeft,
    DeliveryState,
    DeliveryUpdated,
    Event,
    MediaKind,
    MediaRef,
    MessageReceived,
    Place,
)
from apps.platforms.shared import opting, places, tags
from apps.platforms.sms.errors import LATER, OPTED_OUT

Form = Mapping[str, str]

# Statuses come in any order and more than once; the domain only ever moves forward.
STATES = {
    "accepted": DeliveryState.SENT,
    "scheduled": DeliveryState.SENT,
    "queued": DeliveryState.SENT,
    "sending": DeliveryState.SENT,
    "sent": DeliveryState.SENT,
    "partially_delivered": DeliveryState.SENT,  # not documented: some of its parts
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}
KINDS = {"image": MediaKind.IMAGE, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}
MOST_FILES = 10
# Not documented: a long text of several SMS sometimes arrives in Base64.
BASE64_FROM = 60
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def sid(form: Form) -> str:
    """Twilio's id of the message. Raises Malformed without one."""
    found = form.get("MessageSid") or form.get("SmsSid") or form.get("SmsMessageSid") or ""
    if not found:
        raise Malformed("the request names no message")
    return found


def is_status(form: Form) -> bool:
    return bool(form.get("MessageStatus"))


def dedup_key(form: Form) -> str:
    return f"{sid(form)}:{form['MessageStatus']}" if is_status(form) else sid(form)


def events(form: Form, *, path: str, now: datetime) -> Sequence[Event]:
    """The events in a request to `path`, whose last part is our own id of the message a status is about.
    Raises Malformed. Twilio says no time, so it is `now`."""
    if is_status(form):
        return list(_status(form, path, now))
    said = _message(form, now)
    return opting.events(said, form["OptOutType"] if "OptOutType" in form else opting.word_of(said.text))


def _message(form: Form, now: datetime) -> MessageReceived:
    customer = form.get("From", "")
    if not customer:
        raise Malformed("the message has no sender")
    said = tags.read(_text(form.get("Body", "")))
    files, place = tuple(_files(form)), _place(form)
    return MessageReceived(
        to=form.get("To", ""),
        address=customer,
        ref=sid(form),
        at=now,
        text=said.text,
        tag=said.tag,
        group=said.group,
        media=files,
        place=place,
        reply_to=form.get("OriginalRepliedMessageSid", ""),
        unsupported="" if said.text.strip() or files or place else "empty",
    )


def _status(form: Form, path: str, now: datetime) -> Iterator[Event]:
    state = STATES.get(form["MessageStatus"])
    if state is None:
        return
    about: dict[str, Any] = {"to": form.get("From", ""), "address": form.get("To", ""), "at": now}
    code = form.get("ErrorCode", "")
    failed = state is DeliveryState.FAILED
    yield DeliveryUpdated(
        **about,
        ref=dedup_key(form),
        target=sid(form),
        state=state,
        delivery_id=_our_id(path),
        code=code or (form["MessageStatus"] if failed else ""),
        words=form.get("ErrorMessage") or LATER.get(code, "") if failed else "",
    )
    if code == OPTED_OUT and about["address"]:
        yield ContactLeft(**about, ref=f"{sid(form)}:stop", reason="opted_out")


def _our_id(path: str) -> str:
    """Our own id, with which the address for this message's statuses ends."""
    last = path.rstrip("/").rpartition("/")[2]
    try:
        return str(UUID(last))
    except ValueError:
        return ""


def _text(body: str) -> str:
    """What the customer wrote, out of its Base64 when it is nothing else."""
    packed = body.strip()
    if len(packed) < BASE64_FROM or len(packed) % 4 or not _BASE64.fullmatch(packed):
        return body
    try:
        text = base64.b64decode(packed, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return body
    readable = all(character.isprintable() or character in "\r\n\t" for character in text)
    return text if readable and " " in text else body


def _files(form: Form) -> Iterator[MediaRef]:
    number = form.get("NumMedia", "")
    count = int(number) if re.fullmatch(r"\d{1,3}", number, re.ASCII) else 0
    for index in range(min(count, MOST_FILES)):
        url, mime = form.get(f"MediaUrl{index}", ""), form.get(f"MediaContentType{index}", "")
        if url:
            kind = KINDS.get(mime.partition("/")[0], MediaKind.FILE)
            yield MediaRef(kind=kind, locator={"url": url}, mime=mime, name=_name(mime, index))


def _name(mime: str, index: int) -> str:
    """MMS files have no names. A contact comes as text/vcard or text/x-vcard."""
    ending = "vcf" if "vcard" in mime.lower() else mime.partition("/")[2].partition(";")[0].partition("+")[0]
    return f"mms-{index + 1}.{ending}" if re.fullmatch(r"[a-z0-9]{2,5}", ending) else f"mms-{index + 1}"


def _place(form: Form) -> Place | None:
    named = {"title": form.get("Label", ""), "address": form.get("Address", "")}
    try:
        return places.place(form["Latitude"], form["Longitude"], **named)
    except (KeyError, ValueError):
        return None
