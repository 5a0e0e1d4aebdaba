"""Statuses, everything around messages, and requests that are not for us."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.platforms.base import Answer, BadSignature, Inbound, Malformed
from apps.platforms.events import (
    ChannelTroubled,
    DeliveryState,
    DeliveryUpdated,
    Facts,
    MarketingChanged,
    MediaKind,
    MessageEchoed,
    MessageReceived,
    TemplateChanged,
    WindowOpened,
)
from apps.platforms.whatsapp.adapter import PLATFORM
from apps.platforms.windows import Opener

from .payloads import (
    AT,
    CREDS,
    METADATA,
    NUMBER,
    STAMP,
    USER_ID,
    WA_ID,
    change,
    message,
    parsed,
    request,
    status,
    value,
)

OURS = "0198f4a0-0000-7000-8000-000000000001"
PMP = {"billable": True, "pricing_model": "PMP", "category": "service", "type": "regular"}
CBP = {"billable": False, "pricing_model": "CBP", "category": "referral_conversion"}
LATE = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 hours"}, "href": "x"}

STATUSES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sent": (
        status("sent", pricing=PMP, biz_opaque_callback_data=OURS),
        {"state": DeliveryState.SENT, "price": PMP, "delivery_id": OURS},
    ),
    "sent by conversation": (
        status("sent", pricing=CBP, conversation={"id": "c", "origin": {"type": "service"}}),
        {"state": DeliveryState.SENT, "price": CBP},
    ),
    "price of tomorrow": (
        status("sent", pricing={"category": "general_purpose_ai", "tokens": 5}),
        {"state": DeliveryState.SENT, "price": {"category": "general_purpose_ai", "tokens": 5}},
    ),
    "delivered": (status("delivered"), {"state": DeliveryState.DELIVERED, "price": None}),
    "read": (status("read"), {"state": DeliveryState.READ}),
    "played": (status("played"), {"state": DeliveryState.READ}),
    "failed": (
        status("failed", errors=[LATE]),
        {"state": DeliveryState.FAILED, "code": "131047", "words": "Re-engagement message: 24 hours"},
    ),
    "failed without a word": (status("failed"), {"state": DeliveryState.FAILED, "code": "", "words": ""}),
}


@pytest.mark.parametrize(("sent", "fields"), STATUSES.values(), ids=STATUSES.keys())
def test_what_became_of_a_message(sent: dict[str, Any], fields: dict[str, Any]) -> None:
    (event,) = parsed(change(value(statuses=[sent], contacts=None)))
    assert isinstance(event, DeliveryUpdated)
    expected = {"to": NUMBER, "address": WA_ID, "at": AT, "target": "wamid.OUT", "delivery_id": "", **fields}
    assert {name: getattr(event, name) for name in expected} == expected
    assert event.ref == f"wamid.OUT:{sent['status']}"


@pytest.mark.parametrize(("code", "stops"), [(131042, True), (131031, True), (190, True), (131026, False)])
def test_what_fails_for_the_account_stops_the_channel(code: int, stops: bool) -> None:
    """An unpaid bill comes in no other way: the message had been accepted."""
    error = {"code": code, "title": "No", "error_data": {"details": "pay first"}}
    failed, *more = parsed(change(value(statuses=[status("failed", errors=[error])], contacts=None)))
    assert isinstance(failed, DeliveryUpdated) and failed.code == str(code)
    trouble = ChannelTroubled(
        to=NUMBER,
        address="",
        ref="wamid.OUT:failed:account",
        at=AT,
        stops=True,
        code=str(code),
        words="No: pay first",
    )
    assert more == ([trouble] if stops else [])


@pytest.mark.parametrize(("code", "stopped"), [(131050, True), (131049, False)])
def test_a_refused_offer_tells_that_the_customer_wants_none(code: int, stopped: bool) -> None:
    sent = status("failed", errors=[{"code": code, "title": "No"}])
    (event,) = parsed(change(value(statuses=[sent], contacts=None)))
    assert isinstance(event, DeliveryUpdated) and event.marketing_stopped is stopped


@pytest.mark.parametrize("code", [None, "131042", {}, 10**30])
def test_an_error_without_a_number_stops_nothing(code: Any) -> None:
    found = parsed(change(value(statuses=[status("failed", errors=[{"code": code}])], contacts=None)))
    assert [type(event) for event in found] == [DeliveryUpdated]


@pytest.mark.parametrize("more", [{"status": "deleted"}, {"status": "warning"}, {"recipient_type": "group"}])
def test_statuses_that_say_nothing(more: dict[str, Any]) -> None:
    assert parsed(change(value(statuses=[{**status("sent"), **more}]))) == []


def test_a_status_without_a_number() -> None:
    told = status("read", recipient_user_id=USER_ID)
    del told["recipient_id"]
    (event,) = parsed(change(value(statuses=[told], contacts=None)))
    assert event.address == USER_ID


# Around messages --------------------------------------------------------------------------------------


def test_errors_of_no_message_are_a_warning() -> None:
    error = {"code": 131000, "title": "Something went wrong", "message": "Something went wrong"}
    (event,) = parsed(change(value(errors=[error]), time=STAMP))
    assert event == ChannelTroubled(
        to=NUMBER,
        address="",
        ref=f"error:131000:{STAMP}",
        at=AT,
        stops=False,
        code="131000",
        words="Something went wrong",
    )


def test_an_interactive_message_without_its_content_beside_errors() -> None:
    (event,) = parsed(change(value(message("interactive"), errors=[{"code": 131000, "title": "x"}])))
    assert isinstance(event, MessageReceived) and event.unsupported == "interactive"


def test_what_the_owner_typed_is_an_echo() -> None:
    echo = {"from": NUMBER, "to": WA_ID, "id": "wamid.E", "timestamp": str(STAMP)}
    said = {**echo, "type": "text", "text": {"body": "Hello"}}
    shown = {**echo, "type": "image", "image": {"id": "M", "mime_type": "image/png"}}
    place = {**echo, "type": "location", "location": {"latitude": 1, "longitude": 2}}
    found = parsed(change(value(message_echoes=[said, shown, place]), "smb_message_echoes"))
    echoes = [event for event in found if isinstance(event, MessageEchoed)]
    assert [(e.address, e.text, e.unsupported, e.author) for e in echoes] == [
        (USER_ID, "Hello", "", "WhatsApp Business"),
        (USER_ID, "", "", "WhatsApp Business"),
        (USER_ID, "", "location", "WhatsApp Business"),
    ]
    assert echoes[1].media[0].kind is MediaKind.IMAGE


CALL = {"id": "wacid.1", "from": WA_ID, "to": NUMBER, "timestamp": str(STAMP), "event": "connect"}


@pytest.mark.parametrize(
    ("call", "opens"),
    [
        ({**CALL, "direction": "USER_INITIATED"}, True),
        ({**CALL, "direction": "BUSINESS_INITIATED"}, False),
        ({**CALL, "event": "terminate", "direction": "USER_INITIATED"}, False),
    ],
)
def test_a_call_opens_the_window(call: dict[str, Any], opens: bool) -> None:
    found = parsed(change(value(calls=[call]), "calls"))
    expected = WindowOpened(
        to=NUMBER, address=USER_ID, ref="wacid.1", at=AT, facts=found[0].facts, opener=Opener.CALL
    ) if opens else None  # fmt: skip
    assert found == ([expected] if opens else [])


def test_a_decision_about_a_template() -> None:
    told = {
        "event": "REJECTED",
        "message_template_id": 123,
        "message_template_name": "order_update",
        "message_template_language": "en_US",
        "reason": "INVALID_FORMAT",
    }
    (event,) = parsed(change(told, "message_template_status_update", time=STAMP))
    assert event == TemplateChanged(
        to=NUMBER,
        address="",
        ref=f"template:123:REJECTED:{STAMP}",
        at=AT,
        name="order_update",
        language="en_US",
        state="REJECTED",
        reason="INVALID_FORMAT",
    )
    (approved,) = parsed(
        change({**told, "event": "APPROVED", "reason": "NONE"}, "message_template_status_update")
    )
    assert isinstance(approved, TemplateChanged) and (approved.state, approved.reason) == ("APPROVED", "")


@pytest.mark.parametrize("field", ["template_category_update", "message_template_components_update"])
def test_a_template_that_is_another_now_is_asked_for_again(field: str) -> None:
    told = {"message_template_id": 123, "message_template_name": "promo", "message_template_language": "fr"}
    (event,) = parsed(change({**told, "new_category": "MARKETING"}, field, time=STAMP))
    assert event == TemplateChanged(
        to=NUMBER,
        address="",
        ref=f"template:123:changed:{STAMP}",
        at=AT,
        name="promo",
        language="fr",
        state="",
    )


def preference(**told: Any) -> dict[str, Any]:
    given = {"category": "marketing_messages", "value": "stop", "detail": "x", "timestamp": STAMP}
    return {**given, **told}


PREFERENCES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "stop": (value(user_preferences=[preference(wa_id=WA_ID, user_id=USER_ID)]), USER_ID, False),
    "resume": (value(user_preferences=[preference(wa_id=WA_ID, value="resume")]), USER_ID, True),
    "no number": (value(user_preferences=[preference(user_id=USER_ID)], contacts=None), USER_ID, False),
    "only a number": (value(user_preferences=[preference(wa_id=WA_ID)], contacts=None), WA_ID, False),
    "time in digits": (value(user_preferences=[preference(timestamp=str(STAMP))]), USER_ID, False),
}


@pytest.mark.parametrize(("told", "address", "wanted"), PREFERENCES.values(), ids=PREFERENCES)
def test_who_wants_marketing(told: dict[str, Any], address: str, wanted: bool) -> None:
    name = "Ana" if told["contacts"] else ""
    ref = f"marketing:{address}:{STAMP}"
    assert parsed(change(told, "user_preferences")) == [
        MarketingChanged(to=NUMBER, address=address, ref=ref, at=AT, facts=Facts(name=name), wanted=wanted)
    ]


TROUBLES = [
    ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}, True),
    ("account_update", {"event": "ACCOUNT_RESTRICTION"}, False),
    ("phone_number_quality_update", {"event": "FLAGGED", "current_limit": "TIER_1K"}, False),
]


@pytest.mark.parametrize(("field", "told", "stops"), TROUBLES)
def test_trouble_with_the_account(field: str, told: dict[str, Any], stops: bool) -> None:
    (event,) = parsed(change(told, field, time=STAMP))
    assert isinstance(event, ChannelTroubled)
    assert (event.stops, event.code, event.address) == (stops, told["event"], "")
    rest = [item for item in told.values() if item != told["event"]]
    assert all(json.dumps(item).strip('{}"').split('"')[-1] in event.words for item in rest)


QUIET = [
    ("account_update", {"event": "VERIFIED_ACCOUNT"}),
    ("phone_number_quality_update", {"event": "UNFLAGGED"}),
    ("business_capability_update", {"max_daily_conversation_per_phone": 1000}),
    ("security", {"event": "PIN_CHANGED"}),
    ("user_preferences", {"user_preferences": [{"value": "stop"}]}),
    ("user_preferences", value(user_preferences=[preference(category="calls")])),
    ("user_preferences", value(user_preferences=[preference(value="later")])),
    ("history", {"history": []}),
    ("group_lifecycle_update", {}),
    ("a_field_of_tomorrow", {"x": [1]}),
]


@pytest.mark.parametrize(("field", "told"), QUIET)
def test_what_no_customer_did_is_nothing(field: str, told: dict[str, Any]) -> None:
    assert parsed(change(told, field)) == []


# Whose ------------------------------------------------------------------------------------------------


def test_another_number_of_the_account_is_not_ours() -> None:
    other = {**METADATA, "phone_number_id": "999999"}
    assert parsed(change(value(message("text", {"body": "Hi"}), metadata=other))) == []


def test_another_product_is_not_ours() -> None:
    assert parsed({**change(value(message("text", {"body": "Hi"}))), "object": "page"}) == []


def test_recipients_are_numbers() -> None:
    two = change(value(message()))
    two["entry"] += change(value(metadata={"display_phone_number": "+1 555 1", "phone_number_id": "2"}))[
        "entry"
    ]
    assert list(PLATFORM.recipients(request(two))) == [NUMBER, "15551"]
    assert list(PLATFORM.recipients(request({"entry": [1]}))) == []


def test_the_signature_is_over_the_raw_bytes() -> None:
    made = request(change(value(message("text", {"body": "é"}))))
    PLATFORM.verify(made, CREDS)
    recoded = replace(made, body=json.dumps(json.loads(made.body), ensure_ascii=False).encode())
    sha1 = replace(made, headers={"x-hub-signature": "sha1=" + "0" * 40})
    for wrong in (recoded, sha1, replace(made, headers={})):
        with pytest.raises(BadSignature):
            PLATFORM.verify(wrong, CREDS)
    with pytest.raises(BadSignature):
        PLATFORM.verify(made, {**CREDS, "app_secret": "another"})


@pytest.mark.parametrize(("token", "known"), [("canary-verify", True), ("another", False)])
def test_the_handshake(token: str, known: bool) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    made = Inbound(method="GET", path="/", query=query, headers={}, body=b"")
    assert PLATFORM.answer(made, CREDS) == (Answer(body="1158201444") if known else None)


def test_a_repetition_has_the_same_key() -> None:
    one, two = request(change(value(message()))), request(change(value(message(id="wamid.B"))))
    assert PLATFORM.dedup_key(one) == PLATFORM.dedup_key(request(one.body)) != PLATFORM.dedup_key(two)


def test_a_message_without_a_sender_is_malformed() -> None:
    with pytest.raises(Malformed, match="from"):
        parsed(change(value({"id": "x", "type": "text", "text": {"body": "Hi"}}, contacts=None)))


def test_without_a_time_it_is_now() -> None:
    sent = message("text", {"body": "Hi"})
    del sent["timestamp"]
    (event,) = parsed(change(value(sent)))
    assert abs((datetime.now(UTC) - event.at).total_seconds()) < 60
