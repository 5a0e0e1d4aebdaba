"""Changing keys while everything runs: nobody waits, and a run that broke off is taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from apps.connections import keyring, vault
from apps.connections.models import ChannelSecret, TenantKey
from apps.core import tenancy

BATCH = 100


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one run did for one tenant."""

    version: int
    rewrapped: int
    resealed: int


def rotate_tenant(tenant_id: UUID, *, batch: int = BATCH) -> Rotated:
    """Wrap every data key with the ring's newest key; seal every credential under a new data key.

    Opens its own scopes, one per batch; each value is opened again before it is kept. A run that finds
    credentials under an older version finishes that rotation instead of starting another. Older data
    keys stay, because other sealed values (`vault.seal`) name them. Raises CredentialUnreadable and
    leaves the batch as it was. Afterwards older ring keys may leave the environment.
    """
    with tenancy.scope(tenant_id):
        rewrapped = sum(keyring.rewrap(row) for row in TenantKey.objects.select_for_update())
        version = _target()
    resealed = 0
    while done := _reseal_some(tenant_id, version, batch):
        resealed += done
    return Rotated(version, rewrapped, resealed)


def _target() -> int:
    newest = keyring.current().version
    unfinished = ChannelSecret.objects.filter(key_version__lt=newest).exists()
    return newest if unfinished else keyring.new_version().version


def _reseal_some(tenant_id: UUID, version: int, batch: int) -> int:
    with tenancy.scope(tenant_id):
        key = keyring.by_version({version})[version]
        older = ChannelSecret.objects.filter(key_version__lt=version).select_related("channel")
        rows = list(older.select_for_update(of=("self",)).order_by("pk")[:batch])
        for row in rows:
            vault.reseal(row, key)
        return len(rows)
