"""I5 on class R: an unknown outcome settles by echo or look, and only then is it a person's business."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.utils import timezone

from apps.conversations import deliver, look, outcomes, statuses
from apps.conversations.models import Delivery, EarlyStatus
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms import base
from apps.platforms.events import DeliveryState, DeliveryUpdated
from tests.conversations.lines import put
from tests.conversations.test_deliver import Postbox, claim, expire, make_due, posted_by, queue, states
from tests.worlds import Side, World


class Echoing(Postbox):
    """Class R. Looks find what `known` holds: a ref, None, or an error."""

    capabilities: ClassVar[base.Capabilities] = base.Capabilities(
        text_limit=1000, media_limit=1000, retry_class=base.RetryClass.RECONCILED, can_find=True
    )

    def __init__(self) -> None:
        super().__init__()
        self.known: str | base.SendError | None = None
        self.asked = 0

    async def find(self, outgoing: base.Outgoing, creds: base.Credentials, http: object) -> str | None:
        self.asked += 1
        if isinstance(self.known, base.SendError):
            raise self.known
        return self.known


class Silent(Echoing):
    """Class R with nobody to ask."""

    capabilities = base.Capabilities(
        text_limit=1000, media_limit=1000, retry_class=base.RetryClass.RECONCILED
    )


@pytest.fixture
def echoing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Echoing:
    platform: Echoing = getattr(request, "param", Echoing)()
    return posted_by(platform, monkeypatch)


def lost_answer(here: Side, echoing: Echoing) -> None:
    """ "one" may have arrived, "two" waits behind it."""
    queue(here, "one", "two")
    echoing.answers = [base.Unknown("reset after the request")]
    deliver.drain(seconds=5)
    assert states(here) == [("one", "unknown"), ("two", "queued")]
    assert echoing.got == []


def look_now(here: Side) -> None:
    """Thirty seconds later."""
    with tenancy.scope(here.id):
        Delivery.objects.filter(settling_until__isnull=False).update(due_at=timezone.now())
    look.drain()


def told(here: Side, state: DeliveryState, *, delivery_id: str = "", target: str = "") -> None:
    event = DeliveryUpdated(
        to=here.channel.address, address="", ref=f"status-{state}", at=datetime.now(UTC),
        target=target, state=state, delivery_id=delivery_id, code="", words="",
    )  # fmt: skip
    with tenancy.scope(here.id):
        receive(here.channel, event)


def one(here: Side) -> Delivery:
    with tenancy.scope(here.id):
        return Delivery.objects.get(part__text="one")


def test_a_look_that_finds_it_settles_it(committed_world: World, echoing: Echoing) -> None:
    here = committed_world.filante
    lost_answer(here, echoing)
    echoing.known = "ref-found"
    look_now(here)
    assert (one(here).state, one(here).ref) == ("sent", "ref-found")
    make_due(here)
    deliver.drain(seconds=5)
    assert echoing.got == ["two"]


def test_nothing_is_asked_before_the_echo_had_its_time(committed_world: World, echoing: Echoing) -> None:
    lost_answer(committed_world.filante, echoing)
    assert (look.drain(), echoing.asked) == (0, 0)


def test_absent_in_three_looks_is_sent_again_and_in_order(committed_world: World, echoing: Echoing) -> None:
    here = committed_world.filante
    lost_answer(here, echoing)
    for _ in range(2):
        look_now(here)
        assert states(here) == [("one", "unknown"), ("two", "queued")]
    look_now(here)
    assert states(here) == [("one", "queued"), ("two", "queued")]
    make_due(here)
    deliver.drain(seconds=5)
    assert echoing.got == ["one", "two"]


def test_what_cannot_be_told_for_ten_minutes_is_a_persons_business(
    committed_world: World, echoing: Echoing
) -> None:
    here = committed_world.filante
    lost_answer(here, echoing)
    echoing.known = base.Unreachable("no route")
    look_now(here)
    assert one(here).settling_until is not None
    put(here, "one", settling_until=timezone.now() - timedelta(seconds=1))
    look_now(here)
    assert (one(here).state, one(here).settling_until) == ("unknown", None)
    make_due(here)
    deliver.drain(seconds=5)
    assert echoing.got == ["two"]


@pytest.mark.parametrize("echoing", [Silent], indirect=True)
def test_with_nobody_to_ask_the_echo_has_thirty_seconds(committed_world: World, echoing: Echoing) -> None:
    here = committed_world.filante
    lost_answer(here, echoing)
    put(here, "one", settling_until=timezone.now())
    look_now(here)
    assert (one(here).state, one(here).settling_until, echoing.asked) == ("unknown", None, 0)


@pytest.mark.parametrize("uncertain", [False, True], ids=["settling", "long after"])
def test_an_echo_with_our_id_settles_it(committed_world: World, echoing: Echoing, uncertain: bool) -> None:
    here = committed_world.filante
    lost_answer(here, echoing)
    if uncertain:
        put(here, "one", settling_until=None)
    told(here, DeliveryState.SENT, delivery_id=str(one(here).pk), target="ref-echo")
    assert (one(here).state, one(here).ref, one(here).settling_until) == ("sent", "ref-echo", None)


def test_an_expired_lease_settles_too(committed_world: World, echoing: Echoing) -> None:
    here = committed_world.filante
    queue(here, "one", "two")
    claim(deliver.UUID(int=7))
    expire(here)
    assert outcomes.reap() == 1
    assert one(here).settling_until is not None
    assert deliver.drain(seconds=1) == 0


def test_a_status_before_the_answer_is_not_undone(committed_world: World, echoing: Echoing) -> None:
    """Delivered before sent: the answer brings the ref, and the state stays."""
    here = committed_world.filante
    queue(here, "one")
    (pk,) = claim(deliver.UUID(int=7))
    told(here, DeliveryState.DELIVERED, delivery_id=str(pk))
    assert outcomes.write(here.id, pk, deliver.UUID(int=7), "ref-1", timezone.now())
    assert (one(here).state, one(here).ref) == ("delivered", "ref-1")


def test_a_lost_answer_after_its_echo_changes_nothing(committed_world: World, echoing: Echoing) -> None:
    here = committed_world.filante
    queue(here, "one")
    (pk,) = claim(deliver.UUID(int=7))
    told(here, DeliveryState.SENT, delivery_id=str(pk), target="ref-1")
    outcomes.write(here.id, pk, deliver.UUID(int=7), base.Unknown("reset"), timezone.now())
    assert (one(here).state, one(here).ref) == ("sent", "ref-1")


@pytest.mark.parametrize(
    ("told_states", "ends"),
    [
        (["read", "delivered", "sent"], "read"),
        (["delivered", "failed"], "delivered"),
        (["failed", "delivered"], "failed"),
        (["delivered", "delivered"], "delivered"),
    ],
    ids="-".join,
)
def test_states_only_move_forward(
    committed_world: World, echoing: Echoing, told_states: list[str], ends: str
) -> None:
    here = committed_world.filante
    queue(here, "one")
    deliver.drain(seconds=5)
    for state in told_states:
        told(here, DeliveryState(state), target="ref-1")
    assert one(here).state == ends


def test_a_status_of_a_ref_not_known_yet_is_matched_late(committed_world: World, echoing: Echoing) -> None:
    here, there = committed_world.filante, committed_world.garance
    told(here, DeliveryState.DELIVERED, target="ref-1")
    told(there, DeliveryState.READ, target="ref-1")
    assert statuses.match_early() == 0
    queue(here, "one")
    deliver.drain(seconds=5)
    assert (statuses.match_early(), one(here).state) == (1, "delivered")
    with tenancy.scope(here.id):
        assert not EarlyStatus.objects.exists()
    with tenancy.scope(there.id):
        assert EarlyStatus.objects.count() == 1


def test_a_status_of_somebody_elses_message_is_forgotten(committed_world: World, echoing: Echoing) -> None:
    here = committed_world.filante
    for _ in range(2):
        told(here, DeliveryState.DELIVERED, target="theirs", delivery_id="not one of our ids")
    with tenancy.scope(here.id):
        assert EarlyStatus.objects.update(created_at=timezone.now() - timedelta(minutes=11)) == 1
    statuses.match_early()
    with tenancy.scope(here.id):
        assert not EarlyStatus.objects.exists()
