"""The platforms that a run of chaos plays: which classes and which ways of settling they stand for, and that
the adapters understand them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import cast
from urllib.parse import parse_qsl, urlsplit

import pytest

from apps.core.http import Http, Response
from apps.platforms import registry
from apps.platforms.base import Inbound
from apps.platforms.events import DeliveryUpdated, Event, MessageEchoed, MessageReceived
from tests.chaos.dialects import DIALECTS, PLAYED, dropping, telling, told
from tests.chaos.dialects.contract import (
    PLACE,
    Account,
    DropsRepetitions,
    Hook,
    NotOffered,
    Taken,
    TellsLater,
)
from tests.chaos.names import Said

PROVIDER = "http://127.0.0.1:1"
BASE = "https://chat.example"
CUSTOMER = "D000001000"
# What our message carried, as the platform gives it back.
OURS = {
    "slack": '{"event_type": "comptoir_delivery", "event_payload": {"delivery_id": "x"}}',
    "sms": f"{BASE}/hooks/0198a000-0000-7000-8000-000000000000",
}


def test_every_platform_is_played() -> None:
    """Web chat by its own customers (visitors.py)."""
    assert set(registry.SLUGS) == {*DIALECTS, "webchat"}


def test_every_business_has_every_class() -> None:
    assert {slug for slugs in PLAYED for slug in slugs} == set(DIALECTS)
    assert [{DIALECTS[slug].retry_class for slug in slugs} for slugs in PLAYED] == [{"K", "R", "N"}] * 3


def test_every_way_of_settling_is_played() -> None:
    """By class, and by looking where a platform lets us."""
    assert ways(DIALECTS) == ways(registry.SLUGS)


def ways(slugs: Iterable[str]) -> set[tuple[str, bool]]:
    can = [registry.get(slug).capabilities for slug in slugs]
    return {(each.retry_class.value, each.can_find) for each in can}


@pytest.mark.parametrize("slug", DIALECTS)
def test_the_adapter_understands_it(slug: str) -> None:
    dialect, account = DIALECTS[slug], account_on(slug)
    assert dialect.retry_class == registry.get(slug).capabilities.retry_class
    said = Said("in", f"{account.name}/1000", 7)
    hook = dialect.hook(account, 1000, said.number, said.text)
    (event,) = understood(account, hook)
    assert isinstance(event, MessageReceived)
    assert (event.text, event.to) == (said.text, account.credentials["address"])
    again = dialect.hook(account, 1000, said.number, said.text)
    assert understood(account, again)[0].ref == event.ref


@pytest.mark.parametrize("slug", [slug for slug in DIALECTS if told(slug)])
def test_what_it_tells_later_is_understood(slug: str) -> None:
    dialect, account = telling(slug), account_on(slug)
    taken = Taken("Bonjour", to=CUSTOMER, ours=OURS.get(slug, "comptoir:x"))
    for state in dialect.told:
        (event,) = understood(account, dialect.later(account, 12, taken, state))
        assert event.address == CUSTOMER
        assert isinstance(event, MessageEchoed) or (
            isinstance(event, DeliveryUpdated) and event.state == state
        )


def test_each_offers_what_its_class_needs() -> None:
    classes = {slug: dialect.retry_class for slug, dialect in DIALECTS.items()}
    drop = {slug for slug, dialect in DIALECTS.items() if isinstance(dialect, DropsRepetitions)}
    tell = {slug for slug, dialect in DIALECTS.items() if isinstance(dialect, TellsLater)}
    # QQ refuses them in class N; the class of e-mail is its gateway's, and a mail server is played.
    assert drop == {slug for slug, each in classes.items() if each == "K"} - {"email"} | {"qq"}
    assert tell == {slug for slug, each in classes.items() if each == "R"} | {"custom", "rcs"}


@pytest.mark.parametrize("ask", [dropping, telling])
def test_what_it_does_not_offer_is_refused_by_name(ask: Callable[[str], object]) -> None:
    with pytest.raises(NotOffered, match=r"^telegram "):
        ask("telegram")
    assert ask("custom") is DIALECTS["custom"]


def account_on(slug: str) -> Account:
    given = DIALECTS[slug].credentials(3, f"{PROVIDER}/{slug}")
    return Account("t0", slug, f"t0/{slug}-0", "channel", "/hooks/", given, base=BASE)


class Other:
    """What the dialect answers to calls that deliver nothing, without a provider between."""

    def __init__(self, account: Account) -> None:
        self._dialect, self._place = DIALECTS[account.platform], account.credentials.get("base_url", "")

    async def request(self, method: str, url: str, **given: object) -> Response:
        reply = self._dialect.other(urlsplit(url).path, b"", [])
        return Response(reply.status, {}, json.dumps(reply.body).replace(PLACE, self._place).encode())


def understood(account: Account, hook: Hook) -> list[Event]:
    """Its events, once the signature was found good."""
    platform = registry.get(account.platform)
    headers = {name.lower(): value for name, value in hook.headers.items()}
    address = urlsplit(account.base + (hook.path or account.hook))
    request = Inbound(
        method="POST",
        path=address.path,
        query=dict(parse_qsl(address.query)),
        headers=headers,
        body=hook.body,
        url=address.geturl(),
    )
    asyncio.run(platform.prepare(request, account.credentials, cast(Http, Other(account))))
    platform.verify(request, account.credentials)
    assert platform.dedup_key(request) == hook.ref
    return list(platform.parse(request, account.credentials))
