"""How large a file is, in words: one way for pages, answers, mails and the scripts of pages."""

from __future__ import annotations

import math

from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEP = 1024  # limits are counted so: 100 MB are 100 * STEP * STEP bytes
_PATTERNS: tuple[Promise, ...] = (_("%s B"), _("%s KB"), _("%s MB"), _("%s GB"))


def in_words(count: int) -> str:
    """`count` bytes in the active language. Rounded up: what is over a limit never reads as if it kept it."""
    value, power = float(count), 0
    while math.ceil(value) >= STEP and power < len(_PATTERNS) - 1:
        value, power = value / STEP, power + 1
    fine = 10 if power > 1 or value < 10 else 1
    return patterns()[power] % floatformat(math.ceil(value * fine) / fine, -1)


def patterns() -> list[str]:
    """The words for bytes, for STEP bytes and so on, in the active language; `%s` stands for the number."""
    return [str(pattern).replace(" ", "\u00a0") for pattern in _PATTERNS]
