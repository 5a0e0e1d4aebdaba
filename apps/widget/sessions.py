"""A visitor's session: begun, continued, ended. The token is given once; only its hash is kept.

An anonymous session slides: every use within 30 days renews it, up to a year. A proven one ends after a
day unless the site proves the customer again. Tokens are changed every day.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from apps.connections.choose import PANEL
from apps.connections.entry_points import offered
from apps.connections.models import Channel, EntryPoint
from apps.core.ids import new_token
from apps.tenants.doors import token_hash
from apps.widget.doors import PREFIX
from apps.widget.models import Visitor

ANONYMOUS_LIFE = timedelta(days=30)
LONGEST_LIFE = timedelta(days=365)
PROVEN_LIFE = timedelta(hours=24)
ROTATE_AFTER = timedelta(hours=24)
FORMER_LIFE = timedelta(minutes=10)


class NoPanel(LookupError):
    """The entry point offers no web chat now."""


def panel_channel(point: EntryPoint) -> Channel:
    """The web-chat channel that the entry point offers. Raises NoPanel."""
    channel = next((each for each in offered(point) if each.platform == PANEL), None)
    if channel is None or not point.active:
        raise NoPanel
    return channel


def begin(point: EntryPoint, channel: Channel, *, locale: str) -> tuple[Visitor, str]:
    """A new visitor nobody knows anything of, and their token."""
    token = _new_token()
    now = timezone.now()
    visitor = Visitor.objects.create(
        channel=channel,
        entry_point=point,
        value=secrets.token_urlsafe(16),
        locale=locale,
        token_hash=token_hash(token),
        expires_at=now + ANONYMOUS_LIFE,
    )
    return visitor, token


def good(token: str) -> Q:
    """Visitors for whom `token` is good now."""
    now, digest = timezone.now(), token_hash(token)
    held = Q(token_hash=digest) | Q(former_hash=digest, former_until__gt=now)
    return held & Q(revoked_at=None, expires_at__gt=now)


def renew(visitor: Visitor, token: str) -> str:
    """Continue a session with a good `token`: the token to use from now on, changed once a day.

    A former token is answered with itself: its holder's sibling has the new one and will share it.
    """
    now = timezone.now()
    if not visitor.external_id:
        visitor.expires_at = min(now + ANONYMOUS_LIFE, visitor.created_at + LONGEST_LIFE)
    current = bytes(visitor.token_hash) == token_hash(token)
    if current and now - visitor.rotated_at > ROTATE_AFTER:
        token = _new_token()
        visitor.former_hash, visitor.former_until = visitor.token_hash, now + FORMER_LIFE
        visitor.token_hash, visitor.rotated_at = token_hash(token), now
    visitor.save()
    return token


def revoke(visitor: Visitor) -> None:
    """End the session on this device; what was said stays. Idempotent."""
    Visitor.objects.filter(pk=visitor.pk, revoked_at=None).update(revoked_at=timezone.now())


def _new_token() -> str:
    return PREFIX + new_token()
