"""The outbox against a model: whatever happens in whatever order, the rows say what the model says (I3, I5).

The provider is part of the model: what it has accepted is the truth that nobody else sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.conversations import look, outcomes
from apps.conversations.models import AuthorKind, Delivery
from apps.conversations.receive import receive
from apps.conversations.resend import resend
from apps.conversations.send import Author
from apps.core import tenancy
from apps.core.ids import new_id
from apps.platforms import base, registry
from apps.platforms.events import DeliveryState, DeliveryUpdated
from tests.conversations.test_deliver import claim, expire, queue
from tests.conversations.test_settling import Echoing
from tests.worlds import Side, World

RANK = {"queued": 0, "sending": 0, "unknown": 0, "sent": 1, "delivered": 2, "read": 3}
REFUSED = {"unreachable": base.Unreachable("no route"), "rejected": base.Rejected("too long")}


@dataclass(slots=True)
class Row:
    """What the model knows of one delivery, and (`copies`) what the provider does."""

    pk: UUID
    state: str = "queued"
    settling: bool = False
    looks: int = 0
    copies: int = 0
    settled: bool = False

    @property
    def in_line(self) -> bool:
        return self.state in ("queued", "sending") or self.settling


class Outbox(RuleBasedStateMachine):
    here: Side
    platform: Echoing
    kind: base.RetryClass

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.token: UUID | None = None
        self.old: list[tuple[UUID, UUID]] = []  # claims that were lost
        self.accepted: list[int] = []  # places in `rows`, as they came first
        with tenancy.scope(self.here.id):
            Delivery.objects.update(state="parked", settling_until=None)

    @property
    def flying(self) -> Row | None:
        return next((row for row in self.rows if self.token and row.state == "sending"), None)

    @rule()
    @precondition(lambda self: sum(row.in_line for row in self.rows) < 3)
    def say(self) -> None:
        queue(self.here, "text")
        self.rows.append(Row(self._last()))

    @rule()
    @precondition(lambda self: self.token is None)
    def take(self) -> None:
        """Only the first in line, and only when it is queued."""
        self._change(lambda rows: rows.filter(state="queued"), due_at=timezone.now() - timedelta(seconds=1))
        token = new_id()
        line = [row for row in self.rows if row.in_line]
        due = [row for row in line[:1] if row.state == "queued"]
        assert claim(token) == [row.pk for row in due]
        for row in due:
            row.state, self.token = "sending", token

    @rule(what=st.sampled_from(["ok", "lost", "never came", "unreachable", "rejected"]))
    @precondition(lambda self: self.token is not None)
    def answer(self, what: str) -> None:
        """Also after a status has moved it on: then the answer changes nothing."""
        pk = self._claimed()
        row = next(row for row in self.rows if row.pk == pk)
        if what in ("ok", "lost"):
            self._accept(row)
        result = f"ref-{pk}" if what == "ok" else REFUSED.get(what, base.Unknown("reset"))
        assert outcomes.write(self.here.id, pk, self._leave(), result, timezone.now())
        if row.state != "sending":
            return
        match what:
            case "ok":
                row.state = "sent"
            case "rejected":
                row.state = "failed"
            case "unreachable":
                row.state = "queued"
            case _:
                self._unknown(row)

    @rule(came=st.booleans())
    @precondition(lambda self: self.flying is not None)
    def kill(self, came: bool) -> None:
        row = self.flying
        assert row is not None
        if came:
            self._accept(row)
        self.old.append((row.pk, self._leave()))
        expire(self.here)
        assert outcomes.reap() == 1
        self._unknown(row)

    @rule()
    @precondition(lambda self: self.old)
    def wake_a_zombie(self) -> None:
        pk, token = self.old[-1]
        assert not outcomes.write(self.here.id, pk, token, "late", timezone.now())

    @rule(state=st.sampled_from([DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ]),
          twice=st.booleans(), data=st.data())  # fmt: skip
    @precondition(lambda self: any(row.copies for row in self.rows))
    def tell(self, state: DeliveryState, twice: bool, data: Any) -> None:
        row = data.draw(st.sampled_from([row for row in self.rows if row.copies]))
        event = DeliveryUpdated(
            to=self.here.channel.address, address="", ref="status", at=datetime.now(UTC),
            target="", state=state, delivery_id=str(row.pk),
        )  # fmt: skip
        for _ in range(1 + twice):
            with tenancy.scope(self.here.id):
                receive(self.here.channel, event)
        if RANK.get(row.state, 9) < RANK[state.value]:
            row.state, row.settling = state.value, False

    @rule(tells=st.booleans(), times=st.integers(1, 3))
    @precondition(lambda self: any(row.settling for row in self.rows))
    def look(self, tells: bool, times: int) -> None:
        row = next(row for row in self.rows if row.settling)
        truth = f"ref-{row.pk}" if row.copies else None
        self.platform.known = truth if tells else base.Unreachable("no route")
        for _ in range(times):
            if row.settling:
                self._look()
                self._looked(row, tells)

    @rule()
    @precondition(lambda self: any(row.settling for row in self.rows))
    def give_up(self) -> None:
        row = next(row for row in self.rows if row.settling)
        past = timezone.now() - timedelta(seconds=1)
        self._change(lambda rows: rows.filter(pk=row.pk), settling_until=past)
        self.platform.known = base.Unreachable("no route")
        self._look()
        row.settling = False

    @rule(data=st.data())
    @precondition(lambda self: any(self._resendable(row) for row in self.rows))
    def resend(self, data: Any) -> None:
        row = data.draw(st.sampled_from([row for row in self.rows if self._resendable(row)]))
        author = Author(kind=AuthorKind.MEMBER, membership=self.here.agent_membership)
        with tenancy.scope(self.here.id):
            fresh = resend(row.pk, author)
        row.settling, row.settled = False, True
        self.rows.append(Row(fresh.pk))

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        with tenancy.scope(self.here.id):
            known = {row.pk: row for row in Delivery.objects.filter(pk__in=[row.pk for row in self.rows])}
        for row in self.rows:
            real = known[row.pk]
            assert (real.state, real.settling_until is not None) == (row.state, row.settling)
        line = [row for row in self.rows if row.in_line]
        assert [row.pk for row in line if known[row.pk].first_in_line] == [row.pk for row in line[:1]]

    @invariant()
    def nobody_gets_it_twice_or_out_of_order(self) -> None:
        if self.kind is not base.RetryClass.KEYED:  # there the platform drops the second
            assert all(row.copies <= 1 for row in self.rows)
        assert self.accepted == sorted(self.accepted)

    def _accept(self, row: Row) -> None:
        if not row.copies:
            self.accepted.append(self.rows.index(row))
        row.copies += 1

    def _looked(self, row: Row, tells: bool) -> None:
        row.looks += tells and not row.copies
        if tells and row.copies:
            row.state, row.settling = "sent", False
        elif row.looks == 3:
            row.state, row.settling = "queued", False

    def _unknown(self, row: Row) -> None:
        row.state = "queued" if self.kind is base.RetryClass.KEYED else "unknown"
        row.settling, row.looks = self.kind is base.RetryClass.RECONCILED, 0

    def _resendable(self, row: Row) -> bool:
        return row.state in ("failed", "unknown") and not row.settled

    def _leave(self) -> UUID:
        token, self.token = self.token, None
        assert token is not None
        return token

    def _claimed(self) -> UUID:
        with tenancy.scope(self.here.id):
            return Delivery.objects.values_list("pk", flat=True).get(lease_token=self.token)

    def _last(self) -> UUID:
        with tenancy.scope(self.here.id):
            return Delivery.objects.order_by("-seq").values_list("pk", flat=True)[0]

    def _change(self, narrow: Any, **columns: object) -> None:
        with tenancy.scope(self.here.id):
            narrow(Delivery.objects.all()).update(**columns)

    def _look(self) -> None:
        self._change(lambda rows: rows.filter(settling_until__isnull=False), due_at=timezone.now())
        assert look.drain() == 1


@pytest.mark.parametrize("retry_class", list(base.RetryClass), ids=lambda each: each.name)
def test_the_outbox_is_its_model(
    committed_world: World, monkeypatch: pytest.MonkeyPatch, retry_class: base.RetryClass
) -> None:
    class Playing(Echoing):
        capabilities = base.Capabilities(
            text_limit=1000, media_limit=1000, retry_class=retry_class, can_find=True
        )

    class Here(Outbox):
        here, platform, kind = committed_world.filante, Playing(), retry_class

    real = registry.get
    monkeypatch.setattr(registry, "get", lambda slug: Here.platform if slug == "postbox" else real(slug))
    monkeypatch.setattr(outcomes.health, "BREAKER_FAILURES", 10_000)
    careful = settings(
        max_examples=50, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Here, settings=careful)
