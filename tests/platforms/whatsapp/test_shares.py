"""One webhook for several numbers: each keeps its own share."""

from __future__ import annotations

import json
from typing import Any

from apps.platforms import registry
from apps.platforms.base import Inbound


def change(number: str, words: str) -> dict[str, Any]:
    metadata = {"display_phone_number": number, "phone_number_id": f"9{number}"}
    return {"field": "messages", "value": {"metadata": metadata, "messages": [{"text": {"body": words}}]}}


def test_a_share_holds_nothing_of_another_number() -> None:
    entries = [
        {"id": "w", "changes": [change("331", "ours"), change("332", "theirs")]},
        {"id": "v", "changes": [change("332", "theirs again")]},
    ]
    body = json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()
    request = Inbound(method="POST", path="/", query={}, headers={}, body=body)
    whatsapp = registry.get("whatsapp")
    assert list(whatsapp.recipients(request)) == ["331", "332"]
    assert json.loads(whatsapp.share_of(request, "331"))["entry"] == [
        {"id": "w", "changes": [change("331", "ours")]}
    ]
    assert b"ours" not in whatsapp.share_of(request, "332")
