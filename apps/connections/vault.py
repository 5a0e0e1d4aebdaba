"""Credentials and other secrets of a tenant, sealed so that a copy of the database does not reveal them.

AES-256-GCM under the tenant's data key. The tenant, the place (channel and field, or purpose) and the
key's version are authenticated: a ciphertext moved elsewhere does not open. Works inside a scope only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from apps.connections import keyring
from apps.connections.keyring import CredentialUnreadable
from apps.connections.models import Channel, ChannelSecret
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.base import Credential

__all__ = [
    "CredentialUnreadable",
    "Hint",
    "hints",
    "open_sealed",
    "redact",
    "redacted",
    "reveal",
    "seal",
    "store",
]

HINT_LENGTH = 4
HINTED_FROM = 24  # characters: of a shorter secret four characters would give away too much
FORMAT = b"\x01"


class Hint(NamedTuple):
    """What may be shown of a stored secret: its end ("" for short ones) and when it was stored."""

    end: str
    stored_at: datetime


def store(channel: Channel, field: str, value: str) -> None:
    """Keep a secret credential, replacing the one before; "" forgets it. Idempotent."""
    secrets = ChannelSecret.objects.filter(channel=channel, field=field)
    if not value:
        secrets.delete()
        return
    key = keyring.current()
    ChannelSecret.objects.update_or_create(
        channel=channel,
        field=field,
        defaults={
            "ciphertext": keyring.encrypt(key.cipher, value.encode(), _place(channel, field, key.version)),
            "key_version": key.version,
            "hint": value[-HINT_LENGTH:] if len(value) >= HINTED_FROM else "",
        },
    )


def reveal(channel: Channel, *, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Every credential of the channel: secrets, settings, and the deployment's where `channel.shared`.

    Raises CredentialUnreadable. The result must not be logged, rendered or stored.
    """
    values = {name: str(value) for name, value in channel.settings.items()}
    rows = list(ChannelSecret.objects.filter(channel=channel))
    keys = keyring.by_version({row.key_version for row in rows})
    values |= {row.field: _open(channel, row, keys) for row in rows}
    if channel.shared:
        values |= deployment_values(channel.platform, environ=environ)
    return values


def hints(channel: Channel) -> dict[str, Hint]:
    """By field, what a page may say of the stored secrets."""
    rows = ChannelSecret.objects.filter(channel=channel).values_list("field", "hint", "stored_at")
    return {field: Hint(end, stored_at) for field, end, stored_at in rows}


def redacted(channel: Channel, words: str) -> str:
    """A platform's words without the channel's secrets; "" when these cannot be opened to compare."""
    try:
        values = reveal(channel) if words else {}
    except CredentialUnreadable:
        return ""
    return redact(words, values, registry.get(channel.platform).credentials)


def redact(words: str, secrets: Mapping[str, str], credentials: Sequence[Credential]) -> str:
    """`words` without any value of a secret credential; platforms like to repeat what they were given."""
    for credential in credentials:
        value = secrets.get(credential.name, "")
        if credential.secret and value:
            words = words.replace(value, "•••")
    return words


def deployment_values(platform: str, *, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Credentials that this deployment holds for all tenants; {} unless the environment has every one."""
    shared = [credential for credential in registry.get(platform).credentials if credential.deployment]
    values = {credential.name: environ.get(credential.deployment, "") for credential in shared}
    return values if values and all(values.values()) else {}


def seal(purpose: str, plain: bytes) -> bytes:
    """Seal something for one purpose ("attachment locator") within the open scope's tenant."""
    key = keyring.current()
    return (
        FORMAT
        + key.version.to_bytes(4, "big")
        + keyring.encrypt(key.cipher, plain, _purpose(purpose, key.version))
    )


def open_sealed(purpose: str, blob: bytes) -> bytes:
    """What `seal` was given. Raises CredentialUnreadable for another purpose, tenant or a changed blob."""
    version = int.from_bytes(blob[1:5], "big")
    key = keyring.by_version({version}).get(version)
    if blob[:1] != FORMAT or key is None:
        raise CredentialUnreadable("not a value sealed by this tenant")
    return keyring.decrypt(key.cipher, blob[5:], _purpose(purpose, version))


def reseal(secret: ChannelSecret, key: keyring.DataKey) -> None:
    """Encrypt one secret under another data key and save it; checked before anything is written."""
    channel = secret.channel
    plain = _open(channel, secret, keyring.by_version({secret.key_version}))
    context = _place(channel, secret.field, key.version)
    secret.ciphertext = keyring.encrypt(key.cipher, plain.encode(), context)
    secret.key_version = key.version
    if keyring.decrypt(key.cipher, secret.ciphertext, context) != plain.encode():
        raise CredentialUnreadable("a resealed credential does not open: nothing was changed")
    ChannelSecret.objects.filter(pk=secret.pk).update(
        ciphertext=secret.ciphertext, key_version=secret.key_version
    )


def _open(channel: Channel, row: ChannelSecret, keys: Mapping[int, keyring.DataKey]) -> str:
    key = keys.get(row.key_version)
    if key is None:
        raise CredentialUnreadable(f"data key {row.key_version} of the tenant is gone")
    place = _place(channel, row.field, row.key_version)
    return keyring.decrypt(key.cipher, bytes(row.ciphertext), place).decode()


def _place(channel: Channel, field: str, version: int) -> bytes:
    tenant = tenancy.require().bytes
    return keyring.associated("channel secret", tenant, channel.pk.bytes, field, str(version))


def _purpose(purpose: str, version: int) -> bytes:
    return keyring.associated("sealed", tenancy.require().bytes, purpose, str(version))
