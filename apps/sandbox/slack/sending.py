"""chat.* and the files that an app shares."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from apps.sandbox import store, threads
from apps.sandbox.models import (
    SandboxAccount,
    SandboxFile,
    SandboxMessage,
    SandboxThread,
    ThreadState,
)
from apps.sandbox.slack import checks, events, shapes
from apps.sandbox.slack.errors import SlackError
from apps.sandbox.slack.parameters import Parameters

CUT_AT = 40_000
NAMED = "chat:write.customize"
Json = dict[str, Any]


def post_message(account: SandboxAccount, given: Parameters) -> Json:
    """Words, blocks or both; the words are then for the notification."""
    thread = find_thread(account, given)
    text = shapes.unescaped(given.text("text"))[:CUT_AT]
    blocks = checks.blocks(given.structure("blocks"))
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    data: Json = {**_named(account, given), **_metadata(given), **_choices(blocks)}
    kind = "choices" if data.get("options") else "text"
    kind, data = ("link", {**data, "url": data["link"]}) if data.get("link") else (kind, data)
    words = _words(blocks) or text
    shown = threads.show(thread, mine=False, kind=kind, text=words, data=data, ref=events.now())
    said = shapes.message(thread, shown)
    events.message(thread, {name: value for name, value in said.items() if name != "metadata"})
    return {"channel": shapes.place(thread)[0], "ts": shown.ref, "message": said}


def update(account: SandboxAccount, given: Parameters) -> Json:
    """Change what the app said before."""
    channel, ts = given.text("channel"), given.text("ts")
    rows = SandboxMessage.objects.select_related("thread", "thread__account")
    message = rows.filter(thread__account=account, mine=False, ref=ts).first()
    if message is None:
        raise SlackError("message_not_found")
    threads.change(message, text=shapes.unescaped(given.text("text")), edited=True)
    return {"channel": channel, "ts": ts, "text": given.text("text")}


def upload_place(account: SandboxAccount, given: Parameters) -> Json:
    """Somewhere to post the bytes of a file to."""
    name, length = given.text("filename"), given.integer("length", 0)
    if not name or not length:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: filename or length")
    promised = store.promise(account, size=length)
    promised.name = name[:255]
    promised.save(update_fields=["name"])
    url = f"{settings.BASE_URL}/sandbox/slack/upload/{account.key}/{promised.key}"
    return {"upload_url": url, "file_id": shapes.file_id(promised)}


def share_files(account: SandboxAccount, given: Parameters) -> Json:
    """Show uploaded files in a conversation."""
    rows = given.structure("files")
    if not isinstance(rows, list) or not rows:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: files")
    stored = [_uploaded(account, str(row.get("id"))) for row in rows if isinstance(row, dict)]
    if given.text("channel_id"):
        thread = find_thread(account, given, name="channel_id")
        words = shapes.unescaped(given.text("initial_comment"))
        for number, file in enumerate(stored):
            text = "" if number else words
            shown = threads.show(thread, mine=False, kind="file", text=text, file=file, ref=events.now())
            events.message(thread, {"subtype": "file_share", **shapes.message(thread, shown)})
    return {"files": [{"id": shapes.file_id(file), "title": file.name} for file in stored]}


def find_thread(account: SandboxAccount, given: Parameters, *, name: str = "channel") -> SandboxThread:
    """The conversation, as long as the customer wants it. An app cannot begin one here."""
    channel, root = given.text(name), given.text("thread_ts") or given.text("ts")
    thread = threads.at_address(account, channel if channel.startswith("D") else f"{channel}:{root}")
    if thread is None or thread.state == ThreadState.NEW:
        raise SlackError("channel_not_found")
    if thread.state == ThreadState.LEFT:
        raise SlackError("is_archived")
    return thread


def _uploaded(account: SandboxAccount, file_id: str) -> SandboxFile:
    rows = SandboxFile.objects.filter(account=account).exclude(path="").order_by("-created_at")
    found = next((file for file in rows[:200] if shapes.file_id(file) == file_id), None)
    if found is None:
        raise SlackError("file_not_found")
    return found


def _metadata(given: Parameters) -> Json:
    metadata = given.structure("metadata")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    return {"metadata": metadata}


def _named(account: SandboxAccount, given: Parameters) -> Json:
    """Under another name only with the scope for it."""
    if not given.text("username"):
        return {}
    if NAMED not in account.data["scopes"]:
        raise SlackError("missing_scope", needed=NAMED, provided=",".join(account.data["scopes"]))
    return {"username": given.text("username")}


def _choices(blocks: list[Json]) -> Json:
    """What the phone shows of buttons and menus."""
    elements = [element for block in blocks for element in block.get("elements", [])]
    if not elements:
        return {"blocks": blocks} if blocks else {}
    options, link = [], ""
    for element in elements:
        if "url" in element:
            link = element["url"]
        elif element["type"] == "button":
            options.append({"id": element["value"], "title": element["text"]["text"]})
        else:
            rows = [row for group in element.get("option_groups", [element]) for row in group["options"]]
            options += [_option(row) for row in rows]
    return {"blocks": blocks, "elements": elements, "options": options, "link": link}


def _option(row: Json) -> Json:
    subtitle = row.get("description", {}).get("text", "")
    return {"id": row["value"], "title": row["text"]["text"], "subtitle": subtitle}


def _words(blocks: list[Json]) -> str:
    return "\n".join(block["text"]["text"] for block in blocks if block.get("type") == "section")
