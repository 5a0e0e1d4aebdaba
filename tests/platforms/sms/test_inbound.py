"""What Twilio's requests mean, one row for each; and that nothing odd gets through."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given

from apps.platforms.base import Malformed
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    DeliveryUpdated,
    Event,
    MediaKind,
    MessageReceived,
    Place,
)
from apps.platforms.sms.adapter import PLATFORM
from apps.platforms.sms.errors import LATER
from tests.platforms.mutations import mutated, storable

from .requests import CREDS, CUSTOMER, NUMBER, PATH, RECEIVED, SID, STATUS, request

OURS = "01970000-0000-7000-8000-000000000001"
LONG = "Bonjour, ma box ne répond plus depuis ce matin et le voyant clignote en orange."


def parsed(fields: dict[str, Any], *, path: str = PATH) -> list[Event]:
    asked = request(fields, path=path)
    PLATFORM.verify(asked, CREDS)
    return list(PLATFORM.parse(asked, CREDS))


def said(**fields: str) -> MessageReceived:
    (event,) = parsed({**RECEIVED, **fields})
    assert isinstance(event, MessageReceived)
    assert (event.to, event.address, event.ref) == (NUMBER, CUSTOMER, SID)
    return event


TEXTS = {
    "words": ({"Body": "Bonjour"}, ("Bonjour", "", "")),
    "with a tag": ({"Body": "Bonjour [#adsl]"}, ("Bonjour", "adsl", "")),
    "with a group": ({"Body": "Bonjour [#adsl/box]"}, ("Bonjour", "adsl", "box")),
    "in Base64": ({"Body": base64.b64encode(LONG.encode()).decode(), "NumSegments": "2"}, (LONG, "", "")),
    "looks like Base64": ({"Body": "A" * 64}, ("A" * 64, "", "")),
    "Base64 of bytes": ({"Body": base64.b64encode(b"\xff\x00 " * 20).decode()}, None),
    "short Base64": ({"Body": "Qm9uam91cg=="}, ("Qm9uam91cg==", "", "")),
    "stop in a sentence": ({"Body": "Please stop"}, ("Please stop", "", "")),
    "help": ({"Body": "HELP", "OptOutType": "HELP"}, ("HELP", "", "")),
}


@pytest.mark.parametrize(("fields", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_words(fields: dict[str, str], expected: tuple[str, str, str] | None) -> None:
    event = said(**fields)
    assert (event.text, event.tag, event.group) == (expected or (fields["Body"], "", ""))
    assert event.unsupported == ""


FILES = {
    "picture": ("image/jpeg", MediaKind.IMAGE, "mms-1.jpeg"),
    "film": ("video/3gpp", MediaKind.VIDEO, "mms-1.3gpp"),
    "sound": ("audio/amr", MediaKind.AUDIO, "mms-1.amr"),
    "contact": ("text/x-vcard", MediaKind.FILE, "mms-1.vcf"),
    "nothing said": ("", MediaKind.FILE, "mms-1"),
}


@pytest.mark.parametrize(("mime", "kind", "name"), FILES.values(), ids=FILES.keys())
def test_files_without_words(mime: str, kind: MediaKind, name: str) -> None:
    fields = {name: value for name, value in RECEIVED.items() if name != "Body"}
    url = "https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME"
    (event,) = parsed({**fields, "NumMedia": "1", "MediaUrl0": url, "MediaContentType0": mime})
    assert isinstance(event, MessageReceived)
    (media,) = event.media
    assert (media.kind, media.mime, media.name, media.locator) == (kind, mime, name, {"url": url})
    assert (event.text, event.unsupported) == ("", "")


def test_several_files_and_a_number_that_lies() -> None:
    urls = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(3)}
    assert len(said(NumMedia="3", **urls).media) == 3
    assert len(said(NumMedia="999", **urls).media) == 3
    assert said(NumMedia="-1", **urls).media == said(NumMedia="x", **urls).media == ()


def test_a_place_and_an_answer() -> None:
    place = {"Latitude": "48.85", "Longitude": "2.29", "Label": "Tour", "Address": "Paris"}
    event = said(Body="", OriginalRepliedMessageSid="SM2", **place)
    assert event.place == Place(latitude=48.85, longitude=2.29, title="Tour", address="Paris")
    assert event.reply_to == "SM2"
    assert said(Latitude="x", Longitude="2").place is None


def test_nothing_is_shown_as_nothing() -> None:
    assert said(Body=" ").unsupported == "empty"


WORDS = {
    "left": ["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "CANCEL"],
    "back": ["START", "YES", "UNSTOP"],
}
OPTING = {
    **{word: (word, {}, [what]) for what, words in WORDS.items() for word in words},
    "in small letters": (" unsubscribe\n", {}, ["left"]),
    "as Twilio says": ("arrêtez", {"OptOutType": "STOP"}, ["left"]),
    "START": ("Start", {}, ["back"]),
    "a business's own word": ("oui", {"OptOutType": "START"}, ["back"]),
    "Twilio says it is help": ("STOP", {"OptOutType": "HELP"}, []),
}


@pytest.mark.parametrize(("body", "more", "expected"), OPTING.values(), ids=OPTING.keys())
def test_opting_out_and_in(body: str, more: dict[str, str], expected: list[str]) -> None:
    events = parsed({**RECEIVED, "Body": body, **more})
    names = {ContactLeft: "left", ContactReturned: "back"}
    assert [names[type(event)] for event in events if type(event) in names] == expected
    assert [e.text for e in events if isinstance(e, MessageReceived)] == [body]
    assert len({event.ref for event in events}) == len(events)
    assert {event.reason for event in events if isinstance(event, ContactLeft)} <= {"opted_out"}


STATES = {
    "accepted": ("sent", ""),
    "scheduled": ("sent", ""),
    "partially_delivered": ("sent", ""),
    "queued": ("sent", ""),
    "sending": ("sent", ""),
    "sent": ("sent", ""),
    "delivered": ("delivered", ""),
    "read": ("read", ""),
    "undelivered": ("failed", "undelivered"),
    "failed": ("failed", "failed"),
    "canceled": ("failed", "canceled"),
}


@pytest.mark.parametrize(("status", "expected"), STATES.items(), ids=STATES.keys())
def test_statuses(status: str, expected: tuple[str, str]) -> None:
    (event,) = parsed({**STATUS, "MessageStatus": status}, path=f"{PATH}{OURS}")
    assert isinstance(event, DeliveryUpdated)
    assert (event.state, event.code) == expected
    assert (event.to, event.address, event.target, event.delivery_id) == (NUMBER, CUSTOMER, SID, OURS)


def test_a_status_of_the_future_is_no_event() -> None:
    assert parsed({**STATUS, "MessageStatus": "teleported"}) == []


@pytest.mark.parametrize("code", sorted(LATER))
def test_a_failure_without_words_gets_ours(code: str) -> None:
    event = parsed({**STATUS, "MessageStatus": "undelivered", "ErrorCode": code})[0]
    assert isinstance(event, DeliveryUpdated)
    assert (event.state, event.code, event.words) == ("failed", code, LATER[code])


def test_a_failure_is_explained() -> None:
    fields = {**STATUS, "MessageStatus": "undelivered", "ErrorCode": "30003"}
    (event,) = parsed(fields)
    assert isinstance(event, DeliveryUpdated)
    assert (event.code, event.words) == ("30003", "the phone could not be reached")
    (told,) = parsed({**fields, "ErrorMessage": "Unreachable"})
    assert isinstance(told, DeliveryUpdated) and told.words == "Unreachable"


def test_a_refusal_for_opting_out_is_a_leaving() -> None:
    failed, left = parsed({**STATUS, "MessageStatus": "failed", "ErrorCode": "21610"})
    assert isinstance(failed, DeliveryUpdated) and isinstance(left, ContactLeft)
    assert (left.address, left.reason) == (CUSTOMER, "opted_out")


def test_the_same_request_has_the_same_key() -> None:
    again = [PLATFORM.dedup_key(request(RECEIVED)) for _ in range(2)]
    states = [PLATFORM.dedup_key(request({**STATUS, "MessageStatus": state})) for state in STATES]
    assert again == [SID, SID]
    assert len(set(states)) == len(STATES) and SID not in states


@pytest.mark.parametrize("fields", [{}, {"From": CUSTOMER}, {"MessageSid": SID}, {"MessageStatus": "sent"}])
def test_what_is_no_message(fields: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(fields), CREDS)


def test_the_answer_says_nothing_to_the_customer() -> None:
    taken = PLATFORM.taken(request(RECEIVED), CREDS)
    assert (taken.body, taken.content_type) == ("<Response/>", "text/xml")


SEEDS = [RECEIVED, STATUS, {**RECEIVED, "NumMedia": "2", "MediaUrl0": "https://a.example", "Latitude": "1"}]


@given(fields=mutated(SEEDS, "STOP", "START"))
def test_anything_is_understood_or_malformed(fields: dict[str, Any]) -> None:
    words = {name: str(value).encode("utf-8", "replace").decode() for name, value in fields.items()}
    try:
        events = PLATFORM.parse(request(words, signed="x"), CREDS)
    except Malformed:
        return
    assert [event for event in events if not event.ref] == []
    for event in events:
        storable(event)
