"""What customers answer to interactive messages: small, by reference, and kinds that we only read."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.cards import CardAnswer, Option, Slot

from .payloads import BID, CREDS, KEY, attachment, envelope, interactive, request

PLATFORM = AppleMessages()
ITEMS = [{"identifier": "y", "title": "Yes"}, {"identifier": "n", "title": "No"}]
YES = (Option(id="y", title="Yes"),)
NO = (Option(id="n", title="No"),)


def parse(**content):
    [event] = PLATFORM.parse(request(envelope("interactive", **content)), CREDS)
    return event


def shown(event):
    return event.answer, event.text, event.unsupported


def chosen(*options, text):
    return CardAnswer(card_id="R-1", selected=options), text, ""


def quick(**reply):
    return interactive({"quick-reply": {"items": ITEMS, **reply}})


def picker(*sections, **more):
    return interactive({"listPicker": {"sections": list(sections)}, **more})


PLAN = {"identifier": "p1", "title": "Basic", "subtitle": "5 EUR", "order": 0, "style": "icon"}
BASIC = Option(id="p1", title="Basic", subtitle="5 EUR")


@pytest.mark.parametrize(
    ("label", "data", "expected"),
    [
        ("both", quick(selectedIndex=1, selectedIdentifier="n"), chosen(*NO, text="No")),
        ("identifier wins", quick(selectedIndex=0, selectedIdentifier="n"), chosen(*NO, text="No")),
        ("index only", quick(selectedIndex=0), chosen(*YES, text="Yes")),
        (
            "identifier that is not offered",
            quick(selectedIdentifier="z"),
            chosen(Option(id="z", title="z"), text="z"),
        ),
        ("nothing chosen", quick(), (None, "", "quick-reply")),
        ("index out of range", quick(selectedIndex=2), (None, "", "quick-reply")),
        ("negative index", quick(selectedIndex=-1), (None, "", "quick-reply")),
        ("list picker", picker({"title": "Plans", "items": [PLAN]}), chosen(BASIC, text="Basic")),
        (
            "several of several sections",
            picker({"items": [PLAN]}, {"items": ITEMS}),
            chosen(BASIC, *YES, *NO, text="Basic, Yes, No"),
        ),
        (
            "item without title",
            picker({"items": [{"identifier": "p1"}]}),
            chosen(Option(id="p1", title="p1"), text="p1"),
        ),
        (
            "nothing picked",
            picker({"items": []}, replyMessage={"title": "None"}),
            (None, "None", "listPicker"),
        ),
    ],
)
def test_choices(label, data, expected):
    assert shown(parse(interactiveData=data)) == expected


FORM = {
    "template": "messageForms",
    "selections": [
        {
            "pageIdentifier": "topic",
            "title": "Topic",
            "items": [{"identifier": "t1", "title": "Billing", "value": "b"}],
        },
        {"pageIdentifier": "mail", "title": "E-mail", "items": [{"value": "ana@example.org"}]},
    ],
}
SLOT = {"identifier": "s1", "startTime": "2026-11-21T10:00+0000", "duration": 900}
TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def taken(**changes):
    """What a chosen time says, and the answer that it is."""
    return interactive({"event": {"title": "Visit", "timeslots": [SLOT | changes]}})


@pytest.mark.parametrize(
    ("label", "data", "slot"),
    [
        ("time", taken(), Slot(id="s1", start=TEN, minutes=15)),
        (
            "with seconds",
            taken(startTime="2026-11-21T10:00:30+0000"),
            Slot(id="s1", start=TEN.replace(second=30), minutes=15),
        ),
        ("in another zone", taken(startTime="2026-11-21T11:00+0100"), Slot(id="s1", start=TEN, minutes=15)),
        ("duration as digits", taken(duration="3600"), Slot(id="s1", start=TEN, minutes=60)),
        ("no duration", taken(duration=None), Slot(id="s1", start=TEN, minutes=0)),
        ("no name", taken(identifier=None), Slot(id="2026-11-21T10:00+0000", start=TEN, minutes=15)),
    ],
)
def test_times(label, data, slot):
    assert shown(parse(interactiveData=data)) == (CardAnswer(card_id="R-1", slot=slot), "", "")


def form(*selections, **more):
    return interactive({"dynamic": {"template": "messageForms", "selections": list(selections), **more}})


def page(name, title, *items):
    return {"pageIdentifier": name, "title": title, "items": list(items)}


@pytest.mark.parametrize(
    ("label", "data", "values", "text"),
    [
        (
            "an option and words",
            interactive({"dynamic": FORM}),
            {"topic": ("b",), "mail": ("ana@example.org",)},
            "Topic: Billing\nE-mail: ana@example.org",
        ),
        (
            "several options",
            form(page("t", "Topics", {"title": "A", "value": "a"}, {"title": "B", "value": "b"})),
            {"t": ("a", "b")},
            "Topics: A, B",
        ),
        (
            "a day",
            form(page("d", "Day", {"value": "11/23/2026", "type": "datePicker"})),
            {"d": ("2026-11-23",)},
            "Day: 2026-11-23",
        ),
        (
            "what only looks like a day",
            form(page("n", "Number", {"value": "11/23/2026", "type": "input"})),
            {"n": ("11/23/2026",)},
            "Number: 11/23/2026",
        ),
        (
            "a question left out",
            form(page("a", "A", {"value": "x"}), page("b", "B"), page("c", "C", {"value": ""})),
            {"a": ("x",)},
            "A: x",
        ),
        ("only a title", form(page("a", "A", {"title": "x"})), {"a": ("x",)}, "A: x"),
    ],
)
def test_forms(label, data, values, text):
    assert shown(parse(interactiveData=data)) == (CardAnswer(card_id="R-1", values=values), text, "")


ACCEPTED = {"displayContent": {"determinateResponse": {"title": "Yes, please", "subtitle": "Order 7"}}}


@pytest.mark.parametrize(
    ("label", "data", "text", "unsupported"),
    [
        (
            "a time that cannot be read",
            interactive({"event": {"title": "Visit", "timeslots": [{"startTime": "at noon"}]}}),
            "Visit\nat noon",
            "time_picker",
        ),
        (
            "a time at the end of the calendar",
            interactive({"event": {"timeslots": [{"startTime": "9999-12-31T23:59+0000"}]}}),
            "9999-12-31T23:59+0000",
            "time_picker",
        ),
        (
            "no time",
            interactive({"event": {"timeslots": []}}, replyMessage={"title": "None"}),
            "None",
            "time_picker",
        ),
        (
            "form without answers",
            interactive({"dynamic": {"selections": [{"title": "Topic"}]}}, replyMessage={"title": "Done"}),
            "Done",
            "form",
        ),
        ("private form", interactive({"dynamic": {**FORM, "private": True}}), "", "private_form"),
        (
            "private form with a summary",
            interactive({"dynamic": {**FORM, "private": True}}, replyMessage={"title": "ana@example.org"}),
            "",
            "private_form",
        ),
        ("payment", interactive({"payment": {"x": 1}}, replyMessage={"title": "Paid"}), "Paid", "payment"),
        ("payment without words", interactive({"payment": {}}), "", "payment"),
        (
            "authentication keeps its token to itself",
            interactive({"authenticate": {"status": "authenticated", "token": "s3cret"}}),
            "authenticated",
            "authentication",
        ),
        ("invitation", interactive({"notification": ACCEPTED}), "Yes, please\nOrder 7", "invitation"),
        (
            "unknown",
            interactive({"dance": {}}, replyMessage={"title": "Tango", "subtitle": "now"}),
            "Tango\nnow",
            "interactive",
        ),
        (
            "summary in the data",
            interactive({"dance": {}, "replyMessage": {"title": "Tango"}}),
            "Tango",
            "interactive",
        ),
        (
            "somebody's app",
            {"bid": "com.example:app", "URL": "?a=1", "replyMessage": {"title": "Move"}},
            "Move",
            "imessage_app",
        ),
        ("nothing at all", {}, "", "interactive"),
        ("not an object", "x", "", "interactive"),
    ],
)
def test_kinds_that_are_only_read(label, data, text, unsupported):
    assert shown(parse(interactiveData=data)) == (None, text, unsupported)


def test_the_same_answer_under_another_id_is_a_twin():
    data = quick(selectedIdentifier="y")
    first = parse(interactiveData=data)
    second = PLATFORM.parse(request(envelope("interactive", interactiveData=data) | {"id": "other"}), CREDS)[
        0
    ]
    assert first.twin_seconds == 10
    assert second == replace(first, ref="other")


@pytest.mark.parametrize(
    ("label", "changes"),
    [
        ("another choice", {"interactiveData": quick(selectedIdentifier="n")}),
        (
            "another session",
            {"interactiveData": quick(selectedIdentifier="y") | {"sessionIdentifier": "S-2"}},
        ),
        (
            "another question",
            {
                "interactiveData": interactive(
                    {"requestIdentifier": "R-2", "quick-reply": {"items": ITEMS, "selectedIdentifier": "y"}}
                )
            },
        ),
        ("another customer", {"interactiveData": quick(selectedIdentifier="y"), "sourceId": "urn:mbid:B"}),
    ],
)
def test_what_is_no_twin(label, changes):
    first, other = parse(interactiveData=quick(selectedIdentifier="y")), parse(**changes)
    assert first.twin_key and other.twin_key
    assert first.twin_key != other.twin_key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (taken(), taken(identifier="s2")),
        (form(page("a", "A", {"value": "x"})), form(page("a", "A", {"value": "y"}))),
    ],
)
def test_other_times_and_forms_are_no_twins(first, second):
    assert parse(interactiveData=first).twin_key != parse(interactiveData=second).twin_key


def test_without_session_and_request_there_is_no_twin_key():
    assert parse(interactiveData={"data": {"quick-reply": {"selectedIdentifier": "y"}}}).twin_key == ""
    assert parse(body="Hi").twin_key == ""


REFERENCE = attachment(name=None, mimeType=None, bid=BID, title="Your plan", size="2048")


def test_answer_by_reference_is_pending_and_not_blank():
    event = parse(interactiveDataRef=REFERENCE)
    assert shown(event) == (None, "Your plan", "interactive")
    assert event.pending == {
        "url": "https://p54-content.icloud.com/M1",
        "owner": "M1.C01USN00",
        "signature": base64.b64encode(bytes.fromhex("01" + "ab" * 20)).decode(),
        "key": KEY.hex(),
        "size": 2048,
        "bid": BID,
    }


def test_form_with_both_is_read_at_once():
    event = parse(interactiveDataRef=REFERENCE, interactiveData=interactive({"dynamic": FORM}))
    assert event.pending is None
    values = {"topic": ("b",), "mail": ("ana@example.org",)}
    text = "Topic: Billing\nE-mail: ana@example.org"
    assert shown(event) == (CardAnswer(card_id="R-1", values=values), text, "")


def test_reference_beside_an_empty_answer_is_pending():
    event = parse(interactiveDataRef=REFERENCE, interactiveData={"bid": BID})
    assert event.pending is not None


def test_reference_that_cannot_be_fetched_is_unsupported():
    event = parse(interactiveDataRef={"bid": BID, "title": "Your plan"})
    assert event.pending is None
    assert shown(event) == (None, "", "interactive")
