"""Who has the thread, what Meta decides about a page, and what concerns nobody here."""

from __future__ import annotations

from typing import Any

import pytest

from apps.platforms.events import ChannelTroubled, Event, ThreadControlChanged
from apps.platforms.messenger.adapter import PLATFORM
from tests.platforms.messenger.happened import ABOUT, AT, ref, said
from tests.platforms.messenger.webhooks import CREDS, OTHER_PAGE, PAGE, STAMP, body, item, message, request

OURS, THEIRS = CREDS["app_id"], "888"
CONTROL: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "passed to us": (
        item(pass_thread_control={"previous_owner_app_id": THEIRS, "new_owner_app_id": OURS}),
        [ThreadControlChanged(**ABOUT, ref=ref("pass_thread_control"), ours=True)],
    ),
    "passed to another": (
        item(pass_thread_control={"previous_owner_app_id": OURS, "new_owner_app_id": THEIRS}),
        [ThreadControlChanged(**ABOUT, ref=ref("pass_thread_control"), ours=False, owner="app 888")],
    ),
    "taken by Meta's inbox": (
        item(take_thread_control={"previous_owner_app_id": OURS, "new_owner_app_id": "263902037430900"}),
        [
            ThreadControlChanged(
                **ABOUT, ref=ref("take_thread_control"), ours=False, owner="Meta Business Suite"
            )
        ],
    ),
    "taken by somebody": (
        item(take_thread_control={"previous_owner_app_id": OURS}),
        [ThreadControlChanged(**ABOUT, ref=ref("take_thread_control"), ours=False)],
    ),
    "idle": (
        item(pass_thread_control={"previous_owner_app_id": None, "new_owner_app_id": None}),
        [ThreadControlChanged(**ABOUT, ref=ref("pass_thread_control"), ours=True)],
    ),
    "asked for": (item(request_thread_control={"requested_owner_app_id": THEIRS}), []),
    "an account linked": (item(account_linking={"status": "linked", "authorization_code": "c"}), []),
    "an account unlinked": (item(account_linking={"status": "unlinked"}), []),
    "who had it before": (
        item(hop_context=[{"app_id": 1, "metadata": "m"}], prior_message={"source": "x"}),
        [],
    ),
    "roles": (
        {"recipient": {"id": PAGE}, "timestamp": STAMP, "app_roles": {OURS: ["primary_receiver"]}},
        [],
    ),
    "policy": (
        {
            "recipient": {"id": PAGE},
            "timestamp": STAMP,
            "policy-enforcement": {"action": "block", "reason": "Spam"},
        },
        [
            ChannelTroubled(
                to=PAGE,
                address="",
                ref=f"policy:block:{STAMP}",
                at=AT,
                stops=True,
                code="policy_block",
                words="Spam",
            )
        ],
    ),
    "policy, older": (
        item(policy_enforcement={"action": "warning", "reason": "Slow answers"}),
        [
            ChannelTroubled(
                to=PAGE,
                address="",
                ref=f"policy:warning:{STAMP}",
                at=AT,
                stops=False,
                code="policy_warning",
                words="Slow answers",
            )
        ],
    ),
}
NOBODY: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "another page's customer": ({**message(text="x"), "recipient": {"id": OTHER_PAGE}}, []),
    "a kind of the future": (
        item(telepathy={"thought": 1}),
        said(ref=ref("telepathy"), unsupported="telepathy"),
    ),
    "nothing": (item(), []),
}

ROWS = {**CONTROL, **NOBODY}


@pytest.mark.parametrize(("given_item", "expected"), ROWS.values(), ids=ROWS.keys())
def test_what_is_told_of_a_thread_or_a_page(given_item: dict[str, Any], expected: list[Event]) -> None:
    assert list(PLATFORM.parse(request(body(given_item)), CREDS)) == expected


def test_a_standby_says_that_another_has_the_thread() -> None:
    waiting = [message(text="x"), item(postback={"title": "Yes"})]
    events = list(PLATFORM.parse(request(body(*waiting, key="standby")), CREDS))
    other = ThreadControlChanged(**ABOUT, ref=ref("standby"), ours=False)
    theirs = {"handle": None}
    tapped = said(ref=ref("postback"), text="Yes", **theirs)
    assert events == [other, *said(text="x", **theirs), other, *tapped]


def test_entries_of_other_pages_are_theirs() -> None:
    data = body(message(text="ours"))
    data["entry"] += body({**message(text="theirs"), "recipient": {"id": OTHER_PAGE}}, page=OTHER_PAGE)[
        "entry"
    ]
    assert list(PLATFORM.parse(request(data), CREDS)) == said(text="ours")
    assert PLATFORM.recipients(request(data)) == [PAGE, OTHER_PAGE]
    theirs = PLATFORM.parse(request(data), {**CREDS, "page_id": OTHER_PAGE})
    assert [event.to for event in theirs] == [OTHER_PAGE]
