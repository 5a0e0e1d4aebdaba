"""What a phone answers to a balloon: the payload reduced to what was chosen, and the words of its bubble."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from apps.sandbox.models import SandboxThread

SUBMIT = "submit"  # a form filled in by the phone itself
LONGEST = 200  # characters of a bubble's title

Json = dict[str, Any]
Made = tuple[Json, str]


def made(data: Json, chosen: list[str], *, thread: SandboxThread) -> Made | None:
    """The answer's `data` and its words; None when nothing was chosen, or a form is not whole."""
    if "quick-reply" in data:
        return _quick_answer(data, chosen)
    if "event" in data:
        return _timed(data["event"], chosen)
    if "dynamic" in data:
        pages = data["dynamic"]["data"]["pages"]
        said = _by_itself(pages, thread) if chosen == [SUBMIT] else _written(chosen)
        return _filled(data["dynamic"], pages, said)
    return _picked(data, chosen)


def slot_title(slot: Json) -> str:
    """When it begins, as the phone shows it."""
    begins = datetime.fromisoformat(slot["startTime"][:16]).replace(tzinfo=UTC)
    return f"{timezone.localtime(begins):%Y-%m-%d %H:%M}"


def _quick_answer(data: Json, chosen: list[str]) -> Made | None:
    items = data["quick-reply"]["items"]
    for index, item in enumerate(items):
        if item["identifier"] in chosen:
            facts = {"selectedIndex": index, "selectedIdentifier": item["identifier"], "items": items}
            return {"quick-reply": facts}, item["title"]
    return None


def _picked(data: Json, chosen: list[str]) -> Made | None:
    """The sections reduced to what was chosen: one item where only one may be."""
    left, sections = set(chosen), []
    for section in data["listPicker"]["sections"]:
        items = [item for item in section["items"] if item["identifier"] in left]
        items = items if section.get("multipleSelection") else items[:1]
        if items:
            sections.append({**section, "items": items})
    titles = [item["title"] for section in sections for item in section["items"]]
    if not titles:
        return None
    words = ", ".join(titles)
    reply = {"title": words[:200], "style": "icon"}
    found: Json = {"listPicker": {"sections": sections}, "replyMessage": reply}
    images = data.get("images")
    return ({**found, "images": images} if images else found), words


def _timed(event: Json, chosen: list[str]) -> Made | None:
    for slot in event["timeslots"]:
        if slot["identifier"] in chosen:
            words = slot_title(slot)
            reply = {"title": words, "style": "icon"}
            return {"event": {**event, "timeslots": [slot]}, "replyMessage": reply}, words
    return None


def _written(chosen: list[str]) -> dict[str, list[str]]:
    """By page what was written or chosen there."""
    said: dict[str, list[str]] = {}
    for each in chosen:
        page, equals, value = each.partition("=")
        if equals and value.strip():
            said.setdefault(page, []).append(value.strip())
    return said


def _by_itself(pages: list[Json], thread: SandboxThread) -> dict[str, list[str]]:
    examples = {"datePicker": timezone.now().date().isoformat(), "input": str(thread.phone.name)}
    return {
        page["pageIdentifier"]: [examples.get(page["type"]) or page["items"][0]["value"]] for page in pages
    }


def _filled(dynamic: Json, pages: list[Json], said: dict[str, list[str]]) -> Made | None:
    """None when a question that must be answered is not."""
    selections = []
    for page in pages:
        items = _items(page, said.get(page["pageIdentifier"], []))
        if not items and (page.get("options") or {}).get("required"):
            return None
        selections.append({"pageIdentifier": page["pageIdentifier"], "title": page["title"], "items": items})
    words = ", ".join(item["title"] for selection in selections for item in selection["items"])
    if not words:
        return None
    answered = {"version": dynamic["version"], "template": dynamic["template"], "private": False}
    reply = {"title": words[:LONGEST], "style": "icon"}
    return {"dynamic": {**answered, "selections": selections}, "replyMessage": reply}, words


def _items(page: Json, said: list[str]) -> list[Json]:
    """What was chosen of a page's items (one where only one may be), or what was written."""
    if page["type"] in ("select", "picker"):
        chosen = [item for item in page["items"] if item["value"] in said]
        chosen = chosen if page.get("multipleSelection") else chosen[:1]
        return [
            {**{name: item[name] for name in ("identifier", "title", "value")}, "type": page["type"]}
            for item in chosen
        ]
    texts = [_day(text) if page["type"] == "datePicker" else text for text in said[:1]]
    return [{"identifier": "0", "title": text, "value": text, "type": page["type"]} for text in texts if text]


def _day(text: str) -> str:
    """As Apple writes days; "" for what is none."""
    try:
        return f"{date.fromisoformat(text):%m/%d/%Y}"
    except ValueError:
        return ""
