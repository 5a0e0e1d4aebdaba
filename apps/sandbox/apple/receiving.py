"""What a phone shows of what the business sends through the gateway."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from apps.sandbox import store, threads
from apps.sandbox.apple import answering, attachments, checks
from apps.sandbox.apple.errors import GatewayError
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxThread, ThreadState

PLACE_OF_FILE = "\ufffc"
KINDS = {
    "quick-reply": "quick_replies",
    "listPicker": "list_picker",
    "event": "choices",
    "dynamic": "form",
}
_NAME, _PHONE = (re.compile(rf"^{line}[^:\n]*:(.*)$", re.MULTILINE) for line in ("FN", "TEL"))
_ADDRESS = re.compile(r"https?://\S")


def deliver(account: SandboxAccount, body: checks.Json, *, automatic: bool) -> None:
    """Put a checked envelope on the customer's phone. A repeated id is a second copy: Apple promises nothing.

    Raises GatewayError, 404 when nobody is at the destination or they deleted the conversation.
    """
    thread = _customer(account, str(body["destinationId"]))
    if body["type"].startswith("typing"):
        threads.typing(thread, body["type"] == "typing_start")
    elif body["type"] == "text":
        _text(thread, body, automatic)
    elif body["type"] == "richLink":
        link = checks.rich_link(body)
        picture = (link.get("assets") or {}).get("image", {}).get("data", "")
        shown = {"url": link["url"], "picture": picture, "automatic": automatic}
        _show(thread, body, "link", text=link["title"], data=shown)
    else:
        _interactive(thread, body, automatic)


def _customer(account: SandboxAccount, address: str) -> SandboxThread:
    thread = threads.at_address(account, address)
    if thread is None or thread.state != ThreadState.OPEN:
        raise GatewayError(404, "destination-id is not recognised")
    return thread


def _text(thread: SandboxThread, body: checks.Json, automatic: bool) -> None:
    """Words and files; of placeholders and attachments the extras on either side are ignored."""
    words = checks.text(body)
    given = body.get("attachments") or []
    files = [attachments.opened(thread.account, item) for item in given[: words.count(PLACE_OF_FILE)]]
    said = words.replace(PLACE_OF_FILE, "").strip()
    if said:
        # The gateway lets it pass, but approval requires a rich link for every address.
        bare = bool(_ADDRESS.search(said))
        _show(thread, body, "text", text=said, data={"automatic": automatic, "bare_link": bare})
    for file in files:
        _file(thread, file, str(body["id"]))


def _file(thread: SandboxThread, file: SandboxFile, ref: str) -> None:
    """A vCard is shown as somebody to call."""
    if file.mime != "text/vcard":
        threads.show(thread, mine=False, kind="file", file=file, ref=ref)
        return
    card = store.path_of(file).read_text("utf-8", "replace")
    name, phone = (found[1] if (found := line.search(card)) else "" for line in (_NAME, _PHONE))
    said = re.sub(r"\\(.)", r"\1", name.strip())
    threads.show(thread, mine=False, kind="contact", text=said, data={"phone": phone.strip()}, ref=ref)


def _interactive(thread: SandboxThread, body: checks.Json, automatic: bool) -> None:
    given = checks.interactive(body)
    session = given.get("sessionIdentifier") or str(uuid4())
    received, data = given.get("receivedMessage") or {}, given["data"]
    kind = next(shown for name, shown in KINDS.items() if name in data)
    title = data["quick-reply"]["summaryText"] if kind == "quick_replies" else received["title"]
    if kind == "choices" and received.get("subtitle"):
        title = f"{title}\n{received['subtitle']}"
    facts = {"wire": given, "session": session, "automatic": automatic, **_offered(data)}
    _show(thread, body, kind, text=title, data=facts)


def _offered(data: checks.Json) -> checks.Json:
    """What can be tapped at once: times, and a form that the phone fills in by itself."""
    if "event" in data:
        slots = data["event"]["timeslots"]
        return {"options": [{"id": s["identifier"], "title": answering.slot_title(s)} for s in slots]}
    return {"options": [{"id": answering.SUBMIT, "title": ""}]} if "dynamic" in data else {}


def _show(thread: SandboxThread, body: checks.Json, kind: str, *, text: str, data: dict[str, Any]) -> None:
    threads.show(thread, mine=False, kind=kind, text=text, data=data, ref=body["id"])
