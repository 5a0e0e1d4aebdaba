"""What players ask for, and what they get."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.core import ranges


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("bytes=0-", (0, 99)),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("lines=0-1", None),
        (f"bytes=0-{'9' * 40}", None),
    ],
)
def test_a_range_of_a_hundred_bytes(header: str, found: tuple[int, int] | None) -> None:
    assert ranges.parse(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_range_behind_the_end(header: str) -> None:
    with pytest.raises(ranges.Unsatisfiable):
        ranges.parse(header, 100)


def test_reading_a_part(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    assert b"".join(ranges.read(path, 10, 12)) == bytes([10, 11, 12])
