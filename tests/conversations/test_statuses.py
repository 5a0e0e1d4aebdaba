"""What platforms tell of our messages comes late, twice and out of order; a tick never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from apps.conversations import statuses, stream
from apps.conversations.models import ContactAddress, Delivery
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import DeliveryState, DeliveryUpdated, MarketingChanged
from tests.conversations.lines import put, say
from tests.worlds import Side, World

SENT, DELIVERED, READ, FAILED = DeliveryState


def tell(here: Side, *states: DeliveryState, ref: str = "wamid.1") -> None:
    for state in states:
        code, words = ("131026", "Undeliverable") if state is FAILED else ("", "")
        event = DeliveryUpdated(
            to=here.channel.address, address="visitor-1", ref=f"{ref}:{state}", at=datetime.now(UTC),
            target=ref, state=state, code=code, words=words,
        )  # fmt: skip
        with tenancy.scope(here.id):
            receive(here.channel, event)


def found(here: Side) -> tuple[str, str, str]:
    with tenancy.scope(here.id):
        delivery = Delivery.objects.get()
        return delivery.state, delivery.code, delivery.words


@pytest.fixture
def here(world: World) -> Side:
    """Something of ours that the platform has accepted."""
    say(world.filante, "one")
    put(world.filante, "one", state="sent", ref="wamid.1")
    return world.filante


NO = ("failed", "131026", "Undeliverable")
ROWS: dict[str, tuple[list[DeliveryState], tuple[str, str, str]]] = {
    "in order": ([SENT, DELIVERED, READ], ("read", "", "")),
    "read without delivered": ([READ], ("read", "", "")),
    "read before delivered": ([READ, DELIVERED, SENT], ("read", "", "")),
    "delivered twice": ([DELIVERED, DELIVERED], ("delivered", "", "")),
    "failed after it was accepted": ([SENT, FAILED], NO),
    "failed twice": ([FAILED, FAILED], NO),
    "accepted told after it failed": ([FAILED, SENT], NO),
    "failed after it arrived": ([DELIVERED, FAILED], ("delivered", "", "")),
    "failed after it was read": ([READ, FAILED], ("read", "", "")),
}


@pytest.mark.parametrize("resumed", [False, True])
def test_a_refused_offer_tells_that_marketing_is_not_wanted(here: Side, resumed: bool) -> None:
    """Unless the customer has said since that it is."""
    now = datetime.now(UTC)
    about = {"to": here.channel.address, "address": "visitor-1"}
    with tenancy.scope(here.id):
        if resumed:
            receive(here.channel, MarketingChanged(**about, ref="r", at=now, wanted=True))
            now -= timedelta(minutes=1)
        failed = DeliveryUpdated(
            **about, ref="s", at=now, target="wamid.1", state=FAILED, marketing_stopped=True
        )
        receive(here.channel, failed)
        receive(here.channel, failed)
        assert Delivery.objects.get().conversation.address.marketing_stopped is not resumed
        assert ContactAddress.objects.count() == 1
    with tenancy.scope(here.id):
        assert [e.kind for e in stream.after(0)].count("MarketingChanged") == (0 if resumed else 1)


@pytest.mark.parametrize(("told", "state"), ROWS.values(), ids=ROWS)
def test_what_is_told_becomes_a_state(
    here: Side, told: list[DeliveryState], state: tuple[str, str, str]
) -> None:
    tell(here, *told)
    assert found(here) == state


@pytest.mark.parametrize("order", list(permutations([SENT, DELIVERED, READ])))
def test_every_order_ends_alike_and_is_shown_once_for_each_step(
    here: Side, order: tuple[DeliveryState, ...]
) -> None:
    with tenancy.scope(here.id):
        before = len(stream.after(0))
    tell(here, *order, *order)
    assert found(here)[0] == "read"
    with tenancy.scope(here.id):
        changes = [event for event in stream.after(0)[before:] if event.kind == "DeliveryChanged"]
    assert len(changes) == (2 if order.index(DELIVERED) < order.index(READ) else 1)


@pytest.mark.parametrize("state", [DELIVERED, FAILED])
def test_what_comes_before_our_answer_waits_for_it(here: Side, state: DeliveryState) -> None:
    put(here, "one", state="sending", ref="")
    tell(here, state, ref="wamid.9")
    assert found(here)[0] == "sending"
    put(here, "one", state="sent", ref="wamid.9")
    assert statuses.match_early() == 1
    assert found(here)[0] == state.value
