"""Parts of a file, as players ask for them (RFC 9110, section 14): one range; several are answered whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CHUNK = 256 * 1024


class Unsatisfiable(ValueError):
    """The range begins behind the file's end."""


def parse(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None when the whole file should be sent. Raises Unsatisfiable."""
    match = _ONE.fullmatch(header.strip())
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return _suffix(int(last), size)
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if start >= size:
        raise Unsatisfiable
    return (start, end) if start <= end else None


def read(path: Path, first: int, last: int) -> Iterator[bytes]:
    """Bytes `first` to `last`, both included, in chunks."""
    with path.open("rb") as source:
        source.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := source.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _suffix(length: int, size: int) -> tuple[int, int]:
    if not length or not size:
        raise Unsatisfiable
    return max(0, size - length), size - 1
