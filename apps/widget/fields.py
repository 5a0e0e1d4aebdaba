"""Reading a request's JSON: every field has one type, and anything else is refused by the field's name."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from apps.platforms.events import Place

MAX_BODY = 64 * 1024
MAX_ITEMS = 50
MAX_ADDRESS = 2000  # characters
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class BadField(ValueError):
    """The body is no JSON object (`name` is ""), or the field `name` is missing or of the wrong type."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Fields:
    """A JSON object from outside. Each method raises BadField."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def text(self, name: str, *, limit: int, default: str | None = None) -> str:
        return _text(name, self._values.get(name, default), limit)

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise BadField(name)
        return value

    def uuid(self, name: str) -> UUID:
        return _uuid(name, self._values.get(name))

    def uuid_or_none(self, name: str) -> UUID | None:
        value = self._values.get(name)
        return None if value is None else _uuid(name, value)

    def uuids(self, name: str) -> list[UUID]:
        """Each once, in order; [] when the field is missing."""
        return list(dict.fromkeys(_uuid(name, each) for each in self._items(name)))

    def texts(self, name: str, *, limit: int) -> list[str]:
        return [_text(name, each, limit) for each in self._items(name)]

    def lists(self, name: str, *, limit: int) -> dict[str, list[str]]:
        """An object of lists of texts; {} when the field is missing."""
        value = self._values.get(name, {})
        if not isinstance(value, dict) or len(value) > MAX_ITEMS:
            raise BadField(name)
        try:
            return {_text(name, key, limit): Fields(value).texts(key, limit=limit) for key in value}
        except BadField:
            raise BadField(name) from None

    def place(self, name: str) -> Place | str | None:
        """{"latitude", "longitude"} in degrees, or {"address"}, a place in words."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise BadField(name)
        if "address" in value:
            return _text(name, value["address"], MAX_ADDRESS)
        latitude = _degrees(name, value.get("latitude"), most=90)
        return Place(latitude=latitude, longitude=_degrees(name, value.get("longitude"), most=180))

    def locale(self, name: str) -> str:
        """A language tag, "" when missing or not one: a strange browser must not be shut out."""
        value = self._values.get(name)
        known = isinstance(value, str) and len(value) <= 20 and _LOCALE.fullmatch(value)
        return str(value) if known else ""

    def anything(self, name: str) -> Any:
        return self._values.get(name)

    def _items(self, name: str) -> list[Any]:
        value = self._values.get(name, [])
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise BadField(name)
        return value


def fields_of(request: HttpRequest) -> Fields:
    """The request's body. Raises BadField("")."""
    if request.content_type != "application/json" or len(request.body) > MAX_BODY:
        raise BadField("")
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadField("") from None
    if not isinstance(values, dict):
        raise BadField("")
    return Fields(values)


def _text(name: str, value: object, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise BadField(name)
    try:
        value.encode()  # a lone surrogate cannot be stored
    except UnicodeEncodeError:
        raise BadField(name) from None
    return value.replace("\x00", "")


def _degrees(name: str, value: object, *, most: int) -> float:
    """JSON as Python reads it knows NaN too, which is between no two numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise BadField(name)
    return float(value)


def _uuid(name: str, value: object) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) else _refuse(name)
    except ValueError:
        raise BadField(name) from None


def _refuse(name: str) -> UUID:
    raise BadField(name)
