"""A computed column of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils.functional import Promise
from unfold.decorators import display

Column = TypeVar("Column", bound=Callable[..., Any])


def shown(
    title: str | Promise, *, ordering: str = "", label: Mapping[str, str] | None = None
) -> Callable[[Column], Column]:
    """`label` colours the column's values: success, info, warning, danger."""

    def decorate(column: Column) -> Column:
        labels = dict(label) if label else None
        decorated: Column = display(description=title, ordering=ordering or None, label=labels)(column)
        return decorated

    return decorate
