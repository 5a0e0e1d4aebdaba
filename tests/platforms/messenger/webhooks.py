"""Webhooks as Meta's documentation shows them, and the account they are for."""

from __future__ import annotations

import json
from typing import Any

from apps.platforms.base import Inbound
from tests.platforms.samples import SAMPLES

CREDS = dict(SAMPLES["messenger"].creds)
PAGE, PERSON, OTHER_PAGE = CREDS["page_id"], "7391027384", "999000111"
STAMP = 1760000000000  # 2025-10-09 08:53:20 UTC


def item(**event: Any) -> dict[str, Any]:
    return {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": STAMP, **event}


def echo(**message: Any) -> dict[str, Any]:
    said = {"mid": "m_echo", "is_echo": True, **message}
    return {"sender": {"id": PAGE}, "recipient": {"id": PERSON}, "timestamp": STAMP, "message": said}


def message(**fields: Any) -> dict[str, Any]:
    return item(message={"mid": "m_1", **fields})


def attachment(kind: str, **payload: Any) -> dict[str, Any]:
    return message(attachments=[{"type": kind, "payload": payload}])


def body(*items: dict[str, Any], page: str = PAGE, key: str = "messaging") -> dict[str, Any]:
    entry = {"id": page, "time": STAMP, key: list(items)}
    return {"object": "page", "entry": [entry]}


def request(data: Any) -> Inbound:
    return Inbound(method="POST", path="/hooks/x/k/", query={}, headers={}, body=json.dumps(data).encode())
