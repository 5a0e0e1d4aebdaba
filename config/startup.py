"""Refusing to start unsafely: Django's own checks run with `manage.py` only, so the servers ask for them."""

from __future__ import annotations

from django.core import checks
from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured with every serious finding of the security checks."""
    found = [check for check in checks.run_checks(tags=[checks.Tags.security]) if check.is_serious()]
    if found:
        raise ImproperlyConfigured("\n".join(str(check) for check in found))
