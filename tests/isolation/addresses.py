"""Every address of the service, from the URL resolver itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Address:
    """`name` with its namespaces, `parameters` in order, `tenant` when it lies under /<tenant>/."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Any

    @property
    def under_tenant(self) -> bool:
        return self.route.startswith("<slug:tenant>/")


def all_addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", (), ()))


def _walk(
    level: URLResolver, route: str, spaces: tuple[str, ...], parameters: tuple[str, ...]
) -> Iterator[Address]:
    for item in level.url_patterns:
        here = route + str(item.pattern)
        known = parameters + tuple(item.pattern.converters)
        if isinstance(item, URLResolver):
            inner = (*spaces, item.namespace) if item.namespace else spaces
            yield from _walk(item, here, inner, known)
        elif isinstance(item, URLPattern):
            yield Address(":".join((*spaces, item.name or "?")), here, known, item.callback)
