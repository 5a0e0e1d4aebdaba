"""What a routing tag may look like: it travels through every platform's links unharmed."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_LENGTH = 64
RESERVED = "&#[](){}/"  # Apple refuses these in biz-intent-id and biz-group-id

_TAG = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_LENGTH}}}")
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")


def check(tag: str) -> str:
    """The tag itself. Raises ValidationError with words that name what is wrong and why."""
    if _TAG.fullmatch(tag):
        return tag
    raise ValidationError(_reason(tag), code="tag")


def is_tag(value: str) -> bool:
    """Whether a value that came from outside can be a tag at all."""
    return _TAG.fullmatch(value) is not None


def _reason(tag: str) -> str:
    if not tag:
        return _("A tag cannot be empty.")
    found = list(dict.fromkeys(_FOREIGN.findall(tag)))
    reserved = " ".join(character for character in found if character in RESERVED)
    if reserved:
        return _("Apple refuses %(characters)s in a tag, so we do too. Use letters, digits, - and _.") % {
            "characters": reserved
        }
    if any(character.isspace() for character in found):
        return _("A tag cannot contain spaces. Use letters, digits, - and _.")
    if found:
        words = _("Not every platform carries %(characters)s in a tag. Use letters, digits, - and _.")
        return words % {"characters": " ".join(found)}
    return _("A tag has at most %(most)d characters; this one has %(count)d.") % {
        "most": MAX_LENGTH,
        "count": len(tag),
    }
