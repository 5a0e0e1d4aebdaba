"""What Apple's gateway takes (https://register.apple.com/resources/messages/msp-rest-api/): envelopes and
interactive messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked

BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:"
    "com.apple.icloud.apps.messages.business.extension"
)
DRAWN = 200  # characters of every string that is drawn
ENVELOPE = "locale body attachments interactiveData interactiveDataRef richLinkData"


def check(asked: Asked) -> None:
    if not asked.path.endswith("/message"):
        return  # an upload
    message = facts.keys(asked.json, "v", "id", "type", "sourceId", "destinationId", may=ENVELOPE)
    KINDS[message["type"]](message)


def _text(message: Any) -> None:
    facts.words(message["body"], 100_000)


def _link(message: Any) -> None:
    link = facts.keys(message["richLinkData"], "url", "title", may="assets")
    facts.address(link["url"], 10_000)
    for image in link.get("assets", {}).values():
        assert len(image.get("data", "")) <= 200 * 1024 * 4 // 3 + 4


def _interactive(message: Any) -> None:
    content = facts.keys(
        message["interactiveData"], "bid", "data", may="receivedMessage replyMessage useLiveLayout"
    )
    assert content["bid"] == BID
    data = facts.keys(
        content["data"],
        "requestIdentifier",
        may="version mspVersion images quick-reply listPicker event dynamic",
    )
    assert data["requestIdentifier"] and {"version", "mspVersion"} & set(data)
    (kind,) = set(data) & {"quick-reply", "listPicker", "event", "dynamic"}
    pictures = {image["identifier"] for image in data.get("images", [])}
    assert set(_values(content, "imageIdentifier")) <= pictures
    if kind != "quick-reply":
        _drawn(content["receivedMessage"]["title"])
        _drawn(content["replyMessage"]["title"])
    for bubble in ("receivedMessage", "replyMessage"):
        for name, value in content.get(bubble, {}).items():
            assert name == "style" or _drawn(value)
    CONTENTS[kind](data[kind])


def _quick_reply(reply: Any) -> None:
    facts.keys(reply, "summaryText", "items")
    _drawn(reply["summaryText"])
    items = facts.rows(reply["items"], 2, 5)
    for item in items:
        _drawn(facts.keys(item, "identifier", "title")["title"])
    _told_apart(items)


def _list_picker(picker: Any) -> None:
    sections = facts.rows(facts.keys(picker, "sections")["sections"], 1, 1000)
    items = [item for section in sections for item in facts.rows(section["items"], 1, 1000)]
    for section in sections:
        facts.keys(section, "items", may="title order multipleSelection")
        assert not section.get("title") or _drawn(section["title"])
    for item in items:
        facts.keys(item, "identifier", "title", may="subtitle imageIdentifier order style")
        _drawn(item["title"])
        assert "subtitle" not in item or _drawn(item["subtitle"])
        assert item.get("style", "icon") in ("default", "icon", "small", "large")
    _told_apart(items)


def _time_picker(event: Any) -> None:
    facts.keys(event, "identifier", "title", "timeslots", may="location timezoneOffset")
    _drawn(event["title"])
    slots = facts.rows(event["timeslots"], 1, 1000)
    for slot in slots:
        facts.keys(slot, "identifier", "startTime", "duration")
        datetime.strptime(slot["startTime"], "%Y-%m-%dT%H:%M+0000")
        assert isinstance(slot["duration"], int) and slot["duration"] >= 0
    _told_apart(slots)


def _form(form: Any) -> None:
    facts.keys(form, "version", "template", "data")
    assert form["template"] == "messageForms"
    data = facts.keys(form["data"], "startPageIdentifier", "pages", may="showSummary splash isPrivate")
    pages = facts.rows(data["pages"], 1, 100)
    names = [page["pageIdentifier"] for page in pages]
    facts.different(names)
    assert data["startPageIdentifier"] in names
    assert set(_values(pages, "nextPageIdentifier")) <= set(names)
    for page in pages:
        assert len(page["pageIdentifier"]) < 20
        assert page["type"] in ("select", "picker", "datePicker", "input")
        _drawn(page["title"])
        assert page.get("submitForm") or "nextPageIdentifier" in page or page.get("items")
        if page["type"] in ("select", "picker"):
            _told_apart(facts.rows(page["items"], 1, 1000))
            for item in page["items"]:
                _drawn(item["title"])


def _drawn(text: Any) -> bool:
    """Enforced since 2026-08-21: printable, at most 200 characters."""
    facts.words(text, DRAWN)
    assert [
        letter for letter in text if not letter.isprintable() and letter not in "\u00a0\u202f\u200d"
    ] == []
    return True


def _told_apart(items: Any) -> None:
    assert [item for item in items if not item["identifier"]] == []
    facts.different([item["identifier"] for item in items])


def _values(data: Any, name: str) -> list[Any]:
    if isinstance(data, list):
        return [value for each in data for value in _values(each, name)]
    if isinstance(data, dict):
        own = [data[name]] if name in data else []
        return own + [value for each in data.values() for value in _values(each, name)]
    return []


KINDS = {"text": _text, "richLink": _link, "interactive": _interactive}
CONTENTS = {
    "quick-reply": _quick_reply,
    "listPicker": _list_picker,
    "event": _time_picker,
    "dynamic": _form,
}
