"""Every class of advisories is shown closed by a test that names it and where it was learnt, and the document
says so. `bin/test -m advisory` runs them all."""

from __future__ import annotations

import re

from tests.security.classes import CLASSES, TESTS, marks

DOCUMENT = TESTS.parent / "docs" / "security.md"


def test_every_class_has_a_test() -> None:
    assert {mark.name for mark in marks()} == set(CLASSES)


def test_every_mark_says_where_it_was_learnt() -> None:
    assert [mark.test for mark in marks() if not mark.evidence] == []


def test_the_document_names_every_class_and_tests_that_exist() -> None:
    """The table's last column names tests; each must be marked with the row's class."""
    rows = dict(re.findall(r"^\| (S\d+) \|(.*)$", DOCUMENT.read_text(), re.M))
    assert set(rows) == set(CLASSES)
    marked = {(mark.name, mark.test.rpartition("/")[2].partition("::")[0]) for mark in marks()}
    named = {
        (name, file) for name, row in rows.items() for file in re.findall(r"`[\w/]*?(test_\w+\.py)`", row)
    }
    assert named - marked == set()
    assert set(rows) - {name for name, _ in named} == set()
