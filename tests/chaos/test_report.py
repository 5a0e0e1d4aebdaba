"""What a run that failed prints: the seed, what went wrong, and the smallest conversation in which it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chaos import report
from tests.chaos.checker import check
from tests.chaos.run import Outcome, Plan
from tests.chaos.test_checker import GOOD, TALK, inbound, webhook

LONGER = "t1/telegram-0/2000"
PLAN = Plan(seconds=1, seed=271828)
MORE = {"class": "N", "took": 0.5, "created": 9.0}  # what a report counts and the checker does not read


def failed(folder: Path) -> Outcome:
    """A run in which two conversations lost their third message; one of them had said more."""
    said = [{**inbound(number), "conversation": LONGER} for number in (1, 2, 4, 5)]
    heard = [{**row, "conversation": LONGER} for row in GOOD if "conversation" in row]
    history = [*GOOD, *heard, *said, inbound(3), webhook(3), {**inbound(3), "conversation": LONGER}]
    outcome = Outcome(folder, anomalies=check(history))
    outcome.history.write_text("".join(json.dumps({**MORE, **row}) + "\n" for row in history))
    return outcome


def test_the_seed_and_the_smallest_conversation_are_printed(tmp_path: Path) -> None:
    outcome = failed(tmp_path)
    assert {anomaly.conversation for anomaly in outcome.anomalies} == {TALK, LONGER}
    lines = report.failure(outcome, PLAN)
    assert lines[0].startswith("FAILED with seed 271828: ")
    (start,) = [place for place, line in enumerate(lines) if "smallest conversation" in line]
    assert lines[start] == f"  the smallest conversation, {TALK}:"
    assert len(lines[start + 1 : -1]) == sum(row.get("conversation") == TALK for row in GOOD) + 1
    assert lines[-1] == f"  everything: {tmp_path}"


@pytest.mark.parametrize("wrong", [True, False])
def test_the_last_line_of_the_table_says_how_it_ended(tmp_path: Path, wrong: bool) -> None:
    outcome = failed(tmp_path)
    outcome.anomalies = outcome.anomalies if wrong else []
    lines = report.table(report.verdict(outcome, PLAN))
    assert lines[-1] == ("FAILED with seed 271828" if wrong else "PASSED with seed 271828")
    assert any("<<<" in line for line in lines) is wrong
