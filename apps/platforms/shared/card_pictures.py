"""A card's picture for platforms that fetch it."""

from __future__ import annotations

from collections.abc import Container, Mapping

from apps.platforms.base import Outgoing
from apps.platforms.cards import CardLimits, images


def address(outgoing: Outgoing, limits: Mapping[str, CardLimits], *, types: Container[str]) -> str:
    """Where the first picture of the outgoing card lies, of those whose type is one of `types`; "" when the
    card has none or the platform shows none with this kind."""
    card = outgoing.part.card
    positions = images(card) if card is not None and limits[card.kind].images else ()
    files = [outgoing.files[position] for position in positions if position in outgoing.files]
    return next((media.url for media in files if media.mime in types), "")
