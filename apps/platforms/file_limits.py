"""What a platform takes of files, as data: which it shows as what they are, what becomes of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class File(Protocol):
    """A file as we know it without opening it: `kind` as in MediaKind, `mime` its type, `size` in bytes."""

    @property
    def kind(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def size(self) -> int: ...


class Others(StrEnum):
    """What becomes of a file that a platform does not show."""

    FILE = "file"  # the customer gets it to open
    LINK = "link"  # the customer gets its address
    REFUSED = "refused"  # there is no message for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Files that a platform shows as what they are. `kinds` as in MediaKind, () for any; `types` are MIME
    types, "audio/*" a whole family; `most` bytes, 0 as many as the platform takes of any file. `name` is the
    platform's own word for them.
    """

    kinds: tuple[str, ...] = ()
    types: tuple[str, ...]
    name: str = ""
    most: int = 0

    def about(self, file: File) -> bool:
        """Whether the file is of these kinds, or of a family of these types."""
        families = {each.partition("/")[0] for each in self.types}
        return file.kind in self.kinds if self.kinds else _family(file) in families

    def typed(self, file: File) -> bool:
        return self.about(file) and (file.mime in self.types or f"{_family(file)}/*" in self.types)

    def takes(self, file: File) -> bool:
        return self.typed(file) and (not self.most or file.size <= self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """No `shown` at all: the platform takes every file as it is."""

    shown: Sequence[Shown] = ()
    others: Others = Others.FILE


def shown_as(file: File, shown: Sequence[Shown]) -> Shown | None:
    """The first of `shown` that takes the file."""
    return next((each for each in shown if each.takes(file)), None)


def _family(file: File) -> str:
    return file.mime.partition("/")[0]
