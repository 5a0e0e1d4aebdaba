"""What a business types to connect a channel: what is asked for, what is kept, what is plainly wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.connections import vault
from apps.connections.models import Channel
from apps.platforms.base import Credential, Platform

BASE_URL = "base_url"  # the field with which a channel on most platforms names a server of its own


class FieldError(Exception):
    """What a person has to put right: the credential's name ("" for none in particular) and the words."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field
        self.words = words


def asked_for(adapter: Platform) -> list[Credential]:
    """The credentials that a business is asked for."""
    return [credential for credential in adapter.credentials if not credential.generated]


def merged(channel: Channel, adapter: Platform, given: Mapping[str, str]) -> dict[str, str]:
    """What was typed; for secrets left empty and for generated values what is stored. Raises FieldError.

    A stored secret is write-only: it does not go to a server named after it was stored. One that need not be
    given is then "", to be forgotten; for another FieldError asks.
    """
    typed = {item.name: given.get(item.name, "").strip() for item in asked_for(adapter)}
    if channel._state.adding:
        return typed
    try:
        stored = vault.reveal(channel, environ={})
    except vault.CredentialUnreadable:
        raise FieldError("", unreadable()) from None
    secrets = _secrets_kept(adapter, typed, stored)
    kept = [*secrets, *(item.name for item in adapter.credentials if item.generated)]
    return {**typed, **{name: stored[name] for name in kept if stored.get(name) and not typed.get(name)}}


def servers_named(adapter: Platform) -> list[str]:
    """The fields that say where calls go."""
    return [item.name for item in asked_for(adapter) if item.server or item.name == BASE_URL]


def server_named(adapter: Platform, values: Mapping[str, str]) -> str:
    """The first field in which `values` say where calls go, "" when they do not."""
    return next((name for name in servers_named(adapter) if values.get(name)), "")


def unreadable() -> str:
    """For a person, when stored secrets cannot be opened: only the operator can help."""
    return _("What is stored cannot be opened. Ask this service's operator to put the encryption key back.")


def _secrets_kept(adapter: Platform, typed: Mapping[str, str], stored: Mapping[str, str]) -> list[str]:
    secrets = [item for item in asked_for(adapter) if item.secret]
    if all(typed.get(name, "") == stored.get(name, "") for name in servers_named(adapter)):
        return [item.name for item in secrets]
    for item in secrets:
        if (item.required or item.deployment) and stored.get(item.name) and not typed.get(item.name):
            raise FieldError(item.name, _("The server changed, so this has to be typed again."))
    return []


def validate(adapter: Platform, values: dict[str, str]) -> bool:
    """Whether the channel uses the deployment's account. Raises FieldError for what is plainly wrong."""
    shared = uses_deployment(adapter, values)
    for credential in asked_for(adapter):
        value = values.get(credential.name, "")
        if not value and (credential.required or (credential.deployment and not shared)):
            raise FieldError(credential.name, _missing(credential, values))
        if value and not _is_well_formed(credential, value):
            raise FieldError(credential.name, _malformed(credential, value))
    return shared


def uses_deployment(adapter: Platform, values: Mapping[str, str]) -> bool:
    """Whether the deployment's account is used: only when the business gave none of its own, and never
    towards a server that it named itself, which would be shown the deployment's secret at work."""
    own = any(values.get(item.name) for item in adapter.credentials if item.deployment)
    return not own and not values.get(BASE_URL) and bool(vault.deployment_values(adapter.slug))


def _is_well_formed(credential: Credential, value: str) -> bool:
    if credential.choices and value not in dict(credential.choices):
        return False
    return not credential.pattern or re.fullmatch(credential.pattern, value) is not None


def _missing(credential: Credential, values: Mapping[str, str]) -> str:
    if credential.deployment and values.get(BASE_URL):
        return _("A server of your own needs an account of your own: fill this in too.")
    if credential.deployment:
        return _("This service has no account of its own here: fill in yours.")
    return _("This cannot be empty.")


def _malformed(credential: Credential, value: str) -> str:
    if credential.help:
        return _("This is not what is expected here. %(help)s") % {"help": credential.help}
    return _("This is not what is expected here; it is %(count)d characters long.") % {"count": len(value)}
