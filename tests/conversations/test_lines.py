"""I3: the database itself keeps who is first in line, whoever writes and however they meet."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection

from apps.conversations.models import Delivery
from apps.core import tenancy
from tests.conversations.lines import firsts, put, say, settling
from tests.worlds import Side, World


def left(here: Side, text: str) -> None:
    put(here, text, state="sent")


def test_one_is_first_until_it_has_left(world: World) -> None:
    here = world.filante
    say(here, "one", "two", "three")
    assert firsts(here) == ["one"]
    put(here, "one", state="sending")
    assert firsts(here) == ["one"]
    put(here, "one", state="queued")
    assert firsts(here) == ["one"]
    left(here, "one")
    assert firsts(here) == ["two"]


def test_a_settling_one_holds_the_line_and_an_uncertain_one_does_not(world: World) -> None:
    here = world.filante
    say(here, "one", "two")
    settling(here, "one")
    assert firsts(here) == ["one"]
    put(here, "one", settling_until=None)
    assert firsts(here) == ["two"]


def test_many_leave_at_once(world: World) -> None:
    here = world.filante
    say(here, "one", "two", "three")
    with tenancy.scope(here.id):
        Delivery.objects.filter(part__text__in=["one", "two"]).update(state="parked")
    assert firsts(here) == ["three"]


def test_who_left_from_the_middle_is_not_waited_for(world: World) -> None:
    here = world.filante
    say(here, "one", "two", "three")
    left(here, "two")
    assert firsts(here) == ["one"]
    left(here, "one")
    assert firsts(here) == ["three"]


def test_who_comes_back_comes_first(world: World) -> None:
    """A restored or released row; whatever was first behind it waits again."""
    here = world.filante
    say(here, "one", "two")
    put(here, "one", state="parked")
    assert firsts(here) == ["two"]
    put(here, "one", state="queued")
    assert firsts(here) == ["one"]


def test_a_deleted_one_holds_nobody_up(world: World) -> None:
    here = world.filante
    say(here, "one", "two")
    with tenancy.scope(here.id), connection.cursor() as cursor:
        cursor.execute("DELETE FROM conversations_delivery WHERE part->>'text' = 'one'")
    assert firsts(here) == ["two"]


@pytest.mark.parametrize("early", [True, False], ids=["while leaving", "while arriving"])
def test_one_arrives_while_the_last_leaves(committed_world: World, early: bool) -> None:
    """Neither transaction sees the other's row; the second one waits for the first and looks again."""
    here = committed_world.filante
    say(here, "one")
    slow, quick = (lambda: left(here, "one"), lambda: say(here, "two"))[:: 1 if early else -1]
    meet(here, slow, quick)
    assert firsts(here) == ["two"]


def test_two_leave_at_the_same_time(committed_world: World) -> None:
    here = committed_world.filante
    say(here, "one", "two", "three")
    meet(here, lambda: left(here, "two"), lambda: left(here, "one"))
    assert firsts(here) == ["three"]


def meet(here: Side, slow: Callable[[], None], quick: Callable[[], None]) -> None:
    """Run `quick` beside `slow`, whose transaction commits only after `quick` has begun to wait, or ended."""
    written, ended = Event(), Event()

    def beside() -> None:
        written.wait(10)
        quick()
        ended.set()
        connection.close()

    other = Thread(target=beside)
    other.start()
    with tenancy.scope(here.id):
        slow()
        written.set()
        ended.wait(0.5)
    other.join(10)
    assert ended.is_set()


def test_lines_that_were_broken_by_hand_are_mended(world: World) -> None:
    here = world.filante
    say(here, "one", "two")
    put(here, "one", first_in_line=False)
    assert firsts(here) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_mend_lines()")
        assert cursor.fetchone() == (1,)
    assert firsts(here) == ["one"]
