"""One webhook with something in it that cannot be read: the rest counts, and it says what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from apps.platforms import registry
from apps.platforms.base import Inbound, Malformed
from apps.platforms.events import Event, MessageReceived, Unreadable
from tests.platforms.line import payloads as line
from tests.platforms.messenger import webhooks as meta
from tests.platforms.samples import SAMPLES
from tests.platforms.whatsapp import payloads as whatsapp

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`around` are a body with room for items; the first and last of them are whole."""

    slug: str
    first: Json
    broken: Any
    last: Json
    missing: str
    creds: Mapping[str, str]

    def body(self, *items: Any) -> Json:
        return BODIES[self.slug](*items)

    def parsed(self, *items: Any) -> list[Event]:
        raw = json.dumps(self.body(*items)).encode()
        request = Inbound(method="POST", path="/", query={}, headers={}, body=raw)
        return list(registry.get(self.slug).parse(request, self.creds))


BODIES = {
    "messenger": meta.body,
    "instagram": lambda *items: {**meta.body(*items), "object": "instagram"},
    "line": lambda *items: json.loads(line.body(*items)),
    "whatsapp": lambda *items: whatsapp.change(whatsapp.value(*items, contacts=None)),
}


def without(item: Json, name: str) -> Json:
    return {key: value for key, value in item.items() if key != name}


def of_meta(slug: str) -> list[Case]:
    creds = {**SAMPLES[slug].creds, "page_id": meta.PAGE, "account_id": meta.PAGE}
    one, two = (meta.item(message={"mid": f"m_{n}", "text": "x"}) for n in (1, 2))
    broken = {
        "no sender": ({**one, "sender": {}}, "nobody is named"),
        "a sender without an id": ({**one, "sender": {"user_ref": "u"}}, "nobody is named"),
        "a sender of another kind": ({**one, "sender": 7}, "AttributeError"),
        "no time": ({**one, "timestamp": "soon"}, "ValueError"),
        "no object": ("x", "AttributeError"),
        "receipt of nothing": (meta.item(read={}), "no 'watermark'"),
    }
    return [Case(slug, one, item, two, missing, creds) for item, missing in broken.values()]


def of_whatsapp() -> list[Case]:
    one, two = (whatsapp.message("text", {"body": "x"}, id=f"m_{n}") for n in (1, 2))
    nobody = without(without(one, "from"), "from_user_id")
    broken = {
        "no sender": (nobody, "no 'from'"),
        "no time": ({**one, "timestamp": "soon"}, "ValueError"),
        "no id": (without(one, "id"), "no 'id'"),
        "no object": (7, "AttributeError"),
    }
    return [Case("whatsapp", one, item, two, missing, whatsapp.CREDS) for item, missing in broken.values()]


def of_line() -> list[Case]:
    one, two = (line.event("message", message={"type": "text", "id": f"m_{n}", "text": "x"}) for n in (1, 2))
    broken = {
        "no time": (without(one, "timestamp"), "no 'timestamp'"),
        "a time of another kind": ({**one, "timestamp": "soon"}, "TypeError"),
    }
    return [Case("line", one, item, two, missing, line.CREDS) for item, missing in broken.values()]


CASES = [*of_meta("messenger"), *of_meta("instagram"), *of_whatsapp(), *of_line()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.slug}: {case.missing}")
def test_the_rest_counts(case: Case) -> None:
    first, broken, last = case.parsed(case.first, case.broken, case.last)
    assert isinstance(first, MessageReceived) and isinstance(last, MessageReceived)
    assert (first.ref, last.ref) == ("m_1", "m_2")
    assert isinstance(broken, Unreadable) and broken.words == case.missing


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.slug}: {case.missing}")
def test_alone_it_is_no_webhook(case: Case) -> None:
    with pytest.raises(Malformed, match=case.missing):
        case.parsed(case.broken)


def test_whatever_else_of_whatsapps_is_broken_stands_alone() -> None:
    """Statuses, calls, preferences, echoes and errors; changes and entries."""
    good = whatsapp.change(whatsapp.value(whatsapp.message("text", {"body": "x"})))
    fields = {
        "messages": {"statuses": [5, whatsapp.status("read")]},
        "calls": {"calls": [{"event": "connect"}]},
        "user_preferences": {"user_preferences": [5]},
        "smb_message_echoes": {"message_echoes": [{"to": "1"}]},
        "message_template_status_update": {"event": "APPROVED"},
    }
    changes = [{"field": field, "value": {**whatsapp.value(), **more}} for field, more in fields.items()]
    changes += [{"field": "messages", "value": whatsapp.value(errors=[5])}, {"field": "messages"}, 5]
    entry = {"id": whatsapp.WABA, "changes": changes}
    found = whatsapp.parsed({**good, "entry": [5, entry, {"changes": 5}, {"time": "x"}, *good["entry"]]})
    assert [type(event).__name__ for event in found].count("Unreadable") == 11
    assert [event.ref for event in found if not isinstance(event, Unreadable)] == [
        "wamid.OUT:read",
        "wamid.A",
    ]


def test_a_share_holds_nothing_that_cannot_be_read() -> None:
    """It may be another business's; what names no number is for everybody."""
    ours, theirs = (
        {"metadata": {"display_phone_number": number, "phone_number_id": "1"}} for number in ("331", "332")
    )
    changes = [{"value": ours}, {"value": theirs}, {"value": 5}, 5, {"value": {"metadata": 5}}, {"value": {}}]
    body = {"object": "whatsapp_business_account", "entry": [5, {"changes": changes}, {"changes": 5}]}
    request, platform = whatsapp.request(body), registry.get("whatsapp")
    assert list(platform.recipients(request)) == ["331", "332"]
    kept = json.loads(platform.share_of(request, "331"))["entry"]
    assert kept == [{"changes": [{"value": ours}, {"value": {}}]}]


def test_entries_of_metas_stand_alone() -> None:
    creds = {**meta.CREDS, "comments": "1"}
    comment = {"field": "feed", "value": {"item": "comment"}}
    entry = {"id": meta.PAGE, "time": meta.STAMP, "changes": [5, comment]}
    good = meta.body(meta.message(text="x"))["entry"]
    data = {
        "object": "page",
        "entry": [5, {"messaging": []}, entry, *good, {"id": meta.PAGE, "messaging": 5}],
    }
    found = list(registry.get("messenger").parse(meta.request(data), creds))
    assert [event.ref for event in found if not isinstance(event, Unreadable)] == ["m_1"]
    words = [event.words for event in found if isinstance(event, Unreadable)]
    assert words == ["TypeError", "no 'id'", "TypeError", "AttributeError", "no 'comment_id'"]
