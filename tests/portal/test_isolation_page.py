"""The page of the last proof: never run, passed, failed, about another program; the same for everybody."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from apps.tenants import proof
from apps.tenants.models import IsolationProof
from tests.people import setup_url
from tests.worlds import Side, signed_in

PATH = "audit/isolation/"


def facts(**changes: Any) -> dict[str, Any]:
    """A report as bin/prove-isolation writes it."""
    left = [{"target": "api:nothing", "reason": "answers 404 to everybody"}]
    kinds = [{"kind": "pages", "targets": 61, "attempts": 5210, "findings": [], "uncovered": left}]
    timing = {"compared": 40, "median_ratio": 1.0, "widest_ms": 2.1, "findings": []}
    whole = {"passed": True, "finished_at": "2026-03-01T10:00:00+00:00", "checks": 512, "failed": []}
    return {**whole, "code": proof.code(), "kinds": kinds, "timing": timing, **changes}


def page(side: Side) -> Any:
    return signed_in(side.owner).get(setup_url(side, PATH))


def test_before_the_first_run_it_says_so(filante: Side) -> None:
    answer = page(filante)
    assert (answer.context["standing"], answer.context["proof"]) == ("never", None)
    assert "bin/prove-isolation" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "standing", "words"),
    [
        ({}, "passed", "Nothing of another business was reached."),
        ({"passed": False, "failed": ["tests/x.py::test"]}, "failed", "The last run failed"),
        ({"code": "0" * 64}, "outdated", "the program has changed since"),
        ({"passed": False, "code": "0" * 64}, "failed", "The last run failed"),
    ],
)
def test_it_says_what_may_be_said(
    filante: Side, garance: Side, changes: dict[str, Any], standing: str, words: str
) -> None:
    proof.record(facts(**changes))
    for side in (filante, garance):
        answer = page(side)
        assert answer.context["standing"] == standing
        assert words in answer.content.decode()
    assert ("5,210" in answer.content.decode(), answer.context["attempts"]) == (True, 5210)


def test_an_agent_does_not_read_it(filante: Side) -> None:
    assert signed_in(filante.agent).get(setup_url(filante, PATH)).status_code == 403


def test_the_latest_run_counts(filante: Side) -> None:
    proof.record(facts())
    proof.record(facts(passed=False, finished_at="2026-02-01T10:00:00+00:00"))
    assert page(filante).context["standing"] == "passed"


def test_a_report_is_kept_by_command_and_nothing_else(db: None, tmp_path: Path) -> None:
    report = tmp_path / "isolation.json"
    report.write_text(json.dumps(facts()))
    out = StringIO()
    call_command("isolation_proof", str(report), "--json", stdout=out)
    assert json.loads(out.getvalue())["passed"] is True
    report.write_text("{}")
    with pytest.raises(CommandError, match="is no report"):
        call_command("isolation_proof", str(report))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        IsolationProof.objects.update(passed=True)
