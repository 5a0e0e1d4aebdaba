"""Only what is known is said: every state of a delivery on every platform, every lock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils.html import strip_tags

from apps.connections.models import Channel, Health
from apps.console.facts import locale_words
from apps.console.wording import lock_for, status_lines
from apps.conversations.models import Delivery
from apps.conversations.policy import Decision

AT = datetime(2026, 11, 21, 9, 12, tzinfo=UTC)


def channel(platform: str, health: str = Health.GOOD) -> Channel:
    return Channel(platform=platform, health=health, tenant_id="01a1ffe5-cae4-719b-b856-97ebfe599708")


def delivery(state: str, **values: object) -> Delivery:
    values = {"part": {"kind": "text"}, "updated_at": AT, **values}
    return Delivery(state=state, tenant_id="01a1ffe5-cae4-719b-b856-97ebfe599708", **values)


def words_of(platform: str, *deliveries: Delivery, health: str = Health.GOOD) -> list[str]:
    ours = channel(platform, health)
    for each in deliveries:
        each.channel_id = ours.pk
    lines = status_lines(deliveries, ours)
    return [" ".join(filter(None, [line.strong, strip_tags(line.words)])) for line in lines]


@pytest.mark.parametrize(
    ("platform", "state", "words"),
    [
        ("apple_messages", "queued", "Queued"),
        ("apple_messages", "sending", "Being handed to Apple"),
        ("apple_messages", "sent", "Accepted by Apple. Apple does not say when it is read."),
        ("telegram", "sent", "Accepted by Telegram. Telegram does not say when it is read."),
        ("webchat", "sent", "Accepted by Web chat"),
        ("webchat", "delivered", "Delivered 09:12"),
        ("webchat", "read", "Read 09:12"),
        ("apple_messages", "unknown", "May not have been delivered. Apple did not confirm it."),
        ("telegram", "failed", "Not sent. Telegram refused it."),
        ("telegram", "parked", "Parked: the customer left. It is not sent."),
    ],
)
def test_states(platform: str, state: str, words: str) -> None:
    assert words_of(platform, delivery(state)) == [words]


def test_a_refusal_carries_its_reason_and_a_fix() -> None:
    failed = delivery("failed", code="too_large", words="the file is too big")
    assert words_of("apple_messages", failed) == [
        "Not sent. Apple answered: “the file is too big”. Send a smaller file, or a link to it."
    ]


def test_waiting_says_for_what() -> None:
    again = delivery("queued", attempt=2)
    assert words_of("telegram", again) == ["Telegram could not take it yet. It is tried again by itself."]
    throttled = delivery("queued", code="429")
    assert words_of("telegram", throttled) == words_of("telegram", again)
    assert words_of("telegram", delivery("queued"), health=Health.BROKEN) == [
        "Held back: Telegram refuses the channel’s credentials. An admin can renew them."
    ]


def test_a_message_is_as_far_as_its_last_part() -> None:
    assert words_of("webchat", delivery("read"), delivery("sent")) == ["Accepted by Web chat"]


def test_every_trouble_is_named_and_settled_ones_are_not() -> None:
    text, settled = delivery("unknown"), delivery("failed", settled_by="person")
    assert words_of("telegram", text, delivery("sent")) == [
        "Text: May not have been delivered. Telegram did not confirm it."
    ]
    assert words_of("telegram", settled, delivery("sent")) == [
        "Accepted by Telegram. Telegram does not say when it is read."
    ]
    assert words_of("telegram", settled) == ["Not sent. Left as it is."]
    assert words_of("telegram") == []


@pytest.mark.parametrize(
    ("rule", "title", "action"),
    [
        ("tenant_suspended", "This business is suspended", ""),
        ("channel_disabled", "This Apple channel is paused", ""),
        ("never_wrote", "This customer has not written yet", ""),
        ("customer_deleted", "This customer ended the conversation", ""),
        ("customer_blocked", "This customer blocked you on Apple", ""),
        ("customer_opted_out", "This customer asked for no more messages", ""),
        ("customer_left", "This customer ended the conversation", ""),
        ("marketing_stopped", "This customer stopped marketing messages on Apple", ""),
        ("someone_else_holds", "Inès is answering", "take"),
        ("window_over", "Apple’s time for answering is over", ""),
        ("something_new", "Nothing can be sent now", ""),
    ],
)
def test_locks(rule: str, title: str, action: str) -> None:
    decision = Decision(allow=False, rule=rule)
    lock = lock_for(decision, channel=channel("apple_messages"), holder="Inès", closed=False)
    assert lock is not None
    assert (lock.title, lock.action) == (title, action)


def test_an_open_composer_has_no_lock() -> None:
    allowed = Decision(allow=True, rule="customer_wrote")
    assert lock_for(allowed, channel=channel("telegram"), holder="", closed=False) is None
    closed = lock_for(allowed, channel=channel("telegram"), holder="", closed=True)
    assert closed is not None
    assert closed.action == "reopen"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr-BE", "French (Belgium)"),
        ("en", "English"),
        ("ar-MA", "Arabic (Morocco)"),
        ("", ""),
        ("xx-YY-zz", "xx-YY-zz"),
        ("tlh", "tlh"),
    ],
)
def test_locales_in_words(locale: str, words: str) -> None:
    assert locale_words(locale) == words
