"""The secret with which a business's server proves to an entry point who its customer is.

Sealed like every secret of a tenant, shown once when it is made. Inside a scope only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from apps.connections.models import EntryPoint, IdentitySecret
from apps.connections.vault import open_sealed, seal
from apps.core.ids import new_token
from apps.tenants import audit

FORMER_LIFE = timedelta(hours=24)
PURPOSE = "identity secret"


class Facts(NamedTuple):
    """The secret's last characters, when it was made, and until when the one before it is good, if it is."""

    end: str
    stored_at: datetime
    former_until: datetime | None


def rotate(point: EntryPoint, *, actor: str) -> str:
    """A new identity secret for the entry point: returned once, never readable again.

    The one before stays good for 24 hours, so that the site can change without a gap.
    """
    text = new_token()
    known = IdentitySecret.objects.select_for_update().filter(entry_point=point).first()
    former = bytes(known.sealed) if known else None
    IdentitySecret.objects.update_or_create(
        entry_point=point,
        defaults={
            "sealed": seal(PURPOSE, text.encode()),
            "hint": text[-4:],
            "former_sealed": former,
            "former_until": timezone.now() + FORMER_LIFE if former else None,
            "stored_at": timezone.now(),
        },
    )
    audit.record("entry_point.identity_secret_rotated", actor=actor, subject=point.name)
    return text


def forget(point: EntryPoint, *, actor: str) -> None:
    """From now on nobody can be proven at this entry point. Idempotent."""
    count, _ = IdentitySecret.objects.filter(entry_point=point).delete()
    if count:
        audit.record("entry_point.identity_secret_forgotten", actor=actor, subject=point.name)


def facts(point: EntryPoint) -> Facts | None:
    """What a page may say of the secret; None when there is none."""
    row = IdentitySecret.objects.filter(entry_point=point).first()
    return Facts(row.hint, row.stored_at, row.former_until if _former_good(row) else None) if row else None


def good(point: EntryPoint) -> list[bytes]:
    """Every secret that an identity may be signed with now; [] when there is none.

    Raises CredentialUnreadable. The result must not be logged, rendered or stored.
    """
    row = IdentitySecret.objects.filter(entry_point=point).first()
    if row is None:
        return []
    sealed = [bytes(row.sealed)]
    if row.former_sealed and _former_good(row):
        sealed.append(bytes(row.former_sealed))
    return [open_sealed(PURPOSE, blob) for blob in sealed]


def _former_good(row: IdentitySecret) -> bool:
    return row.former_until is not None and row.former_until > timezone.now()
