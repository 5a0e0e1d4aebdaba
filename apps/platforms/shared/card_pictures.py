"""A card's pictures. Those that the platform does not show in it were taken out before (`compose.plan`)."""

from __future__ import annotations

from apps.platforms.base import MediaFile, Outgoing
from apps.platforms.cards import images


def files(outgoing: Outgoing) -> list[MediaFile]:
    """The files that the outgoing card shows, in order of appearance."""
    card = outgoing.part.card
    positions = images(card) if card is not None else ()
    return [outgoing.files[position] for position in positions if position in outgoing.files]


def address(outgoing: Outgoing) -> str:
    """Where the first of them lies, for platforms that fetch it; "" when there is none."""
    return next((media.url for media in files(outgoing)), "")
