"""agentMessages, agentEvents, capabilities: what a business does, as bubbles on the phone (8.8)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from apps.sandbox import store, threads
from apps.sandbox.models import SandboxAccount, SandboxThread, ThreadState
from apps.sandbox.rcs import checks, hand
from apps.sandbox.rcs.errors import GoogleError, invalid

FEATURES = ("RICHCARD_STANDALONE", "RICHCARD_CAROUSEL", "ACTION_CREATE_CALENDAR_EVENT", "ACTION_DIAL")
_TTL = re.compile(r"\d{1,7}(\.\d{1,9})?s")
Json = dict[str, Any]


def message(account: SandboxAccount, phone: str, given: Json, media: str) -> Json:
    """One message, under the id that the agent chose; `media` is the key of the file that was fetched."""
    ref = _uuid(given.get("messageId"), "messageId")
    kind, content = checks.message(given)
    if "ttl" in given and not _TTL.fullmatch(str(given["ttl"])):
        raise invalid("ttl is not a duration.")
    thread = _thread(account, phone)
    if thread.messages.filter(ref=ref).exists():
        raise GoogleError(409, f"Message {ref} already exists.")
    bubble = _bubble(kind, content)
    file = store.find(account, media) if media else None
    if file and kind == "contentInfo":
        bubble = {**bubble, "kind": "file", "text": "", "file": file}
    if thread.state != ThreadState.LEFT:
        shown = threads.show(thread, mine=False, ref=ref, **bubble)
        hand.arrived(shown)
    return {"name": f"phones/{phone}/agentMessages/{ref}", "sendTime": hand.now(), **given["contentMessage"]}


def event(account: SandboxAccount, phone: str, given: Json) -> Json:
    """The business reads or types."""
    ref = _uuid(given.get("eventId"), "eventId")
    thread = _thread(account, phone)
    kind = given.get("eventType")
    if kind == "IS_TYPING":
        threads.typing(thread, True)
    elif kind == "READ":
        found = thread.messages.filter(ref=str(given.get("messageId")), mine=True).first()
        if found is None:
            raise invalid("messageId names no message of the user.")
        threads.change(found, seen=True)
    else:
        raise invalid("eventType must be IS_TYPING or READ.")
    return {"name": f"phones/{phone}/agentEvents/{ref}", "eventType": kind, "sendTime": hand.now()}


def capabilities(account: SandboxAccount, phone: str, given: Json) -> Json:
    _uuid(given.get("requestId"), "requestId")
    _thread(account, phone)
    return {"features": list(account.data.get("features", FEATURES))}


def file_of(given: Json) -> str:
    """The address of the file that a message is, "" when it is none."""
    content = given.get("contentMessage")
    info = content.get("contentInfo") if isinstance(content, dict) else None
    return str(info.get("fileUrl", "")) if isinstance(info, dict) else ""


def _thread(account: SandboxAccount, phone: str) -> SandboxThread:
    thread = threads.at_address(account, phone)
    if thread is None or thread.data.get("rcs") is False:
        words = "Requested entity was not found: the phone has no RCS, or the agent is not launched there."
        raise GoogleError(404, words)
    return thread


def _uuid(value: object, name: str) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise invalid(f"{name} is not a UUID.") from None


def _bubble(kind: str, content: Json) -> Json:
    if kind == "text":
        return _with_chips(content["text"], content.get("suggestions", []))
    if kind == "richCard":
        return _rich(content["richCard"])
    return {"kind": "link", "text": kind, "data": {"url": content[kind].get("fileUrl", "")}}


def _rich(rich: Json) -> Json:
    """A carousel or one card as one bubble: its words, and every chip."""
    if "carouselCard" in rich:
        contents = rich["carouselCard"]["cardContents"]
    else:
        contents = [rich["standaloneCard"]["cardContent"]]
    lines = [text for c in contents for text in (c.get("title"), c.get("description")) if text]
    bubble = _with_chips("\n".join(lines), [chip for c in contents for chip in c.get("suggestions", [])])
    media = [c["media"]["contentInfo"]["fileUrl"] for c in contents if "media" in c]
    return {**bubble, "data": {**bubble["data"], "rich": True, "media": media}}


def _with_chips(text: str, chips: list[Json]) -> Json:
    options = [
        {"id": each["postbackData"], "title": each["text"], "type": kind.upper(), "does": sorted(each)}
        for chip in chips
        for kind, each in chip.items()
    ]
    links = [chip["action"] for chip in chips if "openUrlAction" in chip.get("action", {})]
    if links and len(options) == 1:
        return {"kind": "link", "text": text, "data": {"url": links[0]["openUrlAction"]["url"]}}
    return {"kind": "choices" if options else "text", "text": text, "data": {"options": options}}
