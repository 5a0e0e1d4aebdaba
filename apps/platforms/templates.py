"""A platform's template and what somebody wants to fill into it: what is wrong with it, and how it reads.

A value's name says where it goes: "1" or "name" stand in the body as {{1}} or {{name}}, "header.1" in the
header's words, "header.place.title" belongs to a header that is a place, "button.0" completes the button at
that position and is not read, and "slide.0." comes before the names of a slide's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apps.platforms.base import Template

PLACE = re.compile(r"{{\s*(\w+)\s*}}")
HEADER_PLACE = "header.place."
DEGREES = {f"{HEADER_PLACE}latitude": 90, f"{HEADER_PLACE}longitude": 180}
MARKETING = "marketing"
MOST = 1024  # characters of one value: no platform's templates are longer in all


def problems(template: Template, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names of values that are "missing", "unknown", "too_long" or "no_degrees", each with which it is."""
    for name in template.parameters:
        if not values.get(name, "").strip():
            yield name, "missing"
    for name, value in values.items():
        if name not in template.parameters:
            yield name, "unknown"
        elif len(value) > MOST:
            yield name, "too_long"
        elif name in DEGREES and not _degrees(value, DEGREES[name]):
            yield name, "no_degrees"


def is_marketing(category: str) -> bool:
    """By a template's category, in the platform's own spelling."""
    return category.lower() == MARKETING


def filled(template: Template, values: Mapping[str, str]) -> str:
    """What the customer reads, header to footer, then the slides; places without a value stay as the
    platform writes them."""
    header = fill(template.header, values, prefix="header.") or place(values)
    slides = (fill(slide.body, values, prefix=f"slide.{n}.") for n, slide in enumerate(template.slides))
    return "\n".join(filter(None, (header, fill(template.body, values), template.footer, *slides)))


def files(template: Template) -> list[str]:
    """The kinds of the files that it shows, the header's first."""
    named = (template.header_media, *(slide.header_media for slide in template.slides))
    return [kind for kind in named if kind]


def place(values: Mapping[str, str]) -> str:
    """A header that is a place, in words."""
    named = (values.get(f"{HEADER_PLACE}{part}", "") for part in ("title", "address"))
    return ", ".join(filter(None, named))


def fill(words: str, values: Mapping[str, str], *, prefix: str = "") -> str:
    """One text of a template with its places filled."""
    return PLACE.sub(lambda place: values.get(prefix + place[1]) or place[0], words)


def _degrees(value: str, most: int) -> bool:
    try:
        return abs(float(value)) <= most
    except ValueError:
        return False
