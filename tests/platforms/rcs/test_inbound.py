"""What Google's requests mean; who may make them; and the challenge."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from apps.platforms.base import BadSignature, Inbound, Malformed
from apps.platforms.cards import Slot
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    DeliveryUpdated,
    Event,
    MediaKind,
    MessageReceived,
    Place,
    TypingChanged,
)
from apps.platforms.rcs.adapter import PLATFORM
from apps.platforms.shared import choices
from tests.platforms.mutations import mutated, storable

from .envelopes import AGENT, AT, CUSTOMER, OURS, challenge, creds, event, message, request

CARD = "6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c"
SENT_AT = datetime(2026, 11, 22, 3, 0, 0, 123456, UTC)


def parsed(data: dict[str, Any]) -> list[Event]:
    asked = request(data)
    PLATFORM.verify(asked, creds())
    return list(PLATFORM.parse(asked, creds()))


def said(**content: Any) -> MessageReceived:
    (found,) = parsed(message(**content))
    assert isinstance(found, MessageReceived)
    assert (found.to, found.address, found.ref, found.at) == (AGENT, CUSTOMER, "Mx1", SENT_AT)
    return found


def test_words_and_their_tag() -> None:
    assert said(text="Bonjour").text == "Bonjour"
    tagged = said(text="Bonjour [#adsl/box]")
    assert (tagged.text, tagged.tag, tagged.group) == ("Bonjour", "adsl", "box")
    assert said(text=" ").unsupported == "empty"


FILES = {
    "picture": ("image/jpeg", MediaKind.IMAGE),
    "film": ("video/mp4", MediaKind.VIDEO),
    "sound": ("audio/aac", MediaKind.AUDIO),
    "contact": ("text/vcard", MediaKind.FILE),
}


@pytest.mark.parametrize(("mime", "kind"), FILES.values(), ids=FILES.keys())
def test_files(mime: str, kind: MediaKind) -> None:
    payload = {"mimeType": mime, "fileSizeBytes": 42, "fileName": "a", "fileUri": "https://rcs.example/a"}
    thumbnail = {**payload, "fileUri": "https://rcs.example/small"}
    (media,) = said(userFile={"payload": payload, "thumbnail": thumbnail}).media
    assert (media.kind, media.mime, media.name, media.size) == (kind, mime, "a", 42)
    assert media.locator == {"url": "https://rcs.example/a"}


def test_places_and_the_future() -> None:
    place = said(location={"latitude": 48.85, "longitude": 2.29}).place
    assert place == Place(latitude=48.85, longitude=2.29)
    assert said(hologram={}).unsupported == "hologram"


BROKEN = [{"userFile": {}}, {"userFile": 5}, {"location": 7}, {"suggestionResponse": "x"}]


@pytest.mark.parametrize("content", BROKEN)
def test_what_cannot_be_read_is_shown_as_such(content: dict[str, Any]) -> None:
    assert said(**content).unsupported == next(iter(content))


ZERO = {
    "on the equator": ({"longitude": 9.5}, Place(latitude=0.0, longitude=9.5)),
    "in Greenwich": ({"latitude": 51.5}, Place(latitude=51.5, longitude=0.0)),
    "nowhere": ({}, None),
    "beyond the pole": ({"latitude": 91, "longitude": 0}, None),
    "no number": ({"latitude": "NaN", "longitude": 0}, None),
}


@pytest.mark.parametrize(("location", "place"), ZERO.values(), ids=ZERO.keys())
def test_googles_json_leaves_zero_out(location: dict[str, Any], place: Place | None) -> None:
    found = said(location=location)
    assert (found.place, found.unsupported) == (place, "" if place else "location")


def test_taps() -> None:
    tapped = {"postbackData": choices.payload(CARD, "y"), "text": "Oui", "type": "REPLY"}
    answer = said(suggestionResponse=tapped).answer
    assert answer is not None and (answer.card_id, answer.selected[0].id) == (CARD, "y")
    slot = Slot(id="s", start=SENT_AT.replace(microsecond=0), minutes=30)
    timed = said(suggestionResponse={"postbackData": choices.slot_payload(CARD, slot), "text": "10:00"})
    assert timed.answer is not None and timed.answer.slot == slot
    other = said(suggestionResponse={"postbackData": "set_by_others", "text": "Menu", "type": "ACTION"})
    assert (other.answer, other.text) == (None, "Menu")
    assert said(suggestionResponse={"postbackData": "x"}).text == "x"


def test_stop_and_start() -> None:
    words, left = parsed(message(text="Stop"))
    assert isinstance(words, MessageReceived) and isinstance(left, ContactLeft)
    assert (left.reason, left.ref) == ("opted_out", "Mx1:stop")
    back, words = parsed(message(text="START"))
    assert isinstance(back, ContactReturned) and isinstance(words, MessageReceived)
    tapped = {"postbackData": "x", "text": "Stop"}
    assert len(parsed(message(suggestionResponse=tapped))) == 1


def test_ticks_in_any_order_name_our_own_message() -> None:
    for kind, state in [("READ", "read"), ("DELIVERED", "delivered")]:
        (update,) = parsed(event(kind))
        assert isinstance(update, DeliveryUpdated)
        assert (update.state, update.target, update.delivery_id, update.ref) == (state, OURS, OURS, "Ev1")


def test_what_was_taken_back_may_go_as_sms() -> None:
    data = {"phoneNumber": CUSTOMER, "messageId": OURS, "agentId": AGENT, "eventId": "Ev1", "sendTime": AT}
    (update,) = parsed({**data, "eventType": "TTL_EXPIRATION_REVOKED"})
    assert isinstance(update, DeliveryUpdated)
    assert (update.state, update.code, update.address) == ("failed", "TTL_EXPIRATION_REVOKED", CUSTOMER)
    assert update.out_of_reach
    assert parsed({**data, "eventType": "TTL_EXPIRATION_REVOKE_FAILED"}) == []


def test_other_events() -> None:
    assert [type(e) for e in parsed(event("IS_TYPING"))] == [TypingChanged]
    assert [type(e) for e in parsed(event("UNSUBSCRIBE"))] == [ContactLeft]
    assert [type(e) for e in parsed(event("SUBSCRIBE"))] == [ContactReturned]
    assert parsed(event("SOMETHING_NEW")) == []


def test_keys() -> None:
    found = [message(text="a"), event("READ"), event("READ", eventId="Ev2")]
    assert [PLATFORM.dedup_key(request(each)) for each in found] == ["Mx1", "Ev1", "Ev2"]


def test_a_time_that_is_none_is_the_present() -> None:
    for odd in ("yesterday", 5, None, "2026-11-22T03:00:00"):
        (found,) = parsed(message(text="x", sendTime=odd))
        assert datetime.now(UTC) - found.at < timedelta(minutes=5)


# Who may ----------------------------------------------------------------------------------------------

GOOD = request(message(text="Bonjour"))


def over_the_body(asked: Inbound) -> Inbound:
    digest = hmac.new(b"the-client-token", asked.body, hashlib.sha512).digest()
    return replace(asked, headers={"x-goog-signature": b64encode(digest).decode()})


NO: dict[str, Inbound] = {
    "over the envelope": over_the_body(GOOD),
    "another token": request(message(text="x"), token="other"),
    "no signature": replace(GOOD, headers={}),
    "another message": replace(GOOD, body=request(message(text="y")).body),
    "no envelope": replace(GOOD, body=b"{}"),
    "no Base64": replace(GOOD, body=b'{"message": {"data": "%%"}}'),
}


@pytest.mark.parametrize("asked", NO.values(), ids=NO.keys())
def test_what_is_refused(asked: Inbound) -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(asked, creds())


def test_without_a_token_nobody_is_believed() -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(request(message(text="x"), token=""), {**creds(), "client_token": ""})


def test_the_challenge_is_answered_with_its_plain_secret() -> None:
    answer = PLATFORM.answer(challenge(), creds())
    assert answer is not None
    assert (answer.body, answer.status, answer.content_type) == ("one-time", 200, "text/plain")


ODD = [challenge("other"), challenge(secret=5), challenge(secret=""), challenge(secret="x" * 1001), GOOD]


@pytest.mark.parametrize("asked", ODD)
def test_what_is_no_challenge_of_ours(asked: Inbound) -> None:
    assert PLATFORM.answer(asked, creds()) is None
    assert PLATFORM.answer(challenge(""), {}) is None


@pytest.mark.parametrize("data", [[], 5, {}, {"messageId": "x"}, {"senderPhoneNumber": CUSTOMER}])
def test_what_is_no_event(data: Any) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(data), creds())


SEEDS = [
    message(text="Bonjour"),
    message(userFile={"payload": {"mimeType": "image/png", "fileUri": "https://a", "fileSizeBytes": 1}}),
    message(location={"latitude": 1, "longitude": 2}),
    message(suggestionResponse={"postbackData": "u", "text": "x", "type": "REPLY"}),
    event("READ"),
]


@given(data=mutated(SEEDS, "STOP", "READ"))
def test_anything_is_understood_or_malformed(data: Any) -> None:
    try:
        found = PLATFORM.parse(request(data), creds())
    except Malformed:
        return
    for each in found:
        storable(each)
