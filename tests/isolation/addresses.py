"""Every address of the service, from the URL resolver itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import URLPattern, URLResolver, get_resolver

Part = Literal["pages", "simulators", "others"]  # each is attacked by the test file of that name

NAMED_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")


@dataclass(frozen=True, slots=True)
class Address:
    """`name` with its namespaces, `parameters` in order, `tenant` when it lies under /<tenant>/."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Any

    @property
    def plain(self) -> str:
        """The route with <name> for each parameter, whether it is written as a path or as an expression."""
        route = self.route.replace(r"\Z", "").replace("^", "").replace("$", "").replace(r"\.", ".")
        return NAMED_GROUP.sub(lambda match: f"<{match[1]}>", route)

    @property
    def under_tenant(self) -> bool:
        return self.route.startswith("<slug:tenant>/")

    @property
    def part(self) -> Part:
        if self.under_tenant:
            return "pages"
        return "simulators" if self.name.startswith("sandbox:") else "others"


def all_addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", (), ()))


def addresses_of(part: Part) -> list[Address]:
    return [address for address in all_addresses() if address.part == part]


def _walk(
    level: URLResolver, route: str, spaces: tuple[str, ...], parameters: tuple[str, ...]
) -> Iterator[Address]:
    for item in level.url_patterns:
        here = route + str(item.pattern)
        known = parameters + _names(item.pattern)
        if isinstance(item, URLResolver):
            inner = (*spaces, item.namespace) if item.namespace else spaces
            yield from _walk(item, here, inner, known)
        elif isinstance(item, URLPattern):
            yield Address(":".join((*spaces, item.name or "?")), here, known, item.callback)


def _names(pattern: Any) -> tuple[str, ...]:
    """Parameters of a path or, when it has none, of a regular expression."""
    found = tuple(getattr(pattern, "converters", {}))
    return found or tuple(getattr(pattern, "regex", re.compile("")).groupindex)


# What stands for a value of an address that is no id of a row.
PLAIN = {"view": "all", "platform": "telegram", "kind": "csv", "position": "1", "method": "getMe"}


def fill_in(address: Address, tenant: str, identifier: str) -> str:
    """The path with `tenant`, and `identifier` for every parameter that names a row."""
    values = {name: PLAIN.get(name, identifier) for name in address.parameters} | {"tenant": tenant}
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], address.route)
