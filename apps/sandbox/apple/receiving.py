"""What a phone shows of what the business sends through the gateway."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from apps.sandbox import threads
from apps.sandbox.apple import attachments, checks
from apps.sandbox.apple.errors import GatewayError
from apps.sandbox.models import SandboxAccount, SandboxThread, ThreadState

PLACE_OF_FILE = "\ufffc"
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
        _show(thread, body, "link", text=link["title"], data={"url": link["url"], "automatic": automatic})
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
        threads.show(thread, mine=False, kind="file", file=file, ref=body["id"])


def _interactive(thread: SandboxThread, body: checks.Json, automatic: bool) -> None:
    given = checks.interactive(body)
    session = given.get("sessionIdentifier") or str(uuid4())
    reply = given["data"].get("quick-reply")
    received = given.get("receivedMessage") or {}
    title = reply["summaryText"] if reply else received["title"]
    facts = {"wire": given, "session": session, "automatic": automatic}
    _show(thread, body, "quick_replies" if reply else "list_picker", text=title, data=facts)


def _show(thread: SandboxThread, body: checks.Json, kind: str, *, text: str, data: dict[str, Any]) -> None:
    threads.show(thread, mine=False, kind=kind, text=text, data=data, ref=body["id"])
