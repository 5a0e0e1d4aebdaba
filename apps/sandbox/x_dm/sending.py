"""Messages that the business sends (6.3)."""

from __future__ import annotations

import time
from typing import Any

from apps.sandbox import threads
from apps.sandbox.models import SandboxAccount, ThreadState
from apps.sandbox.x_dm import uploading
from apps.sandbox.x_dm.errors import invalid, no_credits, no_messages_from_you, too_many
from apps.sandbox.x_dm.numbers import new_id

TEXT = 10_000
PER_WINDOW, WINDOW = 15, 900  # messages of one account in so many seconds
Json = dict[str, Any]


def send(account: SandboxAccount, person: str, given: Json) -> Json:
    """To somebody who takes messages from us: who has written and has not blocked us."""
    text, files = given.get("text"), given.get("attachments") or []
    if (not isinstance(text, str) or not text.strip()) and not files:
        raise invalid("$.text: is missing but it is required")
    if isinstance(text, str) and len(text) > TEXT:
        raise invalid(f"$.text: must be at most {TEXT} characters long")
    thread = threads.at_address(account, person)
    if thread is None or thread.state != ThreadState.OPEN:
        raise no_messages_from_you()
    file = _attached(account, files)
    if account.data.get("credits") == 0:
        raise no_credits()
    _count(account)
    ref = new_id()
    kind = "file" if file else "text"
    threads.show(thread, mine=False, kind=kind, text=text or "", file=file, ref=ref)
    return {"data": {"dm_conversation_id": f"{person}-{account.address}", "dm_event_id": ref}}


def _attached(account: SandboxAccount, files: Any) -> Any:
    if not files:
        return None
    if not isinstance(files, list) or len(files) != 1 or not isinstance(files[0], dict):
        raise invalid("$.attachments: must have exactly 1 item")
    found = uploading.find(account, str(files[0].get("media_id")))
    if found is None:
        raise invalid("Your media IDs are invalid.")
    return found


def _count(account: SandboxAccount) -> None:
    row = SandboxAccount.objects.select_for_update().get(pk=account.pk)
    now = int(time.time())
    sent = [moment for moment in row.data.get("sent", []) if moment > now - WINDOW]
    if len(sent) >= PER_WINDOW:
        raise too_many(sent[0] + WINDOW)
    row.data = {**row.data, "sent": [*sent, now]}
    row.save(update_fields=["data"])
