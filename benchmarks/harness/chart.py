"""The chart of docs/performance.md: for each row ours, naive and limit as bars on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.harness.results import ROOT, Row, number

FILE = ROOT / "docs" / "img" / "performance.svg"
WIDTH, LABELS, BAR, GAP = 1000, 430, 12, 14
COLOURS = {"ours": "#0a6e5c", "naive": "#b4532a", "limit": "#8a8f98"}


def draw(rows: Sequence[Row]) -> str:
    """An SVG with a group of bars for each row that compares; the longest of a group is the largest."""
    parts, top = [_legend()], 34
    for row in (row for row in rows if row.naive is not None or row.limit is not None):
        group, top = _group(row, top)
        parts.append(group)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" role="img"'
    style = 'font-family="system-ui, sans-serif" font-size="12" fill="#24292f"'
    page = f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>'
    return f"{head} {style}><title>Measured side by side</title>{page}{''.join(parts)}</svg>\n"


def write(rows: Sequence[Row]) -> None:
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(draw(rows))


def _legend() -> str:
    parts = []
    for position, (name, colour) in enumerate(COLOURS.items()):
        left = LABELS + position * 90
        parts.append(f'<rect x="{left}" y="10" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{left + 18}" y="20">{name}</text>')
    return "".join(parts)


def _group(row: Row, top: int) -> tuple[str, int]:
    values = {"ours": row.ours, "naive": row.naive, "limit": row.limit}
    shown = {name: value for name, value in values.items() if value is not None}
    largest = max(shown.values()) or 1.0
    label = escape(f"{row.scenario}: {row.measure} ({row.unit})")
    parts = [f'<text x="8" y="{top + BAR - 2}">{label}</text>']
    for name, value in shown.items():
        wide = max(1, round((WIDTH - LABELS - 80) * value / largest))
        parts.append(f'<rect x="{LABELS}" y="{top}" width="{wide}" height="{BAR}" fill="{COLOURS[name]}"/>')
        parts.append(f'<text x="{LABELS + wide + 6}" y="{top + BAR - 2}">{number(value)}</text>')
        top += BAR + 2
    return "".join(parts), top + GAP
