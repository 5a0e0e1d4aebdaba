"""POST /{number}/messages and /media: what a business says, as bubbles on the phone (3.3, 3.4)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile

from apps.sandbox import store, threads
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxMessage, SandboxThread, ThreadState
from apps.sandbox.whatsapp import allowances, checks, events, filling, templates
from apps.sandbox.whatsapp.errors import CloudError, invalid, missing

MB = 1024 * 1024
SIZES = {"image": 5 * MB, "audio": 16 * MB, "video": 16 * MB, "document": 100 * MB, "sticker": 500 * 1024}
TYPES = {
    "image": ("image/jpeg", "image/png"),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    "video": ("video/mp4", "video/3gpp"),
    "sticker": ("image/webp",),
}
Json = dict[str, Any]


class Bubble(NamedTuple):
    kind: str
    text: str = ""
    data: Json = {}  # noqa: RUF012
    file: SandboxFile | None = None


def messages(account: SandboxAccount, given: Json) -> Json:
    """One message, or the sign that one was read."""
    if given.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if given.get("status") == "read":
        return _mark(account, given)
    thread, name = _recipient(account, given)
    kind = str(given.get("type") or "text")
    make = MAKERS.get(kind)
    if make is None:
        raise CloudError(131051, "Unsupported message type", f"{kind[:40]!r} is not supported")
    bubble = make(account, given[kind] if kind == "contacts" else checks.thing(given, kind))
    if kind != "template":
        allowances.check_window(thread)
    allowances.take_credit(thread)
    refused = _refused(thread, bubble)
    shown = _show(thread, given, bubble) if refused is None else _unseen(thread, given)
    events.sent(thread, shown, refused=refused)
    contact = {"input": name, "user_id": thread.address}
    if name == events.wa_id(thread):
        contact["wa_id"] = name
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": shown.ref}]}


def upload(account: SandboxAccount, given: Json) -> Json:
    """A file, kept for thirty days, for a message that names its id."""
    file = given.get("file")
    if not isinstance(file, UploadedFile) or given.get("messaging_product") != "whatsapp":
        raise CloudError(100, "Invalid parameter", "file and messaging_product are required")
    mime = str(given.get("type") or file.content_type or "")
    try:
        kept = store.keep(account, file, name=file.name or "file", mime=mime, limit=SIZES["document"])
    except store.TooLarge:
        raise CloudError(131053, "Media upload error", "The file is too large") from None
    return {"id": kept.key}


def _recipient(account: SandboxAccount, given: Json) -> tuple[SandboxThread, str]:
    """The customer, by user id or number. Nobody is 131026, which says nothing else."""
    name = str(given.get("recipient") or given.get("to") or "")
    if not name:
        raise missing("to")
    address = name
    if name.isascii() and name.isdigit() and len(name) < 18:
        rows = SandboxThread.objects.filter(account=account, phone__number=int(name))
        address = rows.values_list("address", flat=True).first() or name
    thread = threads.at_address(account, address)
    if thread is None or thread.state == ThreadState.NEW:
        raise CloudError(131026, "Message undeliverable", "The recipient cannot receive this message")
    return thread, name


def _mark(account: SandboxAccount, given: Json) -> Json:
    """Blue ticks for what the customer wrote; with an indicator also the dots, for 25 seconds."""
    rows = SandboxMessage.objects.filter(thread__account=account, mine=True, ref=str(given.get("message_id")))
    found = rows.select_related("thread").first()
    if found is None:
        raise invalid("Param message_id is not a message of this phone number")
    threads.change(found, seen=True)
    if "typing_indicator" in given:
        threads.typing(threads.locked(found.thread_id), True)
    return {"success": True}


def _show(thread: SandboxThread, given: Json, bubble: Bubble) -> SandboxMessage:
    data = {**bubble.data, "tracker": str(given.get("biz_opaque_callback_data") or "")[:512]}
    quoted = given.get("context") or {}
    target = thread.messages.filter(ref=str(quoted.get("message_id"))).first() if quoted else None
    if target is not None:
        data["reply_to"] = target.text[:80]
    ref = new_ref()
    return threads.show(
        thread, mine=False, kind=bubble.kind, text=bubble.text, data=data, file=bubble.file, ref=ref
    )


def _refused(thread: SandboxThread, bubble: Bubble) -> Json | None:
    """The error of which WhatsApp tells only in a status; None when the customer gets the message."""
    if thread.account.data.get("unpaid"):
        return events.UNPAID
    unwanted = bubble.data.get("category") == "marketing" and not allowances.wants_marketing(thread)
    return events.STOPPED if unwanted else None


def _unseen(thread: SandboxThread, given: Json) -> SandboxMessage:
    """Accepted like any other, and never shown."""
    data = {"tracker": str(given.get("biz_opaque_callback_data") or "")[:512]}
    return SandboxMessage(thread=thread, ref=new_ref(), data=data)


def new_ref() -> str:
    return f"wamid.{secrets.token_hex(24).upper()}"


def _text(account: SandboxAccount, given: Json) -> Bubble:
    return Bubble("text", checks.words(given, "body", checks.MOST_TEXT, where="text"))


def _file(kind: str) -> Callable[[SandboxAccount, Json], Bubble]:
    def made(account: SandboxAccount, given: Json) -> Bubble:
        kept = store.find(account, str(given.get("id", "")))
        if kept is None:
            raise CloudError(100, "Invalid parameter", "Media ID does not exist")
        if kept.size > SIZES[kind] or (kind in TYPES and kept.mime not in TYPES[kind]):
            raise CloudError(131053, "Media upload error", f"{kept.mime} is not taken as {kind}")
        if "caption" not in given:
            return Bubble("file", "", {"as": kind}, kept)
        if kind in ("audio", "sticker"):
            raise invalid(f"Unexpected key 'caption' on param {kind!r}")
        words = checks.words(given, "caption", checks.MOST_CAPTION, where=kind)
        return Bubble("file", words, {"as": kind}, kept)

    return made


def _location(account: SandboxAccount, given: Json) -> Bubble:
    try:
        place = {"latitude": float(given["latitude"]), "longitude": float(given["longitude"])}
    except (KeyError, TypeError, ValueError):
        raise missing("latitude") from None
    return Bubble("place", str(given.get("name", "")), place)


def _contacts(account: SandboxAccount, given: Any) -> Bubble:
    found = [
        checks.thing(each, "name") | each for each in checks.things({"contacts": given}, "contacts", 257)
    ]
    lines = [
        " ".join([str(each["formatted_name"]), *(str(phone["phone"]) for phone in each.get("phones", []))])
        for each in found
    ]
    return Bubble("text", "\n".join(lines))


def _interactive(account: SandboxAccount, given: Json) -> Bubble:
    kind = checks.interactive(given)
    text, action = given["body"]["text"], given["action"]
    if kind == "button":
        return Bubble("choices", text, {"as": kind, "options": [b["reply"] for b in action["buttons"]]})
    if kind == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        options = [{**row, "subtitle": row.get("description", "")} for row in rows]
        return Bubble("choices", text, {"as": kind, "options": options})
    if kind == "cta_url":
        return Bubble("link", text, {"url": action["parameters"]["url"]})
    return Bubble("choices", text, {"as": kind, "options": [{"id": "place", "title": "📍"}]})


def _template(account: SandboxAccount, given: Json) -> Bubble:
    template = templates.chosen(account, given)
    said = filling.filled(account, template, given)
    options = [{"id": text, "title": text} for text in said.replies]
    data: Json = {"as": "template", "category": template["category"].lower(), "options": options}
    if said.file is not None:
        return Bubble("file", said.text, data, said.file)
    return Bubble("choices" if options else "text", said.text, data)


def _reaction(account: SandboxAccount, given: Json) -> Bubble:
    return Bubble("info", str(given.get("emoji", "")))


MAKERS: dict[str, Callable[[SandboxAccount, Any], Bubble]] = {
    "text": _text,
    **{kind: _file(kind) for kind in SIZES},
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "template": _template,
    "reaction": _reaction,
}
