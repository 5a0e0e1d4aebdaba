"""The way out: in order, fair, leased; an unknown outcome is a state (I3, I5)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from apps.conversations import deliver, outcomes, stream
from apps.conversations.models import AuthorKind, ContactAddress, Delivery
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.core.ids import new_id
from apps.platforms import base, compose, registry
from tests.worlds import Side, World, said


class Postbox:
    """A platform that answers as told and remembers what it was given. Class N."""

    slug = name = "postbox"
    credentials: ClassVar[Sequence[base.Credential]] = ()
    permissions: ClassVar[Sequence[str]] = ()
    stands_in_for: ClassVar[frozenset[str]] = frozenset()
    capabilities = base.Capabilities(text_limit=1000, media_limit=1000)

    def __init__(self) -> None:
        self.got: list[str] = []
        self.answers: list[Exception] = []

    def compose(self, content: base.Content, device: frozenset[str] | None) -> Sequence[base.Part]:
        return compose.plan(content, self.capabilities, device)

    async def send(self, outgoing: base.Outgoing, creds: base.Credentials, http: object) -> str:
        await asyncio.sleep(0)
        if self.answers:
            raise self.answers.pop(0)
        self.got.append(outgoing.part.text)
        return f"ref-{len(self.got)}"


AnyPostbox = TypeVar("AnyPostbox", bound=Postbox)


def posted_by(platform: AnyPostbox, monkeypatch: pytest.MonkeyPatch) -> AnyPostbox:
    """From now on it is the one that channels name "postbox"."""
    real = registry.get
    monkeypatch.setattr(registry, "get", lambda slug: platform if slug == "postbox" else real(slug))
    return platform


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Postbox:
    return posted_by(Postbox(), monkeypatch)


def queue(here: Side, *texts: str) -> None:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    with tenancy.scope(here.id):
        here.channel.platform = "postbox"
        here.channel.save()
        for text in texts:
            send_message(here.conversation.pk, author, Draft(text=text), client_id=uuid4())


def states(here: Side) -> list[tuple[str, str]]:
    with tenancy.scope(here.id):
        return list(Delivery.objects.values_list("part__text", "state"))


def make_due(here: Side) -> None:
    with tenancy.scope(here.id):
        Delivery.objects.update(due_at=timezone.now())
        here.channel.paused_until = None
        here.channel.save(update_fields=["paused_until"])


def test_one_conversation_goes_out_in_order(committed_world: World, postbox: Postbox) -> None:
    texts = [f"message {n}" for n in range(20)]
    queue(committed_world.filante, *texts)
    assert deliver.drain(seconds=10) == 20
    assert postbox.got == texts


def test_a_retry_holds_the_line(
    committed_world: World, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = committed_world.filante
    monkeypatch.setattr(outcomes, "backoff", lambda _attempt: 60.0)  # else it may be due at once
    queue(here, "one", "two")
    postbox.answers = [base.Unreachable("no route")]
    deliver.drain(seconds=0.3)
    assert postbox.got == []
    make_due(here)
    deliver.drain(seconds=5)
    assert postbox.got == ["one", "two"]


def test_an_unknown_outcome_is_shown_and_not_repeated(committed_world: World, postbox: Postbox) -> None:
    """I5, class N: what follows goes on."""
    here = committed_world.filante
    queue(here, "one", "two")
    postbox.answers = [base.Unknown("reset after the request")]
    deliver.drain(seconds=5)
    assert states(here) == [("one", "unknown"), ("two", "sent")]
    assert postbox.got == ["two"]


def test_throttling_pauses_the_whole_channel(committed_world: World, postbox: Postbox) -> None:
    here = committed_world.filante
    queue(here, "one")
    postbox.answers = [base.Throttled("slow down", retry_after=3600)]
    deliver.drain(seconds=2)
    with tenancy.scope(here.id):
        Delivery.objects.update(due_at=timezone.now())
    assert (deliver.drain(seconds=2), postbox.got) == (0, [])
    make_due(here)
    deliver.drain(seconds=5)
    assert postbox.got == ["one"]


def test_refused_credentials_stop_the_channel_and_lose_nothing(
    committed_world: World, postbox: Postbox
) -> None:
    here = committed_world.filante
    queue(here, "one", "two")
    postbox.answers = [base.BadCredentials("token revoked", field="token")]
    deliver.drain(seconds=2)
    assert states(here) == [("one", "queued"), ("two", "queued")]
    with tenancy.scope(here.id):
        here.channel.refresh_from_db()
        assert (here.channel.health, here.channel.health_words) == ("broken", "token revoked")


@pytest.mark.parametrize("reason", ["blocked", "deleted"])
def test_a_customer_who_left_parks_the_rest(committed_world: World, postbox: Postbox, reason: str) -> None:
    here = committed_world.filante
    queue(here, "one", "two")
    postbox.answers = [base.ContactGone("not here", reason=reason)]
    deliver.drain(seconds=2)
    assert states(here) == [("one", "parked"), ("two", "parked")]
    with tenancy.scope(here.id):
        address = ContactAddress.objects.get()
        assert (address.reachable, address.gone_reason) == (False, reason)


def test_a_used_up_plan_turns_the_channel_amber(committed_world: World, postbox: Postbox) -> None:
    """What is free still goes, and then all is well again."""
    here = committed_world.filante
    queue(here, "one")
    postbox.answers = [base.Exhausted("no balance", code="24")]
    deliver.drain(seconds=5)
    assert states(here) == [("one", "failed")]
    with tenancy.scope(here.id):
        here.channel.refresh_from_db()
        assert (here.channel.health, here.channel.health_words) == ("troubled", "no balance")
        assert [e.kind for e in stream.after(0)].count("ChannelChanged") == 1
    queue(here, "two")
    deliver.drain(seconds=5)
    with tenancy.scope(here.id):
        here.channel.refresh_from_db()
        assert here.channel.health == "good"


def test_a_refusal_tells_that_marketing_is_not_wanted(committed_world: World, postbox: Postbox) -> None:
    """What follows goes on, and it is known for the next time."""
    here = committed_world.filante
    queue(here, "offer", "two")
    postbox.answers = [base.MarketingStopped("stopped", code="131050")]
    deliver.drain(seconds=5)
    assert states(here) == [("offer", "failed"), ("two", "sent")]
    with tenancy.scope(here.id):
        address = ContactAddress.objects.get()
        assert (address.marketing_stopped, address.reachable) == (True, True)
        assert [e.kind for e in stream.after(0) if e.kind == "MarketingChanged"] == ["MarketingChanged"]


def test_a_lost_lease_writes_nothing(committed_world: World, postbox: Postbox) -> None:
    """A zombie worker's late answer is refused by the token."""
    here = committed_world.filante
    queue(here, "one")
    token = new_id()
    claimed = claim(token)
    expire(here)
    assert outcomes.reap() == 1
    assert states(here) == [("one", "unknown")]
    assert outcomes.write(here.id, claimed[0], token, "late-ref", timezone.now()) is False
    assert states(here) == [("one", "unknown")]


