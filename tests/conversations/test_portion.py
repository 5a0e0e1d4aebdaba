"""A transaction takes as many webhooks as fit into half a second."""

from __future__ import annotations

from apps.conversations.portion import FIRST, LEAST, MOST, SECONDS, Portion


def test_a_fast_machine_takes_the_most_after_a_few() -> None:
    portion = Portion()
    seen = []
    for _ in range(4):
        seen.append(portion.rows)
        portion.took(portion.rows, portion.rows * 0.001)
    assert (seen, portion.rows) == ([FIRST, 2 * FIRST, 4 * FIRST, MOST], MOST)


def test_a_slow_one_takes_what_fits_but_goes_on() -> None:
    portion = Portion(rows=MOST)
    portion.took(MOST, 4 * SECONDS)
    assert portion.rows == MOST // 4
    portion.took(1, 60.0)
    assert portion.rows == LEAST
    portion.took(0, 60.0)
    assert portion.rows == LEAST
