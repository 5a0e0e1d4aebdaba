"""The classes of advisories that products of this kind had, S1 to S23; docs/security.md tells what keeps
each closed. A test that shows one names it and its source: `advisory("S4", "Zammad CVE-2026-102489")`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]

CLASSES = {
    "S1": "another tenant's object, named by its id in a body",
    "S2": "a file authorised against the wrong conversation",
    "S3": "a socket that asks for less than the pages do",
    "S4": "a socket's error that tells of the inside",
    "S5": "a socket or session that outlives its right",
    "S6": "a socket opened by another site",
    "S7": "frames without limit and header bytes that split",
    "S8": "stored script in a message, a name, a file name",
    "S9": "an upload that runs",
    "S10": "templates made of what people typed",
    "S11": "calls into the inner network",
    "S12": "a query put together from what was sent, or an object where words were expected",
    "S13": "an account taken over by an unproved address",
    "S14": "an invitation or change above one's own role",
    "S15": "a token or key where it can be read",
    "S16": "an event told to the wrong audience",
    "S17": "a request another site makes in one's name",
    "S18": "guesses that pass the counter, and answers that tell who exists",
    "S19": "a redirect to somewhere else",
    "S20": "time that grows faster than the text",
    "S21": "a page that takes words from any frame, or a prototype from an address",
    "S22": "a webhook that is forged, repeated or timed",
    "S23": "a machine for unwanted mail",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """`advisory(name, *evidence)` on `test`."""

    name: str
    evidence: tuple[str, ...]
    test: str


def marks() -> list[Mark]:
    """Every mark in the tests, as written: nothing is imported."""
    return [mark for path in sorted(TESTS.rglob("test_*.py")) for mark in _marks_in(path)]


def _marks_in(path: Path) -> Iterator[Mark]:
    """Of each test, and of the whole file when `pytestmark` says so."""
    where = str(path.relative_to(TESTS.parent))
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            yield from _advisories([node.value], where)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield from _advisories(node.decorator_list, f"{where}::{node.name}")


def _advisories(expressions: Sequence[ast.expr], test: str) -> Iterator[Mark]:
    for each in expressions:
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "pytest.mark.advisory":
            name, *evidence = [str(ast.literal_eval(argument)) for argument in each.args]
            yield Mark(name, tuple(evidence), test)
