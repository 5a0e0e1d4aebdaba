"""Where somebody is, from the numbers that a platform sends."""

from __future__ import annotations

from typing import Any

from apps.platforms.events import Place


def place(latitude: Any, longitude: Any, *, title: str = "", address: str = "") -> Place | None:
    """The place; None for one that is not on Earth, which no map shows and no database keeps ("1e999").

    Numbers also as text. Raises ValueError or TypeError for what is no number.
    """
    north, east = float(latitude), float(longitude)
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        return None
    return Place(latitude=north, longitude=east, title=title, address=address)


def content(found: Place | None) -> dict[str, Any]:
    """The field of `MessageReceived` that shows it."""
    return {"place": found} if found else {"unsupported": "location"}
