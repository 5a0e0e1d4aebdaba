"""POST /v3/conversations/{id}/activities: what the bot says, as bubbles on the phone."""

from __future__ import annotations

import json
from typing import Any

from apps.sandbox import store, threads
from apps.sandbox.models import SandboxAccount, SandboxThread, ThreadState
from apps.sandbox.teams import shapes
from apps.sandbox.teams.errors import bad, no

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
MOST_BYTES, MOST_ACTIONS = 28 * 1024, 6
MOST_PICTURE = 20 * 1024 * 1024

Json = dict[str, Any]


def activity(account: SandboxAccount, conversation: str, given: Json, picture: str) -> Json:
    """`picture` is the key of what was fetched for the message, "" for nothing. Raises Refused."""
    thread = _chat(account, conversation)
    kind = given.get("type")
    if kind == "typing":
        threads.typing(thread, True)
        return {"id": shapes.new_id()}
    if kind != "message":
        raise no(400, "ActivityTypeInvalid", "Invalid activity type")
    if len(json.dumps(given, ensure_ascii=False).encode("utf-8", "replace")) > MOST_BYTES:
        raise no(413, "MessageSizeTooBig", "Message size too large")
    bubble = _bubble(account, given, picture)
    ref = shapes.new_id()
    threads.show(thread, mine=False, ref=ref, **bubble)
    return {"id": ref}


def picture_of(given: Json) -> str:
    """The address of the picture that a message shows."""
    row = _attachment(given)
    mime, url = str(row.get("contentType") or ""), row.get("contentUrl")
    return url if mime.startswith("image/") and isinstance(url, str) else ""


def _bubble(account: SandboxAccount, given: Json, picture: str) -> Json:
    row, text = _attachment(given), given.get("text") or ""
    if not isinstance(text, str):
        raise bad("text")
    if row.get("contentType") == ADAPTIVE:
        return _card(row.get("content"))
    if picture_of(given):
        kept = store.find(account, picture)
        if kept is None or not kept.mime.startswith("image/"):
            raise bad("The picture could not be fetched")
        return {"kind": "file", "file": kept, "text": text}
    if not text.strip() or row:
        raise bad("Activity resulted into multiple or no skype activities")
    return {"kind": "text", "text": text}


def _card(content: Any) -> Json:
    if not isinstance(content, dict) or content.get("type") != "AdaptiveCard":
        raise bad("Invalid adaptive card")
    body, actions = _rows(content.get("body")), _rows(content.get("actions"))
    if content.get("version") not in ("1.2", "1.3", "1.4", "1.5") or len(actions) > MOST_ACTIONS:
        raise bad("Adaptive card version or number of actions is not supported")
    words = [shapes.plain(row.get("text")) for row in body if row.get("type") == "TextBlock"]
    inputs = [row for row in body if str(row.get("type")).startswith("Input.")]
    words += [str(row["label"]) for row in inputs if row.get("label")]
    links = [row for row in actions if row.get("type") == "Action.OpenUrl"]
    words += [f"{row.get('title')}: {row.get('url')}" for row in links]
    submits = [row for row in actions if row.get("type") == "Action.Submit"]
    data = {"options": shapes.options(inputs, submits), "inputs": inputs, "submits": submits}
    return {"kind": "choices" if data["options"] else "text", "text": "\n".join(words), "data": data}


def _attachment(given: Json) -> Json:
    rows = _rows(given.get("attachments"))
    if len(rows) > 1:
        raise bad("one attachment")
    return rows[0] if rows else {}


def _rows(value: Any) -> list[Json]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _chat(account: SandboxAccount, conversation: str) -> SandboxThread:
    thread = threads.at_address(account, conversation)
    if thread is None:
        raise no(404, "ConversationNotFound", "Conversation not found.")
    if thread.state != ThreadState.OPEN:
        words = "The bot is not part of the conversation roster."
        raise no(403, "BotNotInConversationRoster", words)
    return thread
