"""Rows of the table: printed, kept as JSON, shown in docs/performance.md, counted with in docs/scaling.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results.json"
DOCUMENT = ROOT / "docs" / "performance.md"
SCALING = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- results: written by bin/bench -->", "<!-- end of results -->"


@dataclass(frozen=True, slots=True)
class Row:
    """One number of one scenario beside the naive way's and the machine's own limit, same unit.

    `goal` is in words ("≥ 0.4 × limit"), `reached` what came of it, None where nothing is promised.
    """

    scenario: str
    measure: str
    unit: str
    ours: float
    naive: float | None = None
    limit: float | None = None
    goal: str = ""
    reached: bool | None = None
    note: str = ""


def read() -> list[Row]:
    """What the last runs left; [] before the first."""
    if not RESULTS.exists():
        return []
    return [Row(**row) for row in json.loads(RESULTS.read_text())["rows"]]


def merged(before: Sequence[Row], after: Sequence[Row], order: Sequence[str]) -> list[Row]:
    """`after`, and of `before` the scenarios that were not measured again, in `order`."""
    again = {row.scenario for row in after}
    rows = [*(row for row in before if row.scenario not in again), *after]
    known = [row for row in rows if row.scenario in order]
    return sorted(known, key=lambda row: order.index(row.scenario))


def write(rows: Sequence[Row]) -> None:
    """RESULTS, with the machine they were measured on."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    found = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine}
    RESULTS.write_text(json.dumps({**found, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = ["| scenario | measure | ours | naive | limit | must reach | |", "|---|---|--:|--:|--:|---|---|"]
    lines += [_line(row) for row in rows]
    return "\n".join(lines)


def _line(row: Row) -> str:
    cells = [row.scenario, f"{row.measure} ({row.unit})", number(row.ours), number(row.naive)]
    verdict = {True: "reached", False: "**not reached**", None: ""}[row.reached]
    cells += [number(row.limit), row.goal, f"{verdict}{'; ' if verdict and row.note else ''}{row.note}"]
    return f"| {' | '.join(cells)} |"


def number(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def document(written: str, path: Path = DOCUMENT) -> None:
    """Put it between the document's markers; nothing when it has none."""
    text = path.read_text() if path.exists() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        path.write_text(f"{before}{BEGIN}\n\n{written}\n\n{END}{after}")


def shown(path: Path) -> str:
    """What stands between the markers."""
    return path.read_text().partition(BEGIN)[2].partition(END)[0].strip()


def cores() -> int:
    """Of the machine of the last run."""
    return int(json.loads(RESULTS.read_text())["machine"]["cores"])
