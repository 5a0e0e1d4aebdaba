"""Every platform's windows over time, against the rules as written by hand from the platforms' documents.

First the decision alone on any course of events, then the real verbs on real rows: what customers do comes in
through `receive`, every author says something through `send_message`, time passes, deliveries fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.connections.models import Channel
from apps.conversations import openings
from apps.conversations.models import AuthorKind, ContactAddress, Conversation, Delivery
from apps.conversations.policy import Opening, Situation, may_send
from apps.conversations.receive import receive
from apps.conversations.resend import resend
from apps.conversations.send import Author, Draft, Refused, send_message
from apps.conversations.templated import Choice
from apps.core import tenancy
from apps.platforms import events, registry
from apps.platforms.windows import Opener, Takes
from tests.conversations.test_templated import approve
from tests.conversations.windows_by_hand import RULES, Life, near_an_edge
from tests.worlds import Side, World

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
# Hours that no few of which add up to the end of a window.
HOURS = st.sampled_from([0.004, 0.0071, 0.31, 0.83, 3.3, 11.9, 25.3, 61.7, 113.1])
INSTANT = 1e-6  # hours between what was sent and what the customer does after it
DEEDS = st.sampled_from([each.value for each in Opener])


def test_every_platform_has_rules_by_hand() -> None:
    assert set(RULES) == set(registry.SLUGS)


# The decision alone -----------------------------------------------------------------------------------

OFTEN = st.sampled_from([1, 1, 2, 4, 5])
STEPS = st.one_of(
    st.tuples(st.just("passes"), HOURS),
    st.tuples(st.just("does"), DEEDS),
    st.tuples(st.just("answer"), OFTEN),
)


def situation(slug: str, life: Life, *, person: bool, template: bool) -> Situation:
    """The same facts as the policy is given them."""
    taken: dict[Opener, float] = {}
    for deed, at in life.did.items():
        opener = openings.opener_for(slug, Opener(deed))
        taken[opener] = max(at, taken.get(opener, at))
    opened = {
        opener: Opening(at=BEGAN + timedelta(hours=at), answers=sum(each >= at for each in life.answered))
        for opener, at in taken.items()
    }
    return Situation(
        capabilities=registry.get(slug).capabilities,
        tenant_active=True,
        channel_enabled=True,
        reachable=True,
        gone_reason="",
        openings=opened,
        by_person=person,
        takes=Takes.TEMPLATE if template else Takes.ANYTHING,
        permissions=frozenset(registry.get(slug).permissions if life.approved else ()),
    )


def lived(steps: list[tuple[str, Any]], life: Life) -> Iterator[Life]:
    """`life` after each step; an answer comes a little after what was before it."""
    for what, value in steps:
        if what == "passes":
            life.now += value
        elif what == "does":
            life.did[value] = life.now
        else:
            life.now += INSTANT
            life.answered += [life.now] * value
        yield life


@pytest.mark.parametrize("slug", registry.SLUGS)
@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(STEPS, max_size=14), approved=st.booleans(), person=st.booleans(), template=st.booleans()
)
def test_the_decision_is_the_documents(
    slug: str, steps: list[tuple[str, Any]], approved: bool, person: bool, template: bool
) -> None:
    for life in lived(steps, Life(approved=approved)):
        if near_an_edge(life):
            continue
        now = BEGAN + timedelta(hours=life.now)
        facts = situation(slug, life, person=person, template=template)
        decision = may_send(facts, now)
        assert decision.allow is RULES[slug](life, person, template), decision
        freely = may_send(replace(facts, takes=Takes.ANYTHING), now)
        assert (freely.instead == "template") is (not freely.allow and RULES[slug](life, person, True))
        assert not decision.allow or decision.until is None or decision.until >= now


# Through the real verbs -------------------------------------------------------------------------------


class Course(RuleBasedStateMachine):
    """One customer's conversation on one platform."""

    here: Side
    slug: str

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(approved=True)
        self.gone = self.elsewhere = self.no_marketing = False
        self.sent = 0
        self.address = f"customer-{uuid4().hex[:12]}"
        self.does("message")
        with tenancy.scope(self.here.id):
            self.conversation = Conversation.objects.get(address__value=self.address)

    @rule(deed=DEEDS)
    def does(self, deed: str) -> None:
        about = self._about()
        self.life.now += INSTANT
        if deed == "message":
            self._comes(events.MessageReceived(**about, text="Hello"))
        else:
            self._comes(events.WindowOpened(**about, opener=Opener(deed)))
        self.life.did[deed], self.gone = self.life.now, False

    @rule(hours=HOURS)
    def passes(self, hours: float) -> None:
        """What has happened lies further back."""
        back = timedelta(hours=hours)
        with tenancy.scope(self.here.id):
            address = ContactAddress.objects.get(value=self.address)
            moved = {
                name: (datetime.fromisoformat(at) - back).isoformat() for name, at in address.openings.items()
            }
            rows = ContactAddress.objects.filter(pk=address.pk)
            rows.update(openings=moved, last_inbound_at=F("last_inbound_at") - back)
            Delivery.objects.filter(conversation=self.conversation).update(created_at=F("created_at") - back)
        self.life.now += hours

    @rule()
    def leaves(self) -> None:
        """What waits for them is parked and counts no more."""
        self._comes(events.ContactLeft(**self._about(), reason="blocked"))
        self.life.answered.clear()
        self.gone = True

    @rule()
    @precondition(lambda self: self.gone)
    def comes_back(self) -> None:
        self._comes(events.ContactReturned(**self._about()))
        self.gone = False

    @rule(ours=st.booleans())
    def is_passed_on(self, ours: bool) -> None:
        self._comes(
            events.ThreadControlChanged(**self._about(), ours=ours, owner="" if ours else "Page inbox")
        )
        self.elsewhere = not ours

    @rule(wanted=st.booleans())
    def changes_their_mind(self, wanted: bool) -> None:
        self._comes(events.MarketingChanged(**self._about(), wanted=wanted))
        self.no_marketing = not wanted

    @rule(kind=st.sampled_from([AuthorKind.MEMBER, AuthorKind.BOT, AuthorKind.PROGRAM, AuthorKind.SYSTEM]),
          template=st.sampled_from(["", "hello", "offer"]), times=OFTEN)  # fmt: skip
    @precondition(lambda self: not near_an_edge(self.life))
    def say(self, kind: AuthorKind, template: str, times: int) -> None:
        template = template if registry.get(self.slug).capabilities.templates else ""
        known = Choice(name=template, language="en", values={})
        draft = Draft(template=known) if template else Draft(text="Hello")
        author, target = self._author(kind), self.conversation.pk
        for _ in range(times):
            may = self._may(person=kind is AuthorKind.MEMBER, template=template)
            assert self._try(lambda: send_message(target, author, draft, client_id=uuid4())) is may

    @rule()
    @precondition(lambda self: self.life.answered and not near_an_edge(self.life))
    def fails_and_is_sent_again(self) -> None:
        """The newest one: it no longer counts, and the second try meets the decision as the first did."""
        with tenancy.scope(self.here.id):
            last = Delivery.objects.filter(conversation=self.conversation).order_by("-seq")[0]
            if last.state != "queued":
                return
            Delivery.objects.filter(pk=last.pk).update(state="failed")
        self.life.answered.pop()
        may = self._may(person=True, template=(last.part.get("template") or {}).get("name", ""))
        assert self._try(lambda: resend(last.pk, self._author(AuthorKind.MEMBER))) is may

    @invariant()
    def no_delivery_without_an_allowing_decision(self) -> None:
        with tenancy.scope(self.here.id):
            rows = Delivery.objects.filter(conversation=self.conversation).order_by("seq")
            decisions = list(rows.values_list("decision", flat=True))
        assert len(decisions) == self.sent
        rules = {window.rule for window in registry.get(self.slug).capabilities.windows}
        assert all(each["allow"] is True and each["rule"] in rules for each in decisions)

    def _may(self, *, person: bool, template: str) -> bool:
        open_ = RULES[self.slug](self.life, person, bool(template))
        unwanted = template == "offer" and self.no_marketing
        return open_ and not self.gone and not self.elsewhere and not unwanted

    def _try(self, write: Any) -> bool:
        """Whether it was allowed; then it counts as an answer."""
        try:
            with tenancy.scope(self.here.id):
                write()
        except Refused:
            return False
        self.life.answered.append(self.life.now)
        self.sent += 1
        return True

    def _author(self, kind: AuthorKind) -> Author:
        if kind is AuthorKind.MEMBER:
            return Author(kind=kind, membership=self.here.agent_membership)
        return Author(kind=kind, name="x")

    def _about(self) -> dict[str, Any]:
        to = self.here.channel.address
        return {"to": to, "address": self.address, "ref": uuid4().hex, "at": timezone.now()}

    def _comes(self, event: events.Event) -> None:
        with tenancy.scope(self.here.id):
            receive(self.here.channel, event)


COURSES = ("messenger", "instagram", "whatsapp", "wechat", "qq", "viber", "apple_messages")


@pytest.mark.parametrize("slug", COURSES)
def test_every_author_meets_the_documents(world: World, slug: str) -> None:
    class Here(Course):
        here = world.filante

    Here.slug = slug
    with tenancy.scope(world.filante.id):
        granted = dict.fromkeys(registry.get(slug).permissions, "yes")
        Channel.objects.filter(pk=world.filante.channel.pk).update(platform=slug, settings=granted)
        world.filante.channel.refresh_from_db()
        approve(world.filante, "hello", body="Hello")
        approve(world.filante, "offer", body="Offers", category="MARKETING")
    careful = settings(
        max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Here, settings=careful)
