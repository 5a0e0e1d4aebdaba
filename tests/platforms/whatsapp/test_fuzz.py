"""Whatever comes, `parse` answers with events that a database can hold, or with Malformed."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from apps.platforms.base import Malformed
from apps.platforms.whatsapp.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable

from .payloads import CREDS, change, message, request, status, value
from .test_messages import AD, ITEMS, OTHERS, SAID

SEEDS = [
    *[change(value(sent)) for sent, _ in SAID.values()],
    change(value(message("text", {"body": "Hi [#a/b]"}, referral=AD, context={"id": "x"}))),
    change(value(message("order", {"product_items": ITEMS}), message("contacts", OTHERS))),
    change(value(message("reaction", {"message_id": "x", "emoji": "y"}))),
    change(value(message("system", {"type": "user_changed_number", "wa_id": "1"}))),
    change(value(message("edit", {"original_message_id": "x", "message": {"type": "text", "text": {}}}))),
    change(value(statuses=[status("sent", pricing={"a": 1}, errors=[{"code": 1}])])),
    change(value(errors=[{"code": 1, "title": "x"}]), time=1_790_000_000),
    change(value(message_echoes=[message("text", {"body": "Hi"}, to="49")]), "smb_message_echoes"),
    change(value(calls=[{"id": "1", "from": "49", "event": "connect"}]), "calls"),
    change(
        value(user_preferences=[{"wa_id": "49", "category": "marketing_messages", "value": "stop"}]),
        "user_preferences",
    ),
    change({"event": "APPROVED", "message_template_name": "x"}, "message_template_status_update"),
    change({"event": "DISABLED_UPDATE", "x": {"y": "z"}}, "account_update"),
]


@settings(max_examples=200)
@given(payload=mutated(SEEDS, "text", "interactive", "system", "DE.1"))
def test_a_mutated_webhook_is_understood_or_malformed(payload: Any) -> None:
    made = request(payload)
    assert all(isinstance(number, str) for number in PLATFORM.recipients(made))
    try:
        events = PLATFORM.parse(made, CREDS)
    except Malformed:
        return
    for event in events:
        storable(event)
