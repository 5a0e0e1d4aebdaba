"""Every value of a tenant's rows that could name something, by table and column, from the models alone.

Both tenants hold the same data made in the same order, so the n-th row of a table here corresponds to the
n-th row there: who may reach the one is attacked with the other.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import models

from apps.core import tenancy
from tests.isolation.rich import tenant_models
from tests.worlds import Side

NAMING = re.compile(r"[\w.:@/+=-]{4,120}")
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Inventory:
    """`values` by "app.Model.column", in the order of the rows."""

    values: dict[str, list[str]]
    words: frozenset[str]

    def has(self, value: str) -> bool:
        return value in self.words or self.place_of(value) is not None

    def ids(self) -> dict[str, list[str]]:
        """Primary keys only, by "app.Model"."""
        return {name[: -len(".id")]: found for name, found in self.values.items() if name.endswith(".id")}

    def place_of(self, value: str) -> tuple[str, int] | None:
        """In which column and row it stands; primary keys first."""
        for name in sorted(self.values, key=lambda name: not name.endswith(".id")):
            if value in self.values[name]:
                return name, self.values[name].index(value)
        return None

    def at(self, place: tuple[str, int]) -> str:
        return self.values[place[0]][place[1]]


def inventory(here: Side) -> Inventory:
    found: dict[str, list[str]] = {}
    words: set[str] = set()
    with tenancy.scope(here.id):
        for model in tenant_models():
            for field in model._meta.concrete_fields:
                column = [str(value) for value in _column(model, field)]
                words |= {value for value in column if len(value) >= 8}
                if _names_something(field, column):
                    found[f"{model._meta.label}.{field.name}"] = column
    return Inventory(found, frozenset(words))


def told_of(victim: Inventory, attacker: Inventory) -> frozenset[str]:
    """What only the victim's rows say: none of it may stand in an answer to the attacker."""
    return frozenset(word for word in victim.words - attacker.words if len(word) <= 2000)


def random_like(value: str) -> str:
    """Something of the same form that names nothing."""
    if UUID_TEXT.fullmatch(value):
        return str(uuid4())
    if value.isdigit():
        return "".join(secrets.choice("123456789") for _ in value)
    return re.sub(r"[A-Za-z0-9]", _other, value)


def _other(match: re.Match[str]) -> str:
    letter = match[0]
    if letter.isdigit():
        return secrets.choice("0123456789")
    alphabet = "abcdef" if letter in "abcdef" else "ghijklmnopqrstuvwxyz"
    made = secrets.choice(alphabet)
    return made.upper() if letter.isupper() else made


def _column(model: type[Any], field: models.Field[Any, Any]) -> list[Any]:
    rows = model.objects.order_by("pk").values_list(field.attname, flat=True)
    return [_plain(value) for value in rows if value not in (None, "")]


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _names_something(field: models.Field[Any, Any], column: list[str]) -> bool:
    if field.choices or not column:
        return False
    if isinstance(field, models.UUIDField) and field.primary_key:
        return True
    texts = isinstance(field, models.CharField | models.TextField | models.UUIDField)
    return texts and all(NAMING.fullmatch(value) for value in column)


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