def test_a_suspended_tenant_keeps_its_queue(committed_world: World, postbox: Postbox) -> None:
    here = committed_world.filante
    queue(here, "one")
    with tenancy.scope(here.id):
        here.tenant.state = "suspended"
        here.tenant.save()
    assert deliver.drain(seconds=1) == 0
    with tenancy.scope(here.id):
        receive(here.channel, said("encore là", to=here.channel.address))
        here.tenant.state = "active"
        here.tenant.save()
    deliver.drain(seconds=3)
    assert postbox.got == ["one"]


def test_a_large_backlog_starves_nobody(committed_world: World, postbox: Postbox) -> None:
    queue(committed_world.filante, *[f"bulk {n}" for n in range(30)])
    queue(committed_world.garance, "quiet")
    first = claim(new_id(), limit=2)
    with tenancy.scope(committed_world.garance.id):
        assert Delivery.objects.filter(pk__in=first).count() == 1


def claim(token: UUID, *, limit: int = 10) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT delivery_id FROM queue_claim_deliveries(%s, %s, 64)", [token, limit])
        return [row[0] for row in cursor.fetchall()]


def expire(here: Side) -> None:
    with tenancy.scope(here.id):
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_full_jitter_stays_under_its_cap() -> None:
    waits = [outcomes.backoff(attempt) for attempt in range(1, 40) for _ in range(25)]
    assert max(waits) <= 900
    assert min(waits) >= 0
    early = [outcomes.backoff(1) for _ in range(400)]
    assert 1.6 < sum(early) / len(early) < 2.4
