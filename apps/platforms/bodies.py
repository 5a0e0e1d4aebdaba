"""Reading a body from outside, JSON or a form, into something that can be kept."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any
from urllib.parse import parse_qsl

from apps.platforms.base import Malformed

# PostgreSQL stores neither NUL nor half a surrogate pair, and JSON escapes can spell both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, its text free of characters that no database takes. Raises Malformed."""
    try:
        data = _storable(json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the body is not JSON: {type(error).__name__}") from None
    if not isinstance(data, dict):
        raise Malformed("the body is not a JSON object")
    return data


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form in `body`, the first of each name, free of characters that no database takes.
    Raises Malformed."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
    except ValueError as error:
        raise Malformed(f"the body is not a form: {type(error).__name__}") from None
    return {_storable(name): _storable(value) for name, value in reversed(pairs)}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(number: str) -> float:
    """1e999 is JSON, but no number that can be kept."""
    found = float(number)
    if isinf(found):
        raise ValueError(f"{number} is too large")
    return found


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value
