"""What the business tells its own system, as words and bubbles on the phone. A repetition is answered as the
first time."""

from __future__ import annotations

from typing import Any

from apps.sandbox import threads
from apps.sandbox.custom import cards
from apps.sandbox.custom.wire import new_id
from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxThread, ThreadState

Json = dict[str, Any]


def take(account: SandboxAccount, message_id: str, body: Json) -> Json | None:
    """The answer, None for a customer who is not there (any more)."""
    kind = body.get("type")
    if kind == "hello":
        return {"name": account.name}
    thread = threads.at_address(account, str(body.get("to", "")))
    if thread is None or thread.state != ThreadState.OPEN:
        return None
    if kind == "typing":
        threads.typing(thread, body.get("typing") is True)
    return {"id": _message(thread, message_id, body)} if kind == "message" else {}


def _message(thread: SandboxThread, message_id: str, body: Json) -> str:
    known = SandboxMessage.objects.filter(thread=thread, data__key=message_id).first()
    if known is not None:
        return str(known.ref)
    shown = {**_bubble(body), "ref": new_id()}
    shown["data"] = {**shown.get("data", {}), "key": message_id, "agent": body.get("agent", "")}
    return str(threads.show(thread, mine=False, **shown).ref)


def _bubble(body: Json) -> Json:
    card, text = body.get("card"), str(body.get("text", ""))
    if file := body.get("file"):
        return {"kind": "link", "text": text or file["name"], "data": {"url": file["url"], "file": file}}
    if isinstance(card, dict):
        return cards.bubble(card, text)
    return {"kind": "text", "text": text}
