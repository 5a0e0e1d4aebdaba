"""When a customer last did what lets us write, by what they did.

Kept with their address. How often we have answered since is counted from the deliveries: a counter beside
them could disagree, and whoever sends must not lock the address.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from apps.conversations.models import ContactAddress, Delivery, DeliveryStatus
from apps.conversations.policy import Opening
from apps.platforms import registry
from apps.platforms.windows import Opener, Takes

NOT_SENT = (DeliveryStatus.FAILED, DeliveryStatus.PARKED)


def note(address: ContactAddress, opener: Opener, at: datetime) -> None:
    """Remember it, in memory; never moves back, never into the future."""
    known = _at(address, opener)
    moment = min(at, timezone.now())
    if known is None or moment > known:
        address.openings = {**address.openings, opener.value: moment.isoformat()}


def opener_for(platform: str, opener: Opener) -> Opener:
    """What an `opener` counts as on a platform: a message where none of its windows tells them apart, but
    never what was said in public."""
    if opener is Opener.COMMENT:
        return opener
    windows = registry.get(platform).capabilities.windows
    return opener if opener in {window.opener for window in windows} else Opener.MESSAGE


def ends(platform: str, opener: Opener, at: datetime) -> datetime | None:
    """Until when an `opener` at `at` lets people write freely there; None: for good, or not at all."""
    windows = registry.get(platform).capabilities.windows
    free = [w.hours for w in windows if w.opener == opener and w.takes == Takes.ANYTHING and not w.permission]
    hours = [each for each in free if each is not None]
    return at + timedelta(hours=max(hours)) if hours and len(hours) == len(free) else None


def of(address: ContactAddress, platform: str) -> dict[Opener, Opening]:
    """The openings with their answers, counted only where a window of the platform counts."""
    counted = {w.opener for w in registry.get(platform).capabilities.windows if w.messages is not None}
    moments = {opener: _at(address, opener) for opener in Opener}
    if not address.openings:  # addresses from before openings were kept
        moments[Opener.MESSAGE] = address.last_inbound_at
    return {
        opener: _counted(address, opener, at) if opener in counted else Opening(at=at)
        for opener, at in moments.items()
        if at is not None
    }


def _counted(address: ContactAddress, opener: Opener, at: datetime) -> Opening:
    """With what came for answering it; not with what came for answering something before."""
    given = address.handle if address.handle_at and address.handle_at >= at else None
    return Opening(at=at, answers=answers_since(address, at), handle=given or {})


def answers_since(address: ContactAddress, at: datetime) -> int:
    """How many platform messages we have sent, or are about to send, to the address since then."""
    ours = Delivery.objects.filter(conversation__address=address, created_at__gte=at)
    return ours.exclude(state__in=NOT_SENT).count()


def _at(address: ContactAddress, opener: Opener) -> datetime | None:
    said = address.openings.get(opener.value)
    return datetime.fromisoformat(said) if said else None
