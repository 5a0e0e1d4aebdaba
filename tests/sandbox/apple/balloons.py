"""Interactive messages as a business writes them, right and in every way wrong."""

from __future__ import annotations

import base64
from typing import Any

from apps.sandbox.apple.checks import BID


def picker(**item: Any) -> dict[str, Any]:
    items = [
        {"identifier": "a", "title": "A", "order": 0, **item},
        {"identifier": "b", "title": "B", "order": 1},
    ]
    data = {
        "version": "1.0",
        "requestIdentifier": "r-1",
        "listPicker": {"sections": [{"title": "S", "order": 0, "multipleSelection": False, "items": items}]},
    }
    return {"bid": BID, "data": data, "receivedMessage": {"title": "Choose", "style": "icon"}}


def quick(count: int, *, name: str = "quick-reply", title: str = "t") -> dict[str, Any]:
    items = [{"identifier": str(n), "title": f"{title}{n}"} for n in range(count)]
    data = {"version": "1.0", "requestIdentifier": "r-2", name: {"summaryText": "Which?", "items": items}}
    return {"bid": BID, "data": data}


def with_image(data: str) -> dict[str, Any]:
    found = picker()
    found["data"]["images"] = [{"identifier": "i0", "data": data}]
    return found


def balloon(name: str, payload: Any) -> dict[str, Any]:
    data = {"version": "1.0", "requestIdentifier": "r-3", name: payload}
    return {"bid": BID, "data": data, "receivedMessage": {"title": "Open"}, "replyMessage": {"title": "Done"}}


def event(**slot: Any) -> dict[str, Any]:
    given = {"identifier": "a", "startTime": "2027-03-01T08:30+0000", "duration": 1800, **slot}
    other = {"identifier": "b", "startTime": "2027-03-01T09:30+0000", "duration": 1800}
    return balloon("event", {"identifier": "e-1", "title": "Visit", "timeslots": [given, other]})


TOPICS = [{"identifier": "t1", "title": "Billing", "value": "billing"}]
MAIL = {"required": True, "inputType": "singleline", "keyboardType": "emailAddress"}


def form(*, first: dict[str, Any] | None = None, last: dict[str, Any] | None = None, **data: Any) -> Any:
    """The fact sheet's form of two pages (7.4)."""
    topic = {"pageIdentifier": "topic", "type": "select", "title": "Topic", "items": TOPICS}
    mail = {"pageIdentifier": "mail", "type": "input", "title": "E-mail", "submitForm": True, "options": MAIL}
    pages = [topic | {"nextPageIdentifier": "mail"} | (first or {}), mail | (last or {})]
    inside = {"startPageIdentifier": "topic", "showSummary": True, "pages": pages, **data}
    return balloon("dynamic", {"version": "1.2", "template": "messageForms", "data": inside})


JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(50)).decode()
BIG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200_001)).decode()
