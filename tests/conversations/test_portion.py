"""A transaction takes as many webhooks as fit into half a second."""

from __future__ import annotations

from apps.conversations.portion import SECONDS, STEPS, Portion


def test_a_fast_machine_takes_the_most_after_a_few() -> None:
    portion = Portion()
    seen = []
    for _ in range(4):
        seen.append(portion.rows)
        portion.took(portion.rows, portion.rows * 0.001)
    assert (seen, portion.rows) == ([25, 50, 100, 100], 100)


def test_a_slow_one_takes_what_fits_but_goes_on() -> None:
    portion = Portion(rows=100)
    portion.took(100, 3 * SECONDS)
    assert portion.rows == 25
    portion.took(1, 60.0)
    assert portion.rows == STEPS[0]
    portion.took(0, 0.001)
    assert portion.rows == STEPS[0]
    portion.took(1, 0.001)
    assert portion.rows == STEPS[1]
