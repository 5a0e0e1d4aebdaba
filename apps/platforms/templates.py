"""A platform's template and what somebody wants to fill into it: what is wrong with it, and how it reads.

A value's name says where it goes: "1" or "name" stand in the body as {{1}} or {{name}}, "header.1" in the
header's words, "button.0" completes the button at that position and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apps.platforms.base import Template

PLACE = re.compile(r"{{\s*(\w+)\s*}}")
MOST = 1024  # characters of one value: no platform's templates are longer in all


def problems(template: Template, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names of values that are "missing", "unknown" or "too_long", each with which of these it is."""
    for name in template.parameters:
        if not values.get(name, "").strip():
            yield name, "missing"
    for name, value in values.items():
        if name not in template.parameters:
            yield name, "unknown"
        elif len(value) > MOST:
            yield name, "too_long"


def filled(template: Template, values: Mapping[str, str]) -> str:
    """What the customer reads, header to footer; places without a value stay as the platform writes them."""
    header = fill(template.header, values, prefix="header.")
    return "\n".join(filter(None, (header, fill(template.body, values), template.footer)))


def fill(words: str, values: Mapping[str, str], *, prefix: str = "") -> str:
    """One text of a template with its places filled."""
    return PLACE.sub(lambda place: values.get(prefix + place[1]) or place[0], words)
