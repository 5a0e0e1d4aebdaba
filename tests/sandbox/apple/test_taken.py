"""What the simulated gateway takes from a business, and what it refuses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from apps.sandbox import threads
from apps.sandbox.apple import hand
from apps.sandbox.models import SandboxMessage
from tests.sandbox.apple.balloons import BIG, JPEG, TOPICS, balloon, event, form, picker, quick, with_image
from tests.sandbox.apple.msp import Msp, png

TAKEN = [
    ("text", {"type": "text", "body": "Bonjour 👋"}, [("text", "Bonjour 👋")]),
    (
        "two quick replies",
        {"type": "interactive", "interactiveData": quick(2)},
        [("quick_replies", "Which?")],
    ),
    (
        "five quick replies",
        {"type": "interactive", "interactiveData": quick(5)},
        [("quick_replies", "Which?")],
    ),
    ("list picker", {"type": "interactive", "interactiveData": picker()}, [("list_picker", "Choose")]),
    ("picture", {"type": "interactive", "interactiveData": with_image(png())}, [("list_picker", "Choose")]),
    (
        "rich link",
        {"type": "richLink", "richLinkData": {"url": "https://a.example", "title": "A"}},
        [("link", "A")],
    ),
    ("typing", {"type": "typing_start"}, []),
    ("times", {"type": "interactive", "interactiveData": event()}, [("choices", "Open")]),
    (
        "times with seconds",
        {"type": "interactive", "interactiveData": event(startTime="2027-03-01T08:30:00+0000")},
        [("choices", "Open")],
    ),
    ("form", {"type": "interactive", "interactiveData": form()}, [("form", "Open")]),
    (
        "form whose items lead on",
        {
            "type": "interactive",
            "interactiveData": form(
                first={
                    "items": [{**TOPICS[0], "nextPageIdentifier": "mail"}],
                    "nextPageIdentifier": None,
                }
            ),
        },
        [("form", "Open")],
    ),
]
REFUSED = [
    ("close", {"type": "close"}),
    ("unknown type", {"type": "dance"}),
    ("wrong v", {"v": 2, "type": "text", "body": "x"}),
    ("no body", {"type": "text"}),
    ("id not a uuid", {"id": "x", "type": "text", "body": "x"}),
    ("one quick reply", {"type": "interactive", "interactiveData": quick(1)}),
    ("six quick replies", {"type": "interactive", "interactiveData": quick(6)}),
    ("camel case", {"type": "interactive", "interactiveData": quick(3, name="quickReply")}),
    ("long title", {"type": "interactive", "interactiveData": quick(2, title="t" * 200)}),
    ("line break", {"type": "interactive", "interactiveData": quick(2, title="a\nb")}),
    ("twice the same", {"type": "interactive", "interactiveData": picker(identifier="b")}),
    ("jpeg", {"type": "interactive", "interactiveData": with_image(JPEG)}),
    ("big picture", {"type": "interactive", "interactiveData": with_image(BIG)}),
    (
        "data address",
        {"type": "interactive", "interactiveData": with_image("data:image/png;base64," + png())},
    ),
    ("foreign app with data", {"type": "interactive", "interactiveData": {**picker(), "bid": "x:1:y"}}),
    ("no received message", {"type": "interactive", "interactiveData": {**picker(), "receivedMessage": {}}}),
    ("link without title", {"type": "richLink", "richLinkData": {"url": "https://a.example"}}),
    ("custom scheme", {"type": "richLink", "richLinkData": {"url": "app://a", "title": "A"}}),
    *(
        (f"times: {label}", {"type": "interactive", "interactiveData": given})
        for label, given in {
            "local time": event(startTime="2027-03-01T08:30+0100"),
            "duration in words": event(duration="1800"),
            "twice the same": event(identifier="b"),
            "no slots": balloon("event", {"identifier": "e-1", "title": "Visit", "timeslots": []}),
            "no title": balloon("event", {"identifier": "e-1", "timeslots": [{}]}),
            "not an object": balloon("event", []),
            "camel case": balloon("timePicker", {"title": "Visit"}),
            "no received message": {**event(), "receivedMessage": {}},
        }.items()
    ),
    *(
        (f"form: {label}", {"type": "interactive", "interactiveData": given})
        for label, given in {
            "no such start": form(startPageIdentifier="x"),
            "no pages": form(pages=[]),
            "another template": balloon("dynamic", {"version": "1.2", "template": "x", "data": {}}),
            "long name": form(first={"pageIdentifier": "x" * 20}, startPageIdentifier="x" * 20),
            "twice the same name": form(first={"pageIdentifier": "mail"}, startPageIdentifier="mail"),
            "leads nowhere": form(last={"submitForm": False}),
            "leads elsewhere": form(first={"nextPageIdentifier": "x"}),
            "unknown page": form(last={"type": "dance"}),
            "nothing to choose": form(first={"items": []}),
            "item without value": form(first={"items": [{"identifier": "a", "title": "A"}]}),
            "prefixed keyboard": form(last={"options": {"keyboardType": "UIKeyboardTypeDefault"}}),
            "date in another form": form(
                last={"type": "datePicker", "options": {"maximumDate": "2027-03-01"}}
            ),
            "long label": form(last={"title": "x" * 201}),
        }.items()
    ),
    ("half an attachment", {"type": "text", "body": "\ufffc", "attachments": [{"name": "a"}]}),
]


@pytest.mark.parametrize(("body", "shown"), [pytest.param(*row[1:], id=row[0]) for row in TAKEN])
def test_what_is_right_stands_on_the_phone(msp: Msp, body: dict[str, Any], shown: list[Any]) -> None:
    assert msp.send(**body) == (200, "")
    assert msp.shown() == shown


@pytest.mark.parametrize("body", [pytest.param(row[1], id=row[0]) for row in REFUSED])
def test_what_is_wrong_is_refused(msp: Msp, body: dict[str, Any]) -> None:
    status, words = msp.send(**body)
    assert (status, bool(words), msp.shown()) == (400, True, [])


def test_headers_must_agree_with_the_body(msp: Msp) -> None:
    assert msp.send({"id": str(uuid4())}, type="text", body="x")[0] == 400
    assert msp.send({"destination-id": "urn:mbid:other"}, type="text", body="x")[0] == 400
    assert msp.send({"source-id": str(uuid4())}, type="text", body="x")[0] == 403


def test_nobody_at_the_destination(msp: Msp) -> None:
    assert msp.send(type="text", body="x", destinationId="urn:mbid:nobody")[0] == 404
    hand.leave(threads.locked(msp.thread.pk))
    assert msp.send(type="text", body="x")[0] == 404


def test_an_address_in_words_is_marked(msp: Msp) -> None:
    msp.send(type="text", body="See https://a.example/x")
    assert SandboxMessage.objects.get(mine=False).data["bare_link"] is True
