"""A platform's no, in words for the person who asked, beside the field that it is about."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.connections import vault
from apps.connections.credentials import FieldError, server_named
from apps.connections.said import platform_name, translated
from apps.platforms.base import NOT_ALLOWED, BadCredentials, Platform, SendError, Throttled, Unreachable

log = logging.getLogger(__name__)


def explained(adapter: Platform, error: SendError, values: Mapping[str, str]) -> FieldError:
    """What to tell; `values` are the credentials that were used, none of which is repeated."""
    said = vault.redact(error.words, values, adapter.credentials)
    log.info("%s refused: %s", adapter.slug, type(error).__name__)
    names = {"platform": platform_name(adapter.slug), "words": translated(said)}
    if isinstance(error, Throttled):
        return FieldError("", _("%(platform)s asks us to wait a moment. Try again in a minute.") % names)
    server = server_named(adapter, values)
    if isinstance(error, Unreachable):
        return FieldError(server, _("%(platform)s could not be reached: %(words)s") % names)
    if isinstance(error, BadCredentials):
        return FieldError(error.field, _("%(platform)s does not accept this: %(words)s") % names)
    field = server if error.code == NOT_ALLOWED else ""
    return FieldError(field, _("%(platform)s: %(words)s") % names)
