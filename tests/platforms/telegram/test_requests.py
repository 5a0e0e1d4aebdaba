"""Who may bring updates, and requests that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platforms.base import BadSignature, Malformed
from apps.platforms.telegram.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable
from tests.platforms.telegram.taps import CARD_MESSAGE, DATA, member, reaction, tap
from tests.platforms.telegram.updates import CHAT, CREDS, SECRET, file, message, request, update


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], f"{SECRET}x", SECRET.upper(), "é€"])
def test_a_request_without_our_secret_is_not_from_telegram(secret: str | None) -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(request({"update_id": 1}, secret), CREDS)


def test_a_channel_without_a_secret_trusts_nobody() -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(request({"update_id": 1}, ""), {**CREDS, "webhook_secret": ""})


def test_a_request_with_our_secret_is_from_telegram() -> None:
    PLATFORM.verify(request({"update_id": 1}), CREDS)


def test_a_repeated_update_has_the_same_key() -> None:
    assert PLATFORM.dedup_key(request(update("message", message(text="a"), 2**52 - 1))) == str(2**52 - 1)


MALFORMED = {
    "nothing": b"",
    "not JSON": b"update_id=1",
    "not UTF-8": b'{"update_id": 1, "message": "\xff"}',
    "no object": b"[]",
    "no id": b"{}",
    "id that is none": b'{"update_id": "1"}',
    "id that is a truth value": b'{"update_id": true}',
    "deep": b'{"update_id": 1, "message": ' + b"[" * 100_000,
    "NaN": b'{"update_id": 1, "message": NaN}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        PLATFORM.dedup_key(request(body))
    with pytest.raises(Malformed):
        PLATFORM.parse(request(body), CREDS)


WHOLE = {
    "message": message(text="x", photo=[file()], venue={"location": {}}, poll={"options": []}),
    "edited_message": message(text="x"),
    "callback_query": tap(message=CARD_MESSAGE, data=DATA),
    "my_chat_member": member("kicked"),
    "message_reaction": reaction({"type": "emoji", "emoji": "x"}),
    "business_message": message(text="x"),
    "deleted_business_messages": {"chat": CHAT, "message_ids": [5]},
}


@given(kind=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_no_value_anywhere_breaks_the_parser(kind: str, data: st.DataObject) -> None:
    payload = data.draw(mutated([WHOLE[kind]], "private", "1e999"))
    try:
        events = PLATFORM.parse(request(update(kind, payload)), CREDS)
    except Malformed:
        return
    for event in events:
        storable(event)
